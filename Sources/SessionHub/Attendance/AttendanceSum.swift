/// How long somebody attended: the union of the intervals, clipped to the class.
///
/// Overlapping segments (two devices, channel and REST) count once. Minutes come from the total, never from each
/// interval.
struct AttendanceSum: Sendable, Equatable {
    let milliseconds: Int64

    var seconds: Int64 { milliseconds / 1000 }
    /// The seed's `attendance_duration`: whole minutes of the total.
    var minutes: Int64 { seconds / 60 }

    init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// The whole percent of a class that this is, rounded down; of a class without any length all of it.
    ///
    /// - Parameter length: the class's, in milliseconds.
    func percent(of length: Int64) -> Int64 { length > 0 ? min(100, milliseconds * 100 / length) : 100 }

    /// - Parameters:
    ///   - segments: one person's segments, in any order.
    ///   - start: the actual start; nil when the class has not started, so that nobody has attended.
    ///   - end: the actual end; nil while the class runs, so that `now` is the end so far.
    init(of segments: [AttendanceSegment], start: Timestamp?, end: Timestamp?, now: Timestamp) {
        guard let start else {
            self.init(milliseconds: 0)
            return
        }
        let limit = end ?? now
        var total: Int64 = 0
        // Everything before this moment is counted already.
        var counted = start
        for segment in segments.sorted(by: { $0.joinedAt < $1.joinedAt }) {
            let from = max(segment.joinedAt, counted)
            let to = min(segment.end(now: now), limit)
            guard to > from else { continue }
            total += to - from
            counted = to
        }
        self.init(milliseconds: total)
    }
}
