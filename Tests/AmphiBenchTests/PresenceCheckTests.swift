import Testing

@testable import amphi_bench

/// Client 0 sees; client 1 comes, goes and comes back on another hub.
struct PresenceCheckTests {
    private static let second = MonotonicClock.second
    private static let grace = 5 * second

    /// - Parameters:
    ///   - away: the seconds from which and until which client 1 is away; nil for somebody who does not come back.
    ///   - leftAt: when client 0 is told that client 1 has left.
    private func history(away: (UInt64, UInt64?), leftAt: UInt64?) -> ClassHistory {
        var history = ClassHistory(session: 1)
        let watcher = history.begin(visit(0, at: 1))
        let first = history.begin(visit(1, at: 2))
        history.end(first, at: away.0 * Self.second)
        if let back = away.1 { _ = history.begin(visit(1, node: 1, at: back * Self.second)) }
        if let leftAt {
            let news = ServerFrame.PresenceNews(joined: [], left: [101])
            history.receive(news, on: watcher, at: leftAt * Self.second)
        }
        return history
    }

    private func visit(_ client: Int, node: Int = 0, at moment: UInt64) -> ClassHistory.Visit {
        ClassHistory.Visit(
            client: client, user: Int64(100 + client), node: node, askedAt: moment, welcomedAt: moment, seq: 0)
    }

    private func counts(_ history: ClassHistory) -> [HistoryFaults.Kind: Int] {
        var faults = HistoryFaults()
        PresenceCheck(history, grace: Self.grace).checkDepartures(&faults)
        return faults.counts
    }

    @Test func `who was away for the grace may be said to have left`() {
        #expect(counts(history(away: (10, 16), leftAt: 15)) == [:])
        #expect(counts(history(away: (10, nil), leftAt: 15)) == [:])
        #expect(counts(history(away: (10, 11), leftAt: nil)) == [:])
    }

    @Test func `a departure of somebody who was back within the grace is found`() {
        #expect(counts(history(away: (10, 11), leftAt: 15)) == [.departed: 1])
    }

    @Test func `a departure before the grace is over, or of somebody who was never away, is found`() {
        #expect(counts(history(away: (10, nil), leftAt: 12)) == [.departed: 1])
        #expect(counts(history(away: (10, 20), leftAt: 9)) == [.departed: 1])
    }

    @Test func `who was sent out has left, for a while`() {
        var sentOut = history(away: (10, 11), leftAt: 12)
        let second = Self.second
        sentOut.removals = [ClassHistory.Removal(user: 101, sentAt: 9 * second, answeredAt: 10 * second)]
        #expect(counts(sentOut) == [:])
        // The hub of this person heard of it when it closed the connection, at 10.
        sentOut.removals = [ClassHistory.Removal(user: 101, sentAt: 2 * second, answeredAt: 3 * second)]
        #expect(counts(sentOut) == [:])
        var late = history(away: (10, 11), leftAt: 16)
        late.removals = sentOut.removals
        #expect(counts(late) == [.departed: 1])
    }

    @Test func `what was told while the end of the journal was lost may be wrong`() {
        var lossy = history(away: (10, 11), leftAt: 15)
        lossy.lossAt = 15 * Self.second
        #expect(counts(lossy) == [:])
        lossy.lossAt = 14 * Self.second
        #expect(counts(lossy) == [.departed: 1])
    }

    @Test func `in the end everybody knows who is there`() {
        let check = PresenceCheck(history(away: (10, 11), leftAt: nil), grace: Self.grace)
        var faults = HistoryFaults()
        check.checkEnd([0: [100, 101], 1: [100, 101]], connected: [100, 101], &faults)
        #expect(faults.counts == [:])
        check.checkEnd([0: [100], 1: [100, 101, 102]], connected: [100, 101], &faults)
        #expect(faults.counts == [.departed: 2])
    }
}
