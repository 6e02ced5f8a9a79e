import Synchronization

/// How often a second classes may be started, ended and changed, by one person and in one session; the channel and REST
/// together.
///
/// Each of these goes to everybody in the class and holds up the one writer, as a message does. Services have no bucket of
/// their own: they work for everybody. May be used from any thread.
package final class SteeringLimits: Sendable {
    private enum Key: Hashable {
        case person(Int64)
        case session(Int64)
    }

    /// More are swept: who has a full bucket is forgotten without a loss.
    private static let mostBuckets = 10_000

    private let limits: HubLimits
    private let clock: HubClock
    private let buckets = Mutex<[Key: TokenBucket]>([:])

    package init(_ limits: HubLimits, clock: HubClock) {
        self.limits = limits
        self.clock = clock
    }

    /// Throws `rate_limited`. Two seconds' worth may come at once.
    func admit(_ caller: Caller, to session: Int64) throws(HubError) {
        let now = clock.steady
        let wait = buckets.withLock { buckets -> Int64? in
            if buckets.count > Self.mostBuckets { buckets = buckets.filter { !$0.value.isFull(now: now) } }
            if caller.role != .service {
                let wait = Self.take(.person(caller.userID), limits.steeringPerUser, now, &buckets)
                if wait != nil { return wait }
            }
            return Self.take(.session(session), limits.steeringPerSession, now, &buckets)
        }
        if let wait { throw HubError(.rateLimited, retryAfter: wait) }
    }

    private static func take(
        _ key: Key, _ rate: Int, _ now: Timestamp, _ buckets: inout [Key: TokenBucket]
    ) -> Int64? {
        guard rate > 0 else { return nil }
        return buckets[key, default: TokenBucket(rate: rate, burst: 2 * rate, now: now)].take(now: now)
    }
}
