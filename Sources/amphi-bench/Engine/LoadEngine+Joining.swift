/// Connecting, the upgrade, hello and welcome.
extension LoadEngine {
    /// Letting in a part of the clients.
    struct Joining {
        /// Indices of the clients.
        let group: Range<Int>
        /// New connections a second, 0 = as fast as it goes.
        let rate: Double
        let began: UInt64
        /// The index of the next one.
        var next: Int
        /// Who got in or failed before.
        let settledBefore: Int
    }

    /// More handshakes than this at a time would overflow a usual listen backlog.
    private static let parallelHandshakes = 128
    /// So long may pass without anybody getting in, before the rest is given up.
    private static let patience = 20 * MonotonicClock.second

    /// Opens the channels of `group` (default: all), at most `rate` a second, and waits for every welcome.
    func join(_ group: Range<Int>? = nil, rate: Double) throws {
        let group = group ?? connections.indices
        let began = MonotonicClock.now
        joining = Joining(group: group, rate: rate, began: began, next: group.lowerBound, settledBefore: settledCount)
        defer { joining = nil }
        tally.joinBegan = began
        var progress = (count: settledCount, at: began)
        let goal = settledCount + group.count
        while settledCount < goal {
            let now = MonotonicClock.now
            let known = settledCount
            try run(until: now + MonotonicClock.second) { settledCount > known }
            if settledCount > progress.count { progress = (settledCount, MonotonicClock.now) }
            if MonotonicClock.now > progress.at + Self.patience {
                for connection in connections[group] where connection.phase != .joined {
                    drop(connection, because: "no answer (\(connection.phase))")
                }
                break
            }
        }
        tally.joinEnded = MonotonicClock.now
    }

    func joinFailed(_ reason: String) { tally.joinFailures[reason, default: 0] += 1 }

    /// Starts the connects whose time has come.
    func startJoins(at now: UInt64) {
        guard var joining else { return }
        while joining.next < joining.group.upperBound, dueTime(joining) <= now {
            let connection = connections[joining.next]
            joining.next += 1
            // Told to the engine first: a connect that fails at once makes room for the next.
            self.joining = joining
            start(connection, at: now)
        }
    }

    /// `.max` when nobody is to connect, or as many are on their way as may be.
    var nextJoinAt: UInt64 { joining.map(dueTime) ?? .max }

    /// The connect came to an end: asks for the upgrade.
    func finishConnecting(_ connection: ClientConnection) {
        guard let socket = connection.socket else { return }
        let code = socket.connectionError
        guard code == 0 else { return drop(connection, because: SystemError("connect", code: code).description) }
        connection.phase = .upgrading
        connection.enqueue(
            raw: Handshake.request(
                host: address.host, path: connection.session.plan.path, subprotocol: dialect.subprotocol))
        markForFlush(connection)
    }

    /// Looks at the answer to the upgrade; true when frames may follow in `unread`.
    func finishUpgrade(_ connection: ClientConnection) -> Bool {
        switch Handshake.outcome(of: connection.unread, subprotocol: dialect.subprotocol) {
        case .incomplete: return false
        case .refused(let reason):
            drop(connection, because: reason)
            return false
        case .open(let start):
            connection.unread.removeFirst(start)
            if dialect.hasReplies {
                connection.phase = .greeting
                let resume = connection.epoch.map { (seq: connection.history.seq, epoch: $0) }
                connection.enqueue(Handshake.hello(token: connection.plan.token, resume: resume), with: &writer)
                markForFlush(connection)
            } else {
                joined(connection, after: 0)
            }
            return !connection.unread.isEmpty
        }
    }

    func welcomed(_ connection: ClientConnection, _ welcome: ServerFrame.Welcome) {
        guard connection.phase == .greeting else { return drop(connection, because: "a second welcome") }
        if connection.epoch == nil {
            joined(connection, after: welcome.seq)
            connection.present = welcome.present ?? 0
        } else {
            cameBack(connection, welcome)
        }
        connection.epoch = welcome.epoch
        connection.hands = welcome.hands
        connection.counts = welcome.questions.mapValues(\.votes)
    }

    func start(_ connection: ClientConnection, at now: UInt64) {
        do throws(SystemError) {
            try connection.connect(to: address.socket, in: loop, at: now)
        } catch {
            drop(connection, because: error.description)
        }
    }

    private func joined(_ connection: ClientConnection, after seq: Int64) {
        connection.phase = .joined
        connection.history = ClientHistory(after: seq)
        tally.joined += 1
        tally.joinLatency.record(MonotonicClock.now - connection.beganAt)
    }

    private var settledCount: Int { tally.joined + tally.joinFailures.values.reduce(0, +) }

    /// When the next connect of a group is due.
    private func dueTime(_ joining: Joining) -> UInt64 {
        let started = joining.next - joining.group.lowerBound
        let underWay = started - (settledCount - joining.settledBefore)
        guard started < joining.group.count, underWay < Self.parallelHandshakes else { return .max }
        return joining.rate > 0 ? joining.began + UInt64(Double(started) / joining.rate * 1e9) : joining.began
    }
}
