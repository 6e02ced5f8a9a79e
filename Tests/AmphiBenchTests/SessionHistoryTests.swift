import Testing

@testable import amphi_bench

struct SessionHistoryTests {
    private var history = SessionHistory(authors: [0: 100, 1: 101])
    private var faults = HistoryFaults()

    private func post(
        _ number: Int, at seq: Int64, of sender: Int = 0, author: Int64? = nil, clientID: String? = nil
    ) -> SessionEvent {
        let author = author ?? Int64(100 + sender)
        let receipt = ServerFrame.Receipt(id: seq * 10, seq: seq, isDuplicate: false)
        let digest = EventDigest.make(receipt: receipt, author: author, text: "\(sender) \(number)")
        return SessionEvent(
            seq: seq, digest: digest, marker: Post.Marker(sender: sender, number: number, sentAt: 0), author: author,
            clientID: clientID ?? Post.clientID(sender: sender, number: number))
    }

    private mutating func witness(_ events: SessionEvent..., position: Int64? = nil) {
        history.witness(EventBatch(position: position ?? events.last?.seq ?? 0, events: events), &faults)
    }

    @Test mutating func `witnesses that agree leave no fault`() {
        witness(post(0, at: 2), post(0, at: 3, of: 1))
        witness(post(0, at: 3, of: 1))
        witness(post(1, at: 4))
        history.checkSenderOrder(resent: [:], &faults)
        #expect(faults.isClean)
        #expect(history.head == 4)
        #expect(history.postCount == 3)
    }

    @Test mutating func `two events at one seq are a conflict`() {
        witness(post(0, at: 1))
        witness(post(0, at: 1, of: 1))
        #expect(faults.counts == [.conflicting: 1])
    }

    @Test mutating func `a receipt is a witness, before and after its event`() {
        let receipt = ServerFrame.Receipt(id: 10, seq: 1, isDuplicate: false)
        let right = EventDigest.make(receipt: receipt, author: 100, text: "0 0")
        history.witness(right, at: 1, &faults)
        witness(post(0, at: 1))
        history.witness(right, at: 1, &faults)
        #expect(faults.isClean)
        history.witness(EventDigest.make(receipt: receipt, author: 100, text: "0 1"), at: 1, &faults)
        #expect(faults.counts == [.conflicting: 1])
    }

    @Test mutating func `a receipt raises the head that all must reach`() {
        history.witness(7, at: 5, &faults)
        #expect(history.head == 5)
        #expect(faults.isClean)
    }

    @Test mutating func `what is expected is a head that all must reach, with any event`() {
        history.expect(2)
        #expect(history.head == 2)
        witness(post(0, at: 1), post(1, at: 2))
        #expect(faults.isClean)
    }

    @Test mutating func `a withheld event agrees with everything`() {
        witness(post(0, at: 1))
        witness(SessionEvent(seq: 1, digest: nil, marker: nil, author: nil, clientID: nil))
        #expect(faults.isClean)
    }

    @Test mutating func `one post at two places is doubled`() {
        witness(post(0, at: 1), post(0, at: 2))
        #expect(faults.counts == [.doubled: 1])
    }

    @Test mutating func `a wrong author, client_id or sender is foreign`() {
        witness(post(0, at: 1, author: 101))
        witness(post(1, at: 2, clientID: "b-0-7"))
        witness(post(0, at: 3, of: 2))
        #expect(faults.counts == [.foreign: 3])
    }

    @Test mutating func `posts of one sender must stand as they were sent, unless one was sent again`() {
        witness(post(1, at: 1), post(0, at: 2), post(2, at: 3))
        history.checkSenderOrder(resent: [0: [0]], &faults)
        #expect(faults.isClean)
        history.checkSenderOrder(resent: [:], &faults)
        #expect(faults.counts == [.reordered: 1])
    }

    @Test mutating func `a frame that is not consecutive is noted`() {
        witness(post(0, at: 1), post(1, at: 3))
        witness(post(2, at: 4), position: 9)
        #expect(faults.counts == [.brokenFrame: 2])
    }

    @Test mutating func `a monstrous seq is a conflict and reserves no memory`() {
        history.witness(1, at: .max, &faults)
        history.witness(1, at: 0, &faults)
        #expect(faults.counts == [.conflicting: 2])
        #expect(history.head == 0)
    }

    @Test func `what was late cancels what was lost`() {
        var faults = HistoryFaults()
        ClientHistory.Step(delivered: 1, lost: 2).note(in: &faults, of: 0, at: 4)
        #expect(!faults.isClean)
        ClientHistory.Step(delivered: 2, lost: -2, reordered: 2).note(in: &faults, of: 0, at: 3)
        #expect(faults[.lost] == 0)
        #expect(faults[.reordered] == 2)
        #expect(faults.examples.count == 2)
    }
}
