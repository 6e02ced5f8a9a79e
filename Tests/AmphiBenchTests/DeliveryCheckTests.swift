import Testing

@testable import amphi_bench

/// Each history is a good one with one fault planted into it, which must be found, and nothing else.
struct DeliveryCheckTests {
    private static let authors: [Int: Int64] = [0: 7, 1: 8]

    private static func post(_ client: Int, _ number: Int) -> Post {
        Post(Post.Marker(sender: client, number: number, sentAt: 5), textBytes: 24)
    }

    private static func event(_ seq: Int64, _ client: Int, _ number: Int) -> SessionEvent {
        let (post, author) = (post(client, number), authors[client] ?? 0)
        let receipt = ServerFrame.Receipt(id: seq, seq: seq, isDuplicate: false)
        return SessionEvent(
            seq: seq, digest: EventDigest.make(receipt: receipt, author: author, text: post.text),
            marker: post.marker, author: author, clientID: post.clientID)
    }

    /// The session's start, then two posts of client 0 and one of client 1.
    private static let journal = [
        SessionEvent(seq: 1, digest: 1, marker: nil, author: nil, clientID: nil), event(2, 0, 0), event(3, 0, 1),
        event(4, 1, 0),
    ]

    private func batch(_ events: ArraySlice<SessionEvent>) -> EventBatch {
        EventBatch(position: events.last?.seq ?? 0, events: Array(events))
    }

    private func visit(
        _ client: Int, node: Int = 0, askedAt: UInt64, seq: Int64, position: Int64? = nil, events: [SessionEvent] = []
    ) -> ClassHistory.Visit {
        ClassHistory.Visit(
            client: client, user: Self.authors[client] ?? 0, node: node, askedAt: askedAt, welcomedAt: askedAt + 1,
            position: position, isResumed: position != nil, seq: seq, events: events)
    }

    /// Client 0 posts twice on node 1, then client 1 once on node 2; both have everything, client 1 after a resumption.
    ///
    /// - Parameters:
    ///   - frames: what comes to client 0.
    ///   - resumption: what the welcome of client 1's second connection holds, which is the fourth event.
    private func history(
        frames: [ArraySlice<SessionEvent>] = [journal[1...1], journal[2...3]],
        resumption: (seq: Int64, events: [SessionEvent]) = (4, [journal[3]]),
        seqs: (Int64, Int64, Int64) = (2, 3, 4), sends: (UInt64, UInt64) = (30, 60)
    ) -> ClassHistory {
        var history = ClassHistory(session: 1)
        let first = history.begin(visit(0, askedAt: 10, seq: 1, events: [Self.journal[0]]))
        let second = history.begin(visit(1, node: 1, askedAt: 12, seq: 1, events: [Self.journal[0]]))
        let plan: [(Int, Int, Int, UInt64, UInt64, Int64)] = [
            (0, 0, first, 20, 25, seqs.0), (0, 1, first, sends.0, 35, seqs.1), (1, 0, second, sends.1, 65, seqs.2),
        ]
        for (client, number, visit, sentAt, answeredAt, seq) in plan {
            let post = Self.post(client, number)
            history.send(post, by: Self.authors[client] ?? 0, on: visit, at: sentAt)
            let receipt = ServerFrame.Receipt(id: seq, seq: seq, isDuplicate: false)
            history.answer(post, receipt, on: visit, at: answeredAt)
        }
        for frame in frames { history.receive(batch(frame), on: first, at: 66) }
        history.receive(batch(Self.journal[1...2]), on: second, at: 66)
        history.end(second, at: 67)
        _ = history.begin(visit(1, askedAt: 70, seq: resumption.seq, position: 3, events: resumption.events))
        return history
    }

    private func counts(_ history: ClassHistory) -> [HistoryFaults.Kind: Int] {
        var faults = HistoryFaults()
        DeliveryCheck(history, journal: Self.journal).check(&faults)
        return faults.counts
    }

    @Test func `a good history is clean`() {
        #expect(counts(history()) == [:])
        #expect(counts(ClassHistory(session: 1)) == [:])
    }

    @Test func `an event that did not come, came twice or came late is found`() {
        let journal = Self.journal
        #expect(counts(history(frames: [journal[1...1], journal[3...3]])) == [.lost: 1])
        #expect(counts(history(frames: [journal[2...3]])) == [.lost: 1])
        #expect(counts(history(frames: [journal[1...2], journal[2...3]])) == [.repeated: 1])
        #expect(counts(history(frames: [journal[2...2], journal[1...1], journal[3...3]])) == [.lost: 2, .repeated: 1])
    }

    @Test func `an event that is another one than in the journal is found`() {
        #expect(counts(history(frames: [[Self.event(2, 0, 5)], Self.journal[2...3]])) == [.conflicting: 1])
        let beyond = Self.journal[2...3] + [Self.event(5, 0, 9)]
        #expect(counts(history(frames: [Self.journal[1...1], beyond])) == [.conflicting: 1])
    }

    @Test func `a resumption with a hole, a repetition or a wrong end is found`() {
        let journal = Self.journal
        #expect(counts(history(resumption: (4, []))) == [.lost: 1])
        #expect(counts(history(resumption: (4, Array(journal[2...3])))) == [.repeated: 1])
    }

    @Test func `a welcome behind an acknowledgement of another hub is found`() {
        #expect(counts(history(resumption: (3, []))) == [.stale: 1])
    }

    @Test func `a post that overtakes one that was acknowledged before is found`() {
        // Client 1 says something after the answer to client 0, and is told a place before it.
        #expect(counts(history(seqs: (2, 4, 3))) == [.overtaken: 1])
        // Both were under way at the same time: any order is right.
        #expect(counts(history(seqs: (2, 4, 3), sends: (30, 34))) == [:])
    }

    @Test func `posts of one connection in another order are found`() {
        #expect(counts(history(seqs: (3, 2, 4), sends: (22, 60))) == [.reordered: 1])
    }

    @Test func `a post that is answered with two places is found`() {
        var history = history()
        let receipt = ServerFrame.Receipt(id: 9, seq: 5, isDuplicate: true)
        history.send(Self.post(1, 0), by: 8, on: 2, at: 80)
        history.answer(Self.post(1, 0), receipt, on: 2, at: 81)
        #expect(counts(history) == [.doubled: 1])
        #expect(history.returned == 0)
    }

    @Test func `a post that was acknowledged as new twice was lost in between`() {
        var history = history()
        let receipt = ServerFrame.Receipt(id: 4, seq: 4, isDuplicate: false)
        history.send(Self.post(1, 0), by: 8, on: 2, at: 80)
        history.answer(Self.post(1, 0), receipt, on: 2, at: 81)
        #expect(counts(history) == [.doubled: 1])
        history.lossAt = 70
        #expect(counts(history) == [:])
        #expect(history.returned == 1)
    }

    @Test func `what came before the end of the journal was lost may be gone`() {
        var history = history(frames: [Self.journal[1...1], Self.journal[2...3] + [Self.event(5, 0, 9)]])
        #expect(counts(history) == [.conflicting: 1])
        history.lossAt = 68
        #expect(counts(history) == [:])
    }

    @Test func `latencies are told by hub, and posts that were sent twice are not`() {
        var history = history()
        var latencies = ClassLatencies()
        latencies.add(history, from: 0)
        // Of client 0's posts client 1 saw two elsewhere; of client 1's post client 0 saw one elsewhere.
        #expect(latencies.answers.count == 3)
        #expect(latencies.answers.maximum == 5)
        #expect(latencies.otherNode.count == 3)
        #expect(latencies.otherNode.maximum == 46)
        #expect(latencies.sameNode.count == 0)
        history.send(Self.post(0, 0), by: 7, on: 0, at: 80)
        var fewer = ClassLatencies()
        fewer.add(history, from: 0)
        #expect(fewer.answers.count == 2)
        #expect(fewer.otherNode.count == 2)
    }
}
