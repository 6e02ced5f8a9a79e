/// Connecting, the upgrade, hello and welcome.
extension LoadEngine {
    /// More handshakes than this at a time would overflow a usual listen backlog.
    private static let parallelHandshakes = 128
    /// So long may pass without anybody getting in, before the rest is given up.
    private static let patience = 20 * MonotonicClock.second

    /// Opens all channels, at most `rate` a second (0 = as fast as it goes), and waits for every welcome.
    func join(rate: Double) throws {
        let began = MonotonicClock.now
        tally.joinBegan = began
        var started = 0
        var settled = 0
        var lastProgress = began
        while settled < connections.count {
            let now = MonotonicClock.now
            let allowed = rate > 0 ? Int(Double(now - began) / 1e9 * rate) + 1 : connections.count
            while started < min(allowed, connections.count, settled + Self.parallelHandshakes) {
                start(connections[started], at: now)
                started += 1
            }
            let nextStart = rate > 0 ? began + UInt64(Double(started) / rate * 1e9) : .max
            try turn(until: min(max(nextStart, now + MonotonicClock.millisecond), now + MonotonicClock.second))
            let nowSettled = tally.joined + tally.joinFailures.values.reduce(0, +)
            if nowSettled > settled { lastProgress = MonotonicClock.now }
            settled = nowSettled
            if MonotonicClock.now > lastProgress + Self.patience {
                for connection in connections where connection.phase != .joined && connection.phase != .closed {
                    drop(connection, because: "no answer (\(connection.phase))")
                }
                break
            }
        }
        tally.joinEnded = MonotonicClock.now
    }

    func joinFailed(_ reason: String) { tally.joinFailures[reason, default: 0] += 1 }

    /// The connect came to an end: asks for the upgrade.
    func finishConnecting(_ connection: ClientConnection) {
        guard let socket = connection.socket else { return }
        let code = socket.connectionError
        guard code == 0 else { return drop(connection, because: SystemError("connect", code: code).description) }
        connection.phase = .upgrading
        connection.isWaitingToWrite = true
        connection.enqueue(raw: Handshake.request(host: address.host, path: connection.session.plan.channelPath))
        markForFlush(connection)
    }

    /// Looks at the answer to the upgrade; true when frames may follow in `unread`.
    func finishUpgrade(_ connection: ClientConnection) -> Bool {
        switch Handshake.outcome(of: connection.unread) {
        case .incomplete: return false
        case .refused(let reason):
            drop(connection, because: reason)
            return false
        case .open(let start):
            connection.unread.removeFirst(start)
            connection.phase = .greeting
            connection.enqueue(Handshake.hello(token: connection.plan.token), with: &writer)
            markForFlush(connection)
            return !connection.unread.isEmpty
        }
    }

    func welcomed(_ connection: ClientConnection, _ welcome: ServerFrame.Welcome) {
        guard connection.phase == .greeting else { return drop(connection, because: "a second welcome") }
        let now = MonotonicClock.now
        connection.phase = .joined
        connection.history = ClientHistory(after: welcome.seq)
        tally.joined += 1
        tally.joinLatency.record(now - connection.beganAt)
    }

    private func start(_ connection: ClientConnection, at now: UInt64) {
        connection.phase = .connecting
        connection.beganAt = now
        do throws(SystemError) {
            let socket = try StreamSocket(to: address.socket, from: connection.plan.source)
            connection.socket = socket
            try loop.add(socket, tag: connection.tag, for: [.readable, .writable])
        } catch {
            drop(connection, because: error.description)
        }
    }
}
