import Testing

@testable import amphi_bench

struct CatchUpTests {
    private func welcome(_ seqs: [Int64], at seq: Int64) -> ServerFrame.Welcome {
        let events = seqs.map { SessionEvent(seq: $0, digest: 1, marker: nil, author: nil, clientID: nil) }
        return ServerFrame.Welcome(seq: seq, epoch: "e", resumed: false, events: events)
    }

    @Test func `pages are needed up to the welcome's first event, which waits for them`() {
        let catchUp = CatchUp(welcome([301, 302], at: 302))
        #expect(catchUp.end == 300)
        #expect(catchUp.held == [EventBatch(position: 302, events: welcome([301, 302], at: 302).events)])
    }

    @Test func `a welcome without events leaves everything to the pages`() {
        let catchUp = CatchUp(welcome([], at: 7))
        #expect(catchUp.end == 7)
        #expect(catchUp.held.isEmpty)
    }
}
