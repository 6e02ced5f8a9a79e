/// Compares the segments of attendance with when people were connected. Pure; times are milliseconds since 1970.
struct AttendanceCheck: Sendable {
    /// How far both may lie apart.
    struct Tolerance: Sendable, Equatable {
        /// For which a place is kept: a segment goes on over a shorter absence.
        var grace: Int64
        /// At a connection that begins or ends in good order.
        var edge: Int64
        /// What a hub that was killed may not have noted, or counts too much of those whose end it did not see.
        var crash: Int64
    }

    private let present: [Int64: TimeSpans]
    private let stored: [Int64: TimeSpans]
    private let tolerance: Tolerance

    /// - Parameters:
    ///   - offset: what must be added to a monotonic time in milliseconds for one since 1970.
    ///   - end: when the tables were read; whoever is connected then is present until then.
    init(
        _ history: ClassHistory, _ segments: [StoredClass.Segment], offset: Int64, end: Int64, tolerance: Tolerance
    ) {
        func wall(_ moment: UInt64) -> Int64 {
            moment == .max ? end : Int64(moment / MonotonicClock.millisecond) + offset
        }
        self.tolerance = tolerance
        present = Dictionary(grouping: history.visits, by: \.user).mapValues { visits in
            TimeSpans(visits.map { wall($0.welcomedAt)..<max(wall($0.endedAt), wall($0.welcomedAt)) })
        }
        stored = Dictionary(grouping: segments.filter { $0.source == "channel" }, by: \.user).mapValues { segments in
            TimeSpans(segments.map { $0.joinedAt..<max($0.leftAt ?? end, $0.joinedAt) })
        }
    }

    /// - Parameter isCrashed: whether hubs were killed, so that the ends of segments are known less exactly.
    func check(isCrashed: Bool, _ faults: inout HistoryFaults) {
        let edge = tolerance.edge + (isCrashed ? tolerance.crash : 0)
        for (user, truth) in present.sorted(by: { $0.key < $1.key }) {
            let segments = stored[user] ?? TimeSpans([])
            let missing = truth.subtracting(segments.widened(by: edge)).longest
            if missing > 0 { faults.note(.attendance, "\(user) lacks \(missing + edge) ms of attendance") }
            let allowed = truth.bridged(over: tolerance.grace + edge).widened(by: edge)
            let excess = segments.subtracting(allowed).longest
            if excess > 0 { faults.note(.attendance, "\(user) has \(excess + edge) ms of attendance while away") }
        }
        for user in stored.keys.filter({ present[$0] == nil }).sorted() {
            faults.note(.attendance, "\(user) was never there and attended")
        }
    }
}
