import Testing

@testable import amphi_bench

struct RuleCheckTests {
    private static let (host, awa): (Int64, Int64) = (9, 5)

    private func said(_ seq: Int64, by author: Int64) -> SessionEvent {
        SessionEvent(seq: seq, digest: 1, marker: nil, author: author, clientID: "b-1-\(seq)")
    }

    private func act(_ seq: Int64, _ action: String) -> SessionEvent {
        SessionEvent(
            seq: seq, digest: 1, marker: nil, author: nil, clientID: nil,
            act: SessionEvent.Act(action: action, userID: Self.awa))
    }

    private func mode(_ seq: Int64, _ mode: String) -> SessionEvent {
        SessionEvent(seq: seq, digest: 1, marker: nil, author: nil, clientID: nil, chatMode: mode)
    }

    private func faults(_ journal: [SessionEvent], _ acts: [(Int64?, String, Int64)] = []) -> [HistoryFaults.Kind: Int]
    {
        var faults = HistoryFaults()
        RuleCheck(journal: journal, host: Self.host)
            .check(acts.map { RuleCheck.Act(userID: $0.0, action: $0.1, seq: $0.2) }, &faults)
        return faults.counts
    }

    @Test func `whoever is muted, and members while the chat is locked, say nothing`() {
        let clean = [
            said(1, by: Self.awa), act(2, "mute"), said(3, by: 6), act(4, "unmute"), said(5, by: Self.awa),
            mode(6, "locked"), said(7, by: Self.host), mode(8, "open"), said(9, by: 6),
        ]
        #expect(faults(clean) == [:])
        #expect(faults([act(1, "mute"), said(2, by: Self.awa)]) == [.overheard: 1])
        #expect(faults([mode(1, "locked"), said(2, by: Self.awa), said(3, by: 6)]) == [.overheard: 2])
    }

    @Test func `an acknowledged act is the last of its kind where its answer came from`() {
        let journal = [act(1, "mute"), act(2, "remove"), act(3, "unmute"), mode(4, "locked"), mode(5, "open")]
        #expect(
            faults(
                journal,
                [
                    (Self.awa, "mute", 1), (Self.awa, "mute", 2), (Self.awa, "remove", 4), (Self.awa, "unmute", 9),
                    (nil, "locked", 4), (nil, "open", 5), (nil, "open", 3), (6, "unmute", 9),
                ]) == [:])
        #expect(faults(journal, [(Self.awa, "mute", 3), (6, "mute", 9), (6, "remove", 9)]) == [.untrue: 3])
        #expect(faults(journal, [(nil, "locked", 5), (nil, "locked", 3)]) == [.untrue: 2])
    }
}
