import StrictJSON
import Testing

@testable import SessionHub

/// When another hub counts as lost, and what hubs call to each other.
@Suite("Nodes: beats and hints")
struct NodeWatchTests {
    private static func node(
        _ name: String, seen: Int64, incarnation: Int64 = 1, state: NodeStore.Node.State = .up
    ) -> NodeStore.Node {
        NodeStore.Node(
            name: name, state: state, incarnation: incarnation, seenAt: Timestamp(milliseconds: seen),
            startedAt: Timestamp(milliseconds: 0), version: "1", keyCheck: "k"
        )
    }

    private static func at(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds) }

    @Test func `a node without a new beat for 10 s is lost, however its clock stands`() {
        var watch = NodeWatch()
        // Its clock is far ahead of ours.
        #expect(watch.look([Self.node("b", seen: 900_000)], now: Self.at(0)).isEmpty)
        #expect(watch.look([Self.node("b", seen: 903_000)], now: Self.at(3000)).isEmpty)
        #expect(watch.look([Self.node("b", seen: 903_000)], now: Self.at(12_999)).isEmpty)
        #expect(watch.look([Self.node("b", seen: 903_000)], now: Self.at(13_000)).map(\.name) == ["b"])
    }

    @Test func `a new life, and a beat, begin the time again; who has left is not lost`() {
        var watch = NodeWatch()
        _ = watch.look([Self.node("b", seen: 1), Self.node("c", seen: 1)], now: Self.at(0))
        _ = watch.look([Self.node("b", seen: 1, incarnation: 2), Self.node("c", seen: 1)], now: Self.at(9000))
        let lost = watch.look(
            [Self.node("b", seen: 1, incarnation: 2), Self.node("c", seen: 1, state: .left)], now: Self.at(18_000))
        #expect(lost.isEmpty)
    }

    @Test func `after an outage everybody has the whole time again`() {
        var watch = NodeWatch()
        _ = watch.look([Self.node("b", seen: 1)], now: Self.at(0))
        watch.forget()
        #expect(watch.look([Self.node("b", seen: 1)], now: Self.at(60_000)).isEmpty)
        #expect(watch.look([Self.node("b", seen: 1)], now: Self.at(70_000)).map(\.name) == ["b"])
    }

    @Test func `hints are read as they were told, and what is unknown is none`() {
        let hints: [NodeHint] = [
            .commit(131), .echo("north"), .moment(node: "north", ["session": 8, "command": ["type": "typing"]]),
        ]
        for hint in hints {
            #expect(NodeHint(hint.text) == hint)
            #expect(!hint.text.contains("\n"))
        }
        for text in ["", "c", "cx", "z1", "m", "mnorth", "mnorth {", "mnorth"] { #expect(NodeHint(text) == nil) }
    }

    @Test func `news are read as they were written, and those of many people name nobody`() throws {
        let news = CommitNews(
            [], [.accessChanged(users: [3, 1]), .sessionGone(9), .storeWritable(true)],
            [
                HomeChange("hand", in: 8, [.integer(5), .null]),
                HomeChange(
                    "came", in: 8, ["participant", "north", 3],
                    showing: Person(id: 5, firstName: "Awa", lastName: "Diop", avatar: nil)),
            ])
        let text = news.json.text
        // The log holds no names.
        #expect(!text.contains("Awa"))
        let read = try CommitNews(JSON.parse(Array(text.utf8), limits: .stored))
        #expect(read.json == news.json)
        #expect(read.signals == [.sessionGone(9), .accessChanged(users: [1, 3])])
        #expect(read.changes.map(\.subject) == [nil, 5])
        #expect(CommitNews([], [.storeWritable(false)], []).isEmpty)
        let many = CommitNews([], [.accessChanged(users: Set(1...3000))], [])
        #expect(many.json == ["changed": true] && many.signals == [.everybodyChanged])
        #expect(throws: HubError.self) { try CommitNews(["events": [[1, 5, 4, []]]]) }
        #expect(throws: HubError.self) { try CommitNews(["shown": [[1]]]) }
        #expect(throws: HubError.self) { try CommitNews(["events": [[1, 1, 9_223_372_036_854_775_807, []]]]) }
    }
}
