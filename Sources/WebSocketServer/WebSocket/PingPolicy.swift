/// When to ping a peer, and when it counts as dead. Times are `Duration`s since any fixed moment.
///
/// Whatever comes from the peer is a sign of life, and so is progress of what it reads: on a slow line the ping waits
/// behind megabytes. A ping goes out every `interval`; a peer that shows no sign within `timeout` after it is dead.
struct PingPolicy {
    enum Action: Equatable {
        /// Ask again at this time.
        case wait(until: Duration)
        /// Send a ping, ask again at this time.
        case ping(then: Duration)
        case dead
    }

    /// The kernel of a program that hangs still acknowledges the ping itself.
    static let insignificantBytes: UInt64 = 16

    let interval: Duration
    let timeout: Duration
    private var nextPing: Duration
    /// Set while a ping is unanswered.
    private var pending: (deadline: Duration, acknowledged: UInt64)?

    init(interval: Duration, timeout: Duration, firstPing: Duration) {
        self.interval = interval
        self.timeout = timeout
        nextPing = firstPing
    }

    /// Something came from the peer.
    mutating func heard() { pending = nil }

    /// `acknowledged`: bytes that the peer's kernel has taken so far.
    mutating func check(at now: Duration, acknowledged: UInt64) -> Action {
        if let pending {
            guard now >= pending.deadline else { return .wait(until: pending.deadline) }
            guard acknowledged > pending.acknowledged + Self.insignificantBytes else { return .dead }
            self.pending = nil
        }
        guard now >= nextPing else { return .wait(until: nextPing) }
        nextPing = now + interval
        pending = (now + timeout, acknowledged)
        return .ping(then: min(now + timeout, nextPing))
    }
}
