import Testing

@testable import amphi_bench

/// Client 0 posts on node 1, client 1 reads on node 2.
struct PromptnessCheckTests {
    private static let second = MonotonicClock.second

    /// - Parameters:
    ///   - answer: seconds after the post, which is sent at second 10.
    ///   - delivery: seconds after the answer.
    private func history(answer: UInt64, delivery: UInt64) -> ClassHistory {
        let second = Self.second
        var history = ClassHistory(session: 1)
        func visit(_ client: Int) -> ClassHistory.Visit {
            ClassHistory.Visit(client: client, user: Int64(client), node: client, askedAt: 1, welcomedAt: 2, seq: 0)
        }
        let (author, reader) = (history.begin(visit(0)), history.begin(visit(1)))
        let post = Post(Post.Marker(sender: 0, number: 0, sentAt: 10 * second), textBytes: 24)
        history.send(post, by: 0, on: author, at: 10 * second)
        let receipt = ServerFrame.Receipt(id: 1, seq: 1, isDuplicate: false)
        history.answer(post, receipt, on: author, at: (10 + answer) * second)
        let event = SessionEvent(seq: 1, digest: 1, marker: post.marker, author: 0, clientID: post.clientID)
        let batch = EventBatch(position: 1, events: [event])
        history.receive(batch, on: reader, at: (10 + answer + delivery) * second)
        return history
    }

    private func counts(
        answer: UInt64, delivery: UInt64, _ disturbances: PromptnessCheck.Disturbance...
    ) -> [HistoryFaults.Kind: Int] {
        var faults = HistoryFaults()
        PromptnessCheck(history(answer: answer, delivery: delivery), disturbances).check(&faults)
        return faults.counts
    }

    private func disturbance(_ node: Int?, _ seconds: ClosedRange<UInt64>) -> PromptnessCheck.Disturbance {
        PromptnessCheck.Disturbance(
            node: node, from: seconds.lowerBound * Self.second, until: seconds.upperBound * Self.second)
    }

    @Test func `what comes in time is clean`() { #expect(counts(answer: 2, delivery: 1) == [:]) }

    @Test func `a late answer and a late event are found`() {
        #expect(counts(answer: 3, delivery: 1) == [.late: 1])
        #expect(counts(answer: 2, delivery: 2) == [.late: 1])
    }

    @Test func `where something was done to the hub, or to all, they may be late`() {
        #expect(counts(answer: 3, delivery: 1, disturbance(0, 12...13)) == [:])
        #expect(counts(answer: 3, delivery: 2, disturbance(nil, 5...30)) == [:])
        #expect(counts(answer: 2, delivery: 2, disturbance(1, 13...20)) == [:])
        #expect(counts(answer: 2, delivery: 2, PromptnessCheck.Disturbance(node: 1, from: 0)) == [:])
    }

    @Test func `what is done to another hub, or at another time, is no excuse`() {
        #expect(counts(answer: 3, delivery: 1, disturbance(1, 5...30)) == [.late: 1])
        #expect(counts(answer: 2, delivery: 2, disturbance(2, 5...30)) == [.late: 1])
        #expect(counts(answer: 3, delivery: 1, disturbance(0, 5...9)) == [.late: 1])
    }
}
