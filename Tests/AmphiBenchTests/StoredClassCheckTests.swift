import Testing

@testable import amphi_bench

/// Good tables with one fault planted into them, which must be found, and nothing else.
struct StoredClassCheckTests {
    private var good: StoredClass {
        StoredClass(
            events: [
                StoredClass.Event(seq: 1, type: "session.started", at: 100),
                StoredClass.Event(seq: 2, type: "chat.message", at: 100),
                StoredClass.Event(seq: 3, type: "session.ended", at: 120),
            ],
            messages: [StoredClass.Message(user: 7, clientID: "b-0-0", seq: 2)],
            segments: [segment(7, 100, 110), segment(7, 110, nil), segment(7, 105, 120, source: "rest")],
            head: 3, seated: 1, seats: 1, capacity: 2)
    }

    private func segment(
        _ user: Int64, _ start: Int64, _ end: Int64?, source: String = "channel"
    ) -> StoredClass.Segment {
        StoredClass.Segment(user: user, source: source, joinedAt: start, lastSeenAt: start, leftAt: end)
    }

    private func counts(_ change: (inout StoredClass) -> Void) -> [HistoryFaults.Kind: Int] {
        var (stored, faults) = (good, HistoryFaults())
        change(&stored)
        StoredClassCheck(stored: stored).check(&faults)
        return faults.counts
    }

    @Test func `good tables are clean`() { #expect(counts { _ in } == [:]) }

    @Test func `a journal with a gap, or a head that is not its end, is found`() {
        #expect(counts { $0.events.remove(at: 1) } == [.brokenFrame: 1])
        #expect(counts { $0.head = 4 } == [.brokenFrame: 1])
    }

    @Test func `a time that goes back is found`() {
        #expect(counts { $0.events[1] = StoredClass.Event(seq: 2, type: "chat.message", at: 99) } == [.backwards: 1])
    }

    @Test func `a message that stands there twice is found`() {
        #expect(
            counts { $0.messages.append(StoredClass.Message(user: 7, clientID: "b-0-0", seq: 3)) } == [.doubled: 1])
        // Another person may use the same key.
        #expect(counts { $0.messages.append(StoredClass.Message(user: 8, clientID: "b-0-0", seq: 3)) } == [:])
    }

    @Test(arguments: ["session.started", "session.ended"])
    func `a class that starts or ends twice is found`(type: String) {
        let again = StoredClass.Event(seq: 4, type: type, at: 130)
        #expect(
            counts {
                $0.events.append(again)
                $0.head = 4
            } == [.doubled: 1])
    }

    @Test func `seats that are counted wrongly, or are too many, are found`() {
        #expect(counts { $0.seated = 2 } == [.miscounted: 1])
        #expect(counts { ($0.seated, $0.seats) = (3, 3) } == [.miscounted: 1])
    }

    @Test func `segments that overlap are found`() {
        #expect(counts { $0.segments.append(segment(7, 109, 109 + 1)) } == [.attendance: 1])
        #expect(counts { $0.segments[1] = segment(7, 105, nil) } == [.attendance: 1])
        #expect(counts { $0.segments.append(segment(8, 100, 130)) } == [:])
    }
}
