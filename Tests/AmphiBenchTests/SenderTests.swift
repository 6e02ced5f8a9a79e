import Testing

@testable import amphi_bench

struct SenderTests {
    private func sender(_ dialect: Dialect) -> Sender {
        let client = ClientPlan(number: 0, userID: 1, token: "", source: nil)
        let session = SessionLoad(SessionPlan(id: 1, path: "/", clients: [client], senderCount: 1))
        return Sender(connection: ClientConnection(tag: 0, plan: client, session: session), dialect: dialect)
    }

    @Test func `lengths lie in their range and are not all the same`() {
        let sender = sender(.hub)
        let lengths = (0..<50).map { _ in sender.compose(at: 1, textBytes: 128...1000).text.utf8.count }
        #expect(lengths.allSatisfy { (128...1000).contains($0) })
        #expect(Set(lengths).count > 40)
    }

    @Test(arguments: [(Dialect.hub, 1), (.plain, 0)])
    func `only where posts are answered does one wait for it`(dialect: Dialect, unanswered: Int) {
        let sender = sender(dialect)
        var writer = FrameWriter(seed: 1)
        let post = sender.compose(at: 1, textBytes: 30...30)
        sender.send(post, at: 1, with: &writer)
        #expect(sender.unanswered == unanswered)
    }
}
