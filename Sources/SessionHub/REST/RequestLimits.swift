import Synchronization
import WebSocketServer

/// How many REST requests a second one person and one address may send (`HubLimits`).
///
/// A person is refused with a time to wait. An address is delayed first, because a whole school sits behind one, and
/// refused when the wait would be longer than `patience`.
final class RequestLimits: Sendable {
    private enum Key: Hashable {
        case person(Int64)
        case source(AddressKey)
    }

    private static let patience: Int64 = 2000
    /// When there are more, full buckets are dropped: forgetting them loses nothing.
    private static let mostBuckets = 10_000

    private let limits: HubLimits
    private let clock: HubClock
    private struct State {
        var buckets: [Key: TokenBucket] = [:]
        var sweptAt = Timestamp(milliseconds: 0)
    }

    /// How many milliseconds lie between two searches for full buckets, so that a search that finds none among many is
    /// not repeated at every request.
    private static let sweep: Int64 = 1000

    private let state = Mutex(State())

    init(_ limits: HubLimits, clock: HubClock) {
        self.limits = limits
        self.clock = clock
    }

    /// Throws `rate_limited`. Services are not limited: they work for everybody.
    func admit(_ caller: Caller) throws(HubError) {
        guard caller.role != .service, let wait = take(.person(caller.userID), limits.requestsPerUser) else { return }
        throw HubError(.rateLimited, retryAfter: wait)
    }

    /// Returns when it is this address's turn; throws `rate_limited` when that takes too long.
    ///
    /// - Parameter source: nil when nobody can tell whose request it is: such ones do not share a bucket, they have
    ///   none.
    func admit(source: AddressKey?) async throws {
        guard let source else { return }
        var waited: Int64 = 0
        while let wait = take(.source(source), limits.requestsPerAddress) {
            guard waited + wait <= Self.patience else { throw HubError(.rateLimited, retryAfter: wait) }
            try await Task.sleep(for: .milliseconds(wait))
            waited += wait
        }
    }

    /// Takes one, or returns the milliseconds until there is one. A bucket holds three seconds' worth.
    private func take(_ key: Key, _ rate: Int) -> Int64? {
        guard rate > 0 else { return nil }
        let now = clock.steady
        return state.withLock { state in
            if state.buckets.count > Self.mostBuckets, abs(now - state.sweptAt) >= Self.sweep {
                state.sweptAt = now
                state.buckets = state.buckets.filter { !$0.value.isFull(now: now) }
            }
            return state.buckets[key, default: TokenBucket(rate: rate, burst: 3 * rate, now: now)].take(now: now)
        }
    }
}
