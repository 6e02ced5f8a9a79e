import Testing

@testable import amphi_bench

struct JournalCheckTests {
    private static let author: Int64 = 7

    private func post(_ number: Int) -> Post {
        Post(Post.Marker(sender: 0, number: number, sentAt: 5), textBytes: 24)
    }

    private func event(_ seq: Int64, _ number: Int) -> SessionEvent {
        let receipt = ServerFrame.Receipt(id: seq, seq: seq, isDuplicate: false)
        return SessionEvent(
            seq: seq, digest: EventDigest.make(receipt: receipt, author: Self.author, text: post(number).text),
            marker: post(number).marker, author: Self.author, clientID: post(number).clientID)
    }

    private func intent(_ number: Int, at seq: Int64?, id: Int64? = nil) -> JournalCheck.Intent {
        let receipt = seq.map { ServerFrame.Receipt(id: id ?? $0, seq: $0, isDuplicate: false) }
        return JournalCheck.Intent(post: post(number), author: Self.author, receipt: receipt)
    }

    /// The session's start, then two posts.
    private var journal: [SessionEvent] {
        [SessionEvent(seq: 1, digest: 1, marker: nil, author: nil, clientID: nil), event(2, 0), event(3, 1)]
    }

    private func counts(_ body: (inout HistoryFaults) -> Void) -> [HistoryFaults.Kind: Int] {
        var faults = HistoryFaults()
        body(&faults)
        return faults.counts
    }

    private func counts(of events: [SessionEvent]) -> [HistoryFaults.Kind: Int] {
        counts { JournalCheck(journal: journal).check(events, of: 1, &$0) }
    }

    @Test func `a history that is the journal is clean`() {
        #expect(counts(of: journal) == [:])
        #expect(counts { JournalCheck(journal: journal).checkNumbers(&$0) } == [:])
        #expect(counts { JournalCheck(journal: journal).check([intent(0, at: 2), intent(1, at: 3)], &$0) } == [:])
    }

    @Test func `a client that differs is told how`() {
        #expect(counts(of: [journal[0], journal[2]]) == [.lost: 1])
        #expect(counts(of: Array(journal.dropLast())) == [.lost: 1])
        #expect(counts(of: journal + [journal[2]]) == [.repeated: 1])
        #expect(counts(of: [journal[0], journal[2], journal[1]]) == [.reordered: 1])
        #expect(counts(of: [journal[0], journal[1], event(3, 5)]) == [.conflicting: 1])
        #expect(counts(of: journal + [event(4, 2)]) == [.conflicting: 1])
    }

    @Test func `a journal with a gap is broken`() {
        let gap = JournalCheck(journal: [journal[0], journal[2]])
        #expect(counts { gap.checkNumbers(&$0) } == [.brokenFrame: 1])
    }

    @Test func `an acknowledged post that is gone, elsewhere or doubled is a fault`() {
        let check = JournalCheck(journal: journal)
        #expect(counts { check.check([intent(0, at: 2), intent(2, at: 4)], &$0) } == [.lost: 1])
        #expect(counts { check.check([intent(0, at: 2), intent(1, at: 4)], &$0) } == [.conflicting: 1])
        #expect(counts { check.check([intent(0, at: 2), intent(1, at: 3, id: 9)], &$0) } == [.conflicting: 1])
        let doubled = JournalCheck(journal: journal + [event(4, 1)])
        #expect(counts { doubled.check([intent(0, at: 2), intent(1, at: 3)], &$0) } == [.doubled: 1, .foreign: 1])
    }

    @Test func `what a hub that was stopped carries out later is no fault, nor what nobody can post again`() {
        var refused = intent(2, at: nil)
        (refused.isRefused, refused.mayStand) = (true, true)
        let posts = [intent(0, at: 2), intent(1, at: 3), refused]
        #expect(counts { JournalCheck(journal: journal).check(posts, &$0) } == [:])
        #expect(counts { JournalCheck(journal: journal + [event(4, 2)]).check(posts, &$0) } == [:])
        let twice = JournalCheck(journal: journal + [event(4, 2), event(5, 2)])
        #expect(counts { twice.check(posts, &$0) } == [.doubled: 1, .foreign: 1])
        var gone = intent(3, at: 5)
        gone.mayBeGone = true
        #expect(counts { JournalCheck(journal: journal).check([posts[0], posts[1], gone], &$0) } == [:])
        #expect(counts { JournalCheck(journal: journal).check([posts[0], gone], &$0) } == [:])
        #expect(counts { JournalCheck(journal: journal).check([posts[0]], &$0) } == [.foreign: 1])
    }

    @Test func `a post that was refused for good stands nowhere`() {
        var refused = intent(2, at: nil)
        refused.isRefused = true
        #expect(
            counts { JournalCheck(journal: journal).check([intent(0, at: 2), intent(1, at: 3), refused], &$0) } == [:])
        let stored = JournalCheck(journal: journal + [event(4, 2)])
        #expect(
            counts { stored.check([intent(0, at: 2), intent(1, at: 3), refused], &$0) } == [
                .conflicting: 1, .foreign: 1,
            ])
    }

    @Test func `an act of a host is withheld from everybody whom it is not about`() {
        let withheld = SessionEvent(seq: 4, digest: nil, marker: nil, author: nil, clientID: nil)
        let act = SessionEvent(
            seq: 4, digest: 7, marker: nil, author: nil, clientID: nil,
            act: SessionEvent.Act(action: "mute", userID: 8))
        let check = JournalCheck(journal: journal + [act])
        #expect(counts { check.check(journal + [withheld], of: 1, reader: 9, &$0) } == [:])
        #expect(counts { check.check(journal + [withheld], of: 1, reader: 8, &$0) } == [.conflicting: 1])
        #expect(counts { check.check(journal + [act], of: 1, reader: 8, &$0) } == [:])
        #expect(
            counts { JournalCheck(journal: journal).check([journal[0], journal[1], withheldAt3], of: 1, &$0) } == [
                .conflicting: 1
            ])
    }

    private var withheldAt3: SessionEvent { SessionEvent(seq: 3, digest: nil, marker: nil, author: nil, clientID: nil) }

    @Test func `posts without an answer and messages without a post are faults`() {
        let check = JournalCheck(journal: journal)
        #expect(counts { check.check([intent(0, at: 2), intent(1, at: nil)], &$0) } == [.unanswered: 1])
        #expect(counts { check.check([intent(0, at: 2)], &$0) } == [.foreign: 1])
    }
}
