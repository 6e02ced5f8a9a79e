import Synchronization

/// How many REST requests a second one person and one address may send (`HubLimits`).
///
/// A person is refused with a time to wait. An address is delayed first, because a whole school sits behind one, and refused when
/// the wait would be longer than `patience`.
package final class RequestLimits: Sendable {
    private enum Key: Hashable {
        case person(Int64)
        case address(String)
    }

    private static let patience: Int64 = 2000
    /// More are swept: who has a full bucket is forgotten without a loss.
    private static let mostBuckets = 10_000

    private let limits: HubLimits
    private let clock: HubClock
    private let buckets = Mutex<[Key: TokenBucket]>([:])

    package init(_ limits: HubLimits, clock: HubClock) {
        self.limits = limits
        self.clock = clock
    }

    /// Throws `rate_limited`. Services are not limited: they work for everybody.
    func admit(_ caller: Caller) throws(HubError) {
        guard caller.role != .service, let wait = take(.person(caller.userID), limits.requestsPerUser) else { return }
        throw HubError(.rateLimited, retryAfter: wait)
    }

    /// Returns when it is this address's turn; throws `rate_limited` when that takes too long.
    func admit(address: String) async throws {
        var waited: Int64 = 0
        while let wait = take(.address(address), limits.requestsPerAddress) {
            guard waited + wait <= Self.patience else { throw HubError(.rateLimited, retryAfter: wait) }
            try await Task.sleep(for: .milliseconds(wait))
            waited += wait
        }
    }

    /// Nil, or the milliseconds until there is one. A bucket holds three seconds' worth.
    private func take(_ key: Key, _ rate: Int) -> Int64? {
        guard rate > 0 else { return nil }
        let now = clock.steady
        return buckets.withLock { buckets in
            if buckets.count > Self.mostBuckets { buckets = buckets.filter { !$0.value.isFull(now: now) } }
            return buckets[key, default: TokenBucket(rate: rate, burst: 3 * rate, now: now)].take(now: now)
        }
    }
}
