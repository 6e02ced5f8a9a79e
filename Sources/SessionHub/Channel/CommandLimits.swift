import Synchronization

/// How many frames a second one person may send to one session, over all their connections and on whatever loop.
///
/// Every frame counts, also one that cannot be read. What exceeds the rate is refused with a time to wait. Somebody who
/// goes on sending all the same is sent away. May be used from any thread.
final class CommandLimits: Sendable {
    enum Verdict: Equatable {
        case allowed
        /// The frame is refused; the next may come after these milliseconds.
        case wait(Int64)
        case flood
    }

    private struct Key: Hashable {
        let session: Int64
        let user: Int64
    }

    private struct Buckets {
        var frames: TokenBucket
        /// Refusals cost as well. As many are answered at once as the rate allows in ten seconds, and at least a
        /// thousand.
        var refusals: TokenBucket
    }

    private static let (refusedSeconds, leastRefused) = (10, 1000)
    /// Beyond so many people those with full buckets are forgotten, which changes nothing for them.
    private static let mostPeople = 10_000

    private let rate: Int
    private let people = Mutex<[Key: Buckets]>([:])

    /// - Parameter rate: how many frames a second, and how many at once; 0 for no limit.
    init(rate: Int) { self.rate = rate }

    func take(user: Int64, session: Int64, now: Timestamp) -> Verdict {
        guard rate > 0 else { return .allowed }
        return people.withLock { people in
            if people.count > Self.mostPeople {
                people = people.filter { !$0.value.frames.isFull(now: now) || !$0.value.refusals.isFull(now: now) }
            }
            let new = Buckets(
                frames: TokenBucket(rate: rate, burst: rate, now: now),
                refusals: TokenBucket(rate: rate, burst: max(rate * Self.refusedSeconds, Self.leastRefused), now: now)
            )
            return Self.take(from: &people[Key(session: session, user: user), default: new], now)
        }
    }

    private static func take(from buckets: inout Buckets, _ now: Timestamp) -> Verdict {
        guard let wait = buckets.frames.take(now: now) else { return .allowed }
        return buckets.refusals.take(now: now) == nil ? .wait(wait) : .flood
    }
}
