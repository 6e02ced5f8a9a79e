import Testing

@testable import amphi_bench

struct ClientHistoryTests {
    private func batch(_ seqs: Int64..., position: Int64? = nil) -> EventBatch {
        let events = seqs.map { SessionEvent(seq: $0, digest: 1, marker: nil, author: nil, clientID: nil) }
        return EventBatch(position: position ?? seqs.last ?? 0, events: events)
    }

    @Test func `consecutive frames are deliveries`() {
        var history = ClientHistory(after: 10)
        #expect(history.receive(batch(11)) == ClientHistory.Step(delivered: 1))
        #expect(history.receive(batch(12, 13, 14)) == ClientHistory.Step(delivered: 3))
        #expect(history.seq == 14)
    }

    @Test func `a place that is jumped over is lost`() {
        var history = ClientHistory(after: 0)
        #expect(history.receive(batch(1)) == ClientHistory.Step(delivered: 1))
        #expect(history.receive(batch(4, 5)) == ClientHistory.Step(delivered: 2, lost: 2))
    }

    @Test func `what comes after its successor is reordered, not lost`() {
        var history = ClientHistory(after: 0)
        #expect(history.receive(batch(4)) == ClientHistory.Step(delivered: 1, lost: 3))
        #expect(history.receive(batch(2)) == ClientHistory.Step(delivered: 1, lost: -1, reordered: 1))
        #expect(history.receive(batch(1)) == ClientHistory.Step(delivered: 1, lost: -1, reordered: 1))
        #expect(history.receive(batch(3)) == ClientHistory.Step(delivered: 1, lost: -1, reordered: 1))
        #expect(history.receive(batch(2)) == ClientHistory.Step(repeated: 1))
        #expect(history.receive(batch(5)) == ClientHistory.Step(delivered: 1))
    }

    @Test func `an event that was already there is a repetition`() {
        var history = ClientHistory(after: 5)
        #expect(history.receive(batch(4, 5, 6)) == ClientHistory.Step(delivered: 1, repeated: 2))
        #expect(history.seq == 6)
    }

    @Test func `a frame whose seq is not its last event's is not consecutive`() {
        #expect(!batch(1, 2, position: 3).isConsecutive)
        #expect(!batch(1, 3).isConsecutive)
        #expect(!EventBatch(position: 1, events: []).isConsecutive)
        #expect(batch(7, 8).isConsecutive)
    }
}
