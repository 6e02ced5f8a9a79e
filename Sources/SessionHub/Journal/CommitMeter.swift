/// How many posts were committed, and how long commits took, within the last minute.
///
/// The meter is pure: the time comes from the caller. It has a slot for each second, with a histogram whose buckets are
/// an eighth of an octave wide, so that a reading costs the same after a quiet minute and after a busy one.
struct CommitMeter: Sendable {
    /// The numbers of the last minute. Times are in milliseconds, and nil without a commit. They are the upper edges of
    /// buckets, at most 9 % more than what was measured.
    struct Reading: Sendable, Equatable {
        var postsPerSecond: Double
        var commits: Int
        var p50: Double?
        var p99: Double?
    }

    private struct Slot {
        var second: Int64 = .min
        var posts = 0
        var counts = [UInt32](repeating: 0, count: CommitMeter.buckets)
    }

    private static let window: Int64 = 60
    private static let perOctave = 8
    /// The buckets go from 1 microsecond to 134 seconds.
    private static let buckets = 27 * perOctave + 1

    private var slots = [Slot](repeating: Slot(), count: Int(window))

    init() {}

    /// - Parameter posts: how many chat messages the commit has.
    mutating func record(_ duration: Duration, posts: Int, now: Timestamp) {
        let second = now.seconds
        let index = Int(second - second.floorDiv(Self.window) * Self.window)
        if slots[index].second != second { slots[index] = Slot(second: second) }
        slots[index].posts += posts
        slots[index].counts[Self.bucket(duration)] += 1
    }

    func reading(now: Timestamp) -> Reading {
        var counts = [Int](repeating: 0, count: Self.buckets)
        var posts = 0
        for slot in slots where slot.second > now.seconds - Self.window && slot.second <= now.seconds {
            posts += slot.posts
            for index in counts.indices { counts[index] += Int(slot.counts[index]) }
        }
        let commits = counts.reduce(0, +)
        return Reading(
            postsPerSecond: Double(posts) / Double(Self.window), commits: commits,
            p50: Self.quantile(0.5, counts, commits), p99: Self.quantile(0.99, counts, commits)
        )
    }

    private static func bucket(_ duration: Duration) -> Int {
        let (seconds, attoseconds) = duration.components
        let microseconds = Double(seconds) * 1e6 + Double(attoseconds) / 1e12
        guard microseconds > 1 else { return 0 }
        return min(buckets - 1, Int((log2(microseconds) * Double(perOctave)).rounded(.up)))
    }

    private static func quantile(_ share: Double, _ counts: [Int], _ total: Int) -> Double? {
        guard total > 0 else { return nil }
        var left = Int((Double(total) * share).rounded(.up))
        for (index, count) in counts.enumerated() {
            left -= count
            if left <= 0 { return exp2(Double(index) / Double(perOctave)) / 1000 }
        }
        return nil
    }
}

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif
