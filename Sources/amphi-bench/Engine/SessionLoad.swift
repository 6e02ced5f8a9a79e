/// One session as the engine drives it: its clients, those who post, and the order that everybody must see.
final class SessionLoad {
    let plan: SessionPlan
    var history: SessionHistory
    var cache = FrameCache()
    var clients: [ClientConnection] = []
    var senders: [Sender] = []
    /// Posts sent for the first time.
    var posted = 0
    /// Posts that arrived, summed over all clients.
    var arrivals = 0
    private var nextSender = 0

    init(_ plan: SessionPlan) {
        self.plan = plan
        let posting = plan.clients.prefix(plan.senderCount)
        history = SessionHistory(authors: Dictionary(uniqueKeysWithValues: posting.map { ($0.number, $0.userID) }))
    }

    /// The senders take turns; those whose connection has ended are passed over.
    func takeSender() -> Sender? {
        for _ in senders {
            nextSender = (nextSender + 1) % senders.count
            if senders[nextSender].connection.phase == .joined { return senders[nextSender] }
        }
        return nil
    }

    var unacknowledged: Int { senders.reduce(0) { $0 + $1.unanswered } }

    /// Posts that not all clients have.
    var undelivered: Int { clients.isEmpty ? 0 : posted - arrivals / clients.count }

    var laggards: [ClientConnection] { clients.filter { !$0.isSentAway && $0.history.seq < history.head } }

    /// Whether nothing more can come: every open connection has everything and all its answers.
    var isSettled: Bool {
        clients.allSatisfy { client in
            client.phase == .closed
                || (client.catchUp == nil && client.history.seq >= history.head
                    && client.sender.map { $0.unanswered == 0 } ?? true)
        }
    }
}
