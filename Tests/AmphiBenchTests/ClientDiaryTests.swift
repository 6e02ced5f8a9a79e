import Testing

@testable import amphi_bench

struct ClientDiaryTests {
    private func events(_ seqs: ClosedRange<Int64>) -> [SessionEvent] {
        seqs.map { SessionEvent(seq: $0, digest: UInt64($0), marker: nil, author: nil, clientID: nil) }
    }

    private func welcome(_ seqs: ClosedRange<Int64>, resumed: Bool) -> ServerFrame.Welcome {
        ServerFrame.Welcome(seq: seqs.upperBound, epoch: "e", resumed: resumed, events: events(seqs))
    }

    @Test func `the first welcome leaves the older events to be asked for`() {
        var diary = ClientDiary()
        diary.receive(welcome(301...400, resumed: false))
        #expect(diary.missing == 1...300)
        diary.receive(EventBatch(position: 401, events: events(401...401)))
        diary.receive(page: events(1...200))
        #expect(diary.missing == 201...300)
        diary.receive(page: events(201...300))
        #expect(diary.missing == nil)
        #expect(diary.events == events(1...401))
        #expect(diary.position == 401)
    }

    @Test func `a resumption goes on, also in the middle of the pages`() {
        var diary = ClientDiary()
        diary.receive(welcome(5...6, resumed: false))
        diary.receive(page: events(1...2))
        diary.receive(welcome(7...9, resumed: true))
        #expect(diary.missing == 3...4)
        diary.receive(page: events(3...4))
        #expect(diary.events == events(1...9))
    }

    @Test func `a welcome that is no resumption starts afresh`() {
        var diary = ClientDiary()
        diary.receive(welcome(1...4, resumed: false))
        diary.receive(welcome(8...9, resumed: false))
        #expect(diary.missing == 1...7)
        #expect(diary.events == events(8...9))
    }

    @Test func `what comes twice stands there twice`() {
        var diary = ClientDiary()
        diary.receive(welcome(1...2, resumed: false))
        diary.receive(welcome(2...3, resumed: true))
        #expect(diary.events.map(\.seq) == [1, 2, 2, 3])
    }

    @Test func `an empty session lacks nothing`() {
        var diary = ClientDiary()
        diary.receive(ServerFrame.Welcome(seq: 0, epoch: "e", resumed: false, events: []))
        #expect(diary.missing == nil)
        #expect(diary.epoch == "e")
    }

    @Test func `the witness is the newest event that was shown`() {
        func event(_ seq: Int64, at: String?) -> SessionEvent {
            SessionEvent(seq: seq, digest: at.map { _ in 1 }, marker: nil, author: nil, clientID: nil, at: at)
        }
        var diary = ClientDiary()
        #expect(diary.witness == nil)
        let shown = [event(1, at: "one"), event(2, at: "two"), event(3, at: nil)]
        diary.receive(ServerFrame.Welcome(seq: 3, epoch: "e", resumed: false, events: shown))
        #expect(diary.witness?.seq == 2)
        #expect(diary.witness?.at == "two")
    }
}
