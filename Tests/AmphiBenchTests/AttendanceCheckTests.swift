import Testing

@testable import amphi_bench

/// Somebody who was there from second 10 to 40, and from 42 on; the tables were read at second 60.
struct AttendanceCheckTests {
    private static let offset: Int64 = 1_000_000
    private static let tolerance = AttendanceCheck.Tolerance(grace: 5000, edge: 1000, crash: 3000)

    private var history: ClassHistory {
        var history = ClassHistory(session: 1)
        let first = history.begin(visit(at: 10))
        history.end(first, at: 40 * MonotonicClock.second)
        _ = history.begin(visit(at: 42))
        return history
    }

    private func visit(at second: UInt64) -> ClassHistory.Visit {
        let moment = second * MonotonicClock.second
        return ClassHistory.Visit(client: 0, user: 7, node: 0, askedAt: moment, welcomedAt: moment, seq: 0)
    }

    private func segment(_ start: Double, _ end: Double?, user: Int64 = 7) -> StoredClass.Segment {
        let (start, end) = (Self.offset + Int64(start * 1000), end.map { Self.offset + Int64($0 * 1000) })
        return StoredClass.Segment(user: user, source: "channel", joinedAt: start, lastSeenAt: start, leftAt: end)
    }

    private func counts(_ segments: [StoredClass.Segment], isCrashed: Bool = false) -> [HistoryFaults.Kind: Int] {
        var faults = HistoryFaults()
        AttendanceCheck(
            history, segments, offset: Self.offset, end: Self.offset + 60_000, tolerance: Self.tolerance
        ).check(isCrashed: isCrashed, &faults)
        return faults.counts
    }

    @Test func `segments that are when somebody was there are clean`() {
        #expect(counts([segment(10.1, 40), segment(42, nil)]) == [:])
        // A place is kept over a short absence.
        #expect(counts([segment(9.5, 60.5)]) == [:])
    }

    @Test func `time that is missing is found`() {
        #expect(counts([segment(10, 30), segment(42, nil)]) == [.attendance: 1])
        #expect(counts([segment(12, 40), segment(42, nil)]) == [.attendance: 1])
        #expect(counts([]) == [.attendance: 1])
    }

    @Test func `time that somebody was not there is found`() {
        #expect(counts([segment(5, 40), segment(42, nil)]) == [.attendance: 1])
        #expect(counts([segment(10, 40), segment(42, nil), segment(20, 30, user: 8)]) == [.attendance: 1])
    }

    @Test func `after a crash the ends are known less exactly`() {
        #expect(counts([segment(13, 40), segment(42, nil)], isCrashed: true) == [:])
        #expect(counts([segment(15, 40), segment(42, nil)], isCrashed: true) == [.attendance: 1])
    }
}

struct TimeSpansTests {
    @Test func `what touches or overlaps is one`() {
        #expect(TimeSpans([5..<7, 1..<3, 2..<4, 4..<5, 9..<9]).spans == [1..<7])
        #expect(TimeSpans([1..<2, 4..<6]).gaps == [2..<4])
    }

    @Test func `what is taken away leaves its rest`() {
        let spans = TimeSpans([0..<10, 20..<30])
        #expect(spans.subtracting(TimeSpans([2..<3, 8..<22])).spans == [0..<2, 3..<8, 22..<30])
        #expect(spans.subtracting(spans).longest == 0)
        #expect(spans.subtracting(TimeSpans([])) == spans)
    }

    @Test func `short gaps are filled, and everything is widened`() {
        let spans = TimeSpans([0..<10, 12..<20, 40..<50])
        #expect(spans.bridged(over: 2).spans == [0..<20, 40..<50])
        #expect(spans.widened(by: 1).spans == [-1..<21, 39..<51])
    }
}
