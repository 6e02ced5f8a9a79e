import Testing

@testable import amphi_bench

struct SilenceTests {
    private func event(_ seq: Int64, of author: Int64?) -> SessionEvent {
        SessionEvent(seq: seq, digest: 1, marker: nil, author: author, clientID: nil)
    }

    private var journal: [SessionEvent] {
        [
            event(1, of: 5), event(2, of: nil), event(3, of: 6), event(4, of: 5), event(5, of: 9), event(6, of: nil),
            event(7, of: 5),
        ]
    }

    @Test func `what somebody said between a mute and its end breaks the silence`() {
        let muted = Silence(userID: 5, after: 2, before: 6)
        #expect(muted.broken(by: journal, host: 9).map(\.seq) == [4])
        let forGood = Silence(userID: 5, after: 2)
        #expect(forGood.broken(by: journal, host: 9).map(\.seq) == [4, 7])
        #expect(Silence(userID: 7, after: 2).broken(by: journal, host: 9).isEmpty)
    }

    @Test func `a lock silences all but the host`() {
        #expect(Silence(userID: nil, after: 2, before: 6).broken(by: journal, host: 9).map(\.seq) == [3, 4])
    }
}
