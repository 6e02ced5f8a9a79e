import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// A commit as one hub tells the others of it.
@Suite("Nodes: told commits")
struct CommitToldTests {
    private static let said = EventKind("chat.message", actorMember: .user, isMessage: true)
    private static let started = EventKind("session.started")
    private static let reader = EventReader([said, started])
    private static let linh = Person(id: 101, firstName: "Linh \"é\"\n", lastName: "Nguyễn 👩🏽‍🏫", avatar: "a.png")
    private static let nobody = Person(id: 7, firstName: "", lastName: "", avatar: nil)
    private static let turn = CommitLog.Turn(number: 41, isHeard: true, mark: .min, former: .max)

    private static let events = [
        ServerEvent(
            session: 1, seq: 5, kind: said, at: Timestamp(milliseconds: 1_774_000_000_123), audience: .all,
            actor: Actor(linh, role: .participant), payload: JSONObject([("id", 3), ("kind", "text")]),
            content: JSONObject([("text", "a\u{2028}\\ \" ' é"), ("client_id", "c")])),
        ServerEvent(
            session: 1, seq: 6, kind: said, at: Timestamp(milliseconds: -5), audience: .user(101), actor: nil,
            payload: JSONObject([("id", 4), ("anonymous", true)]), content: JSONObject([("text", .null)])),
        ServerEvent(
            session: 2, seq: 1, kind: started, at: Timestamp(milliseconds: 0), audience: .hosts,
            actor: Actor(nobody, role: nil), payload: JSONObject([]), content: JSONObject([])),
    ]
    private static let changes = [
        HomeChange.came(Presence.Entry(person: linh, role: .participant), at: "north", hand: 4, in: 1),
        HomeChange.handsDown(in: 2),
    ]
    private static let signals = [HubSignal.sessionGone(9), .accessChanged(users: [3, 5])]

    private static func tell(_ events: [ServerEvent] = events) -> JSON? {
        ToldCommit.json(turn, CommitNews(events, signals, changes), events, changes)
    }

    @Test func `what is told is published as it was at home`() throws {
        let text = try #require(Self.tell()).text
        #expect(!text.contains("\n"), "a hint is one line")
        let told = try #require(ToldCommit(JSON.parse(Array(text.utf8), limits: .stored), Self.reader))
        #expect(told.place == CommitLog.Place(number: 41, mark: .min) && told.former == .max)
        #expect(told.events.map(\.json) == Self.events.map(\.json))
        for (ours, theirs) in zip(Self.events, told.events) {
            #expect(ours.json.encoded() == theirs.json.encoded())
            #expect(ours.session == theirs.session && ours.seq == theirs.seq && ours.audience == theirs.audience)
            #expect(ours.kind.name == theirs.kind.name && ours.actor == theirs.actor && ours.at == theirs.at)
            #expect(ours.payload == theirs.payload && ours.content == theirs.content)
        }
        #expect(told.changes == Self.changes)
        let people = told.signals.compactMap { if case .accessChanged(let people) = $0 { people } else { nil } }
        #expect(people == [[3, 5]] && told.signals.contains(.sessionGone(9)) && told.signals.count == 2)
    }

    @Test func `an empty commit is told in its place`() throws {
        let json = try #require(ToldCommit.json(Self.turn, CommitNews([], [], []), [], []))
        let told = try #require(ToldCommit(json, Self.reader))
        #expect(told.place.number == 41 && told.events.isEmpty && told.signals.isEmpty && told.changes.isEmpty)
    }

    @Test func `texts that are taken away are read, and so is what this hub does not know`() throws {
        var events = Self.events
        events[2].redactions = [ServerEvent.Redaction(seq: 1, bytes: [])]
        #expect(Self.tell(events) == nil)
        let json = try #require(Self.tell())
        #expect(ToldCommit(json, EventReader([Self.started])) == nil)
        var object = try #require(json.objectValue)
        object["people"] = .object(JSONObject([]))
        #expect(ToldCommit(.object(object), Self.reader) == nil)
    }

    @Test func `damaged ones are refused or read, and nothing else`() throws {
        let bytes = Array(try #require(Self.tell()).text.utf8)
        var mutator = Mutator(seed: 7)
        var read = 0
        for _ in 0..<3000 {
            guard let json = try? JSON.parse(mutator.mutate(bytes), limits: .stored) else { continue }
            if ToldCommit(json, Self.reader) != nil { read += 1 }
        }
        #expect(read > 0)
    }

    @Test func `what comes early waits for what is missing`() {
        func told(_ number: Int64) -> ToldCommit? {
            let turn = CommitLog.Turn(number: number, isHeard: true, mark: number, former: number - 1)
            return ToldCommit.json(turn, CommitNews([], [], []), [], []).flatMap { ToldCommit($0, Self.reader) }
        }
        var early = EarlyCommits()
        for number in [4, 3, 6] as [Int64] { if let told = told(number) { early.add(told) } }
        #expect(early.next(after: 1) == nil && early.next(after: 2)?.place.number == 3)
        #expect(early.all(in: 3..<5, after: 2)?.map(\.place.number) == [3, 4])
        #expect(early.all(in: 3..<5, after: nil)?.count == 2)
        #expect(early.all(in: 3..<5, after: 9) == nil, "it follows another one")
        #expect(early.all(in: 3..<7, after: 2) == nil)
        early.forget(through: 4)
        #expect(early.next(after: 3) == nil && early.next(after: 5)?.place.number == 6)
        for number in 100..<1000 as Range<Int64> { if let told = told(number) { early.add(told) } }
        #expect(early.next(after: 999) == nil && early.next(after: 998) == nil, "it does not grow for ever")
        // One's own has always room, as nobody else tells it.
        if let own = told(1000) { early.hold(own) }
        #expect(early.next(after: 999)?.place.number == 1000)
        #expect(early.held(through: 999).isEmpty && early.held(through: 1000).count == 1)
        early.forget(through: 1000)
        #expect(early.isEmpty)
    }
}
