import Testing

@testable import amphi_bench

struct DialectTests {
    private func post(_ number: Int) -> Post {
        Post(Post.Marker(sender: 3, number: number, sentAt: 77), textBytes: 64)
    }

    @Test func `a relayed text stands at the place of its number`() throws {
        let text = Dialect.plain.frame(of: post(4), ref: 9)
        guard case .events(let batch) = try Dialect.plain.read(Array(text.utf8)) else {
            Issue.record("no events: \(text)")
            return
        }
        #expect(batch.position == 5)
        #expect(batch.isConsecutive)
        #expect(batch.events.map(\.marker) == [post(4).marker])
    }

    @Test func `a text that was changed on its way differs from the others`() throws {
        let bytes = Array(Dialect.plain.frame(of: post(0), ref: 1).utf8)
        #expect(try Dialect.plain.read(bytes) != Dialect.plain.read(bytes.dropLast() + [0x79]))
    }

    @Test func `what the relay says itself is no text of ours`() throws {
        #expect(try Dialect.plain.read(Array("queued messages: 5".utf8)) == .ephemeral(name: "other"))
    }

    @Test(arguments: [
        "http://127.0.0.1:1/{room}", "ws://127.0.0.1:1/", "ws://127.0.0.1:1", "ws://127.0.0.1:1/{room}/{room}",
    ])
    func `a relay is named by an address with one room in its path`(url: String) {
        #expect(throws: SetupError.self) { try RelayTarget(url: url) }
    }

    @Test func `rooms share out the clients, each with one sender`() throws {
        let relay = try RelayTarget(url: "ws://127.0.0.1:1/r/{room}?x")
        let size = SessionSetup.Size(clients: 5, sessions: 2, sendersPerSession: 1, sourceAddresses: 1)
        let rooms = relay.rooms(size)
        #expect(rooms.map(\.path) == ["/r/0?x", "/r/1?x"])
        #expect(rooms.map { $0.clients.map(\.number) } == [[0, 2, 4], [1, 3]])
        #expect(rooms.map(\.senderCount) == [1, 1])
    }
}
