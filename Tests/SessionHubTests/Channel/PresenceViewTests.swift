import StrictJSON
import Testing

@testable import SessionHub

@Suite("Presence view")
struct PresenceViewTests {
    private func diff(_ version: Int64, joined: ClosedRange<Int64>? = nil, left: ClosedRange<Int64>? = nil)
        -> PresenceDiff
    {
        var diff = PresenceDiff(version: version)
        diff.joined = joined.map { $0.map { .make($0) } } ?? []
        diff.left = left.map { $0.map { .make($0) } } ?? []
        return diff
    }

    @Test func `above 220 people only hosts and oneself are sent, from 180 down everybody again`() {
        var view = PresenceView()
        let crossed = [
            diff(1, joined: 1...220), diff(2, joined: 221...221), diff(3, left: 182...221), diff(4, left: 181...181),
            diff(5, left: 180...180), diff(6, left: 179...179),
        ].map { view.apply($0) }
        // 220 are all shown, 221 are not; 181 are still not, 180 are again.
        #expect(crossed == [false, true, false, true, false, false])
    }

    @Test func `a large session's snapshot has its hosts, oneself and the count`() {
        var view = PresenceView()
        var wave = diff(1, joined: 2...300)
        wave.joined.append(.make(1, role: .instructor))
        view.apply(wave)
        let snapshot = view.snapshot(for: .make(9))
        #expect(snapshot["count"] == 300)
        #expect(snapshot["complete"] == false)
        #expect(snapshot["people"]?.arrayValue?.compactMap { $0["id"]?.integerValue } == [1, 9])
    }

    @Test func `a snapshot has its reader, even before the diff of the own arrival`() {
        var view = PresenceView()
        view.apply(diff(1, joined: 1...2))
        let snapshot = view.snapshot(for: .make(9))
        #expect(snapshot["count"] == 3)
        #expect(snapshot["people"]?.arrayValue?.compactMap { $0["id"]?.integerValue } == [1, 2, 9])
    }

    @Test func `pages go by id and say whether more follow`() {
        var view = PresenceView()
        view.apply(diff(1, joined: 1...5))
        let first = view.page(after: 0, limit: 3)
        #expect(first.people.map(\.person.id) == [1, 2, 3])
        #expect(first.more)
        let second = view.page(after: 3, limit: 3)
        #expect(second.people.map(\.person.id) == [4, 5])
        #expect(!second.more)
    }
}
