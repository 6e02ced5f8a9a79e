/// When to ping a peer, and when it counts as dead. Times are `Duration`s since any fixed moment.
///
/// A ping goes out every `interval`, and only what comes from the peer itself answers it. Acknowledged bytes are the
/// word of a kernel, and behind a proxy not even of the peer's: they excuse a missing answer only as long as the ping,
/// or what lies before it, is still on its way.
///
///     written  ...............[ping]......
///              ^ acknowledged  ^ end of the ping
///
/// - On its way, and the bytes move (a slow line): the answer is due `timeout` after the last movement.
/// - The peer's kernel takes no more (a slow reader, whose full buffer may hold the ping unread): the answer is not
///   due, but something must move once in `stall`.
/// - Acknowledged: the answer is due `timeout` after the last moment at which the ping was known to be on its way.
struct PingPolicy {
    enum Action: Equatable {
        /// Ask again at this time.
        case wait(until: Duration)
        /// Send a ping, say so (`sent`), ask again at this time.
        case ping(then: Duration)
        case dead
    }

    private struct Unanswered {
        /// Of the stream at the ping's end; nil while this is not known.
        var end: UInt64?
        /// False while the ping itself waits for what lies before it.
        var isWritten: Bool
        /// The last moment at which the ping was known to be on its way.
        var onItsWay: Duration
        var lastCheck: Duration
        /// The last moment at which `reach` or `acknowledged` had grown.
        var lastMove: Duration
        var acknowledged: UInt64 = 0
        var reach: UInt64 = 0
        var isAcknowledged = false
    }

    let interval: Duration
    let timeout: Duration
    let stall: Duration
    private var nextPing: Duration
    private var unanswered: Unanswered?

    init(interval: Duration, timeout: Duration, stall: Duration, firstPing: Duration) {
        self.interval = interval
        self.timeout = timeout
        self.stall = stall
        nextPing = firstPing
    }

    /// A ping has arrived where it was sent, and waits for its answer. One that is still on its way asks for none yet.
    ///
    /// - Parameter progress: as of now; asked for only while a ping is unanswered.
    func isOwed(_ progress: @autoclosure () -> TransportProgress?) -> Bool {
        guard let unanswered else { return false }
        guard unanswered.isWritten else { return false }
        guard let end = unanswered.end, let progress = progress() else { return true }
        return progress.acknowledged >= end
    }

    /// Something came from the peer.
    mutating func heard() { unanswered = nil }

    /// The ping is written; `progress` tells where in the stream it ends.
    mutating func sent(_ progress: TransportProgress?) {
        guard let progress else { return }
        unanswered?.acknowledged = progress.acknowledged
        unanswered?.reach = progress.reach
        unanswered?.end = progress.written
    }

    /// - Parameters:
    ///   - canWrite: a ping would go to the kernel at once.
    ///   - progress: asked for only while it matters; nil where nobody knows.
    mutating func check(
        at now: Duration, canWrite: Bool = true, progress: @autoclosure () -> TransportProgress?
    ) -> Action {
        if let ping = unanswered { return judge(ping, at: now, canWrite, progress()) }
        guard now >= nextPing else { return .wait(until: nextPing) }
        nextPing = now + interval
        unanswered = Unanswered(isWritten: canWrite, onItsWay: now, lastCheck: now, lastMove: now)
        let next = min(now + timeout, now + patience)
        return canWrite ? .ping(then: next) : .wait(until: next)
    }

    /// How often an unanswered ping is looked at: nearly all are answered before the first look.
    private var patience: Duration { timeout / 8 }

    private mutating func judge(
        _ unansweredPing: Unanswered, at now: Duration, _ canWrite: Bool, _ progress: TransportProgress?
    ) -> Action {
        var ping = unansweredPing
        var mustWrite = false
        if let progress { observe(progress, &ping, at: now, canWrite) }
        if !ping.isWritten, canWrite {
            (ping.isWritten, ping.onItsWay, mustWrite) = (true, now, true)
        }
        ping.lastCheck = now
        unanswered = ping
        let due = ping.onItsWay + timeout
        guard now < due else { return .dead }
        let next = min(due, now + patience)
        return mustWrite ? .ping(then: next) : .wait(until: next)
    }

    private func observe(
        _ progress: TransportProgress, _ ping: inout Unanswered, at now: Duration, _ canWrite: Bool
    ) {
        if progress.acknowledged > ping.acknowledged || progress.reach > ping.reach {
            ping.lastMove = now
            ping.acknowledged = max(ping.acknowledged, progress.acknowledged)
            ping.reach = max(ping.reach, progress.reach)
        }
        if ping.isWritten, ping.end == nil { ping.end = progress.written }
        let isAcknowledged = ping.end.map { progress.acknowledged >= $0 } ?? false
        if progress.isHeldBack, now - ping.lastMove < stall {
            ping.onItsWay = now
        } else if !isAcknowledged {
            ping.onItsWay = max(ping.onItsWay, ping.lastMove)
        } else if !ping.isAcknowledged {
            // It arrived since the last look.
            ping.onItsWay = max(ping.onItsWay, ping.lastCheck)
        }
        ping.isAcknowledged = isAcknowledged
    }
}
