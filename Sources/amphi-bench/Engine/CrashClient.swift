/// One person of a crash run: what was posted, what came, and when to do what next (monotonic nanoseconds).
final class CrashClient {
    struct Attempt {
        /// Index in `intents`.
        let intent: Int
        /// On the wire under this ref; nil while it waits to be sent (again).
        var ref: Int64?
        var dueAt: UInt64
    }

    /// So many posts are under way at once.
    private static let mostPending = 2

    let connection: ClientConnection
    var reader = MessageReader()
    var diary = ClientDiary()
    private(set) var intents: [JournalCheck.Intent] = []
    var pending: [Attempt] = []
    /// The ref of a page of the history that was asked for.
    var pageRef: Int64?
    var connectAt: UInt64 = 0
    var cutAt: UInt64 = .max
    var postAt: UInt64 = 0
    var welcomes = 0
    /// Welcomes that were no resumption although one was asked for.
    var freshStarts = 0

    init(connection: ClientConnection) { self.connection = connection }

    var hasRoom: Bool { pending.count < Self.mostPending }

    /// The newest seq that this client has heard of.
    var head: Int64 { max(diary.position, intents.compactMap(\.receipt?.seq).max() ?? 0) }

    /// Whether it is in, has every answer, and lacks nothing before its position.
    var isSettled: Bool { connection.phase == .joined && pending.isEmpty && diary.missing == nil }

    /// A new post, to be sent at once.
    func compose(at now: UInt64, textBytes: Int) {
        let marker = Post.Marker(sender: connection.plan.number, number: intents.count, sentAt: now)
        pending.append(Attempt(intent: intents.count, ref: nil, dueAt: now))
        intents.append(
            JournalCheck.Intent(post: Post(marker, textBytes: textBytes), author: connection.plan.userID, receipt: nil))
    }

    /// Takes the answer to a post; false when no post waits under this ref.
    func acknowledge(_ receipt: ServerFrame.Receipt, ref: Int64) -> Bool {
        guard let index = pending.firstIndex(where: { $0.ref == ref }) else { return false }
        intents[pending.remove(at: index).intent].receipt = receipt
        return true
    }

    /// The connection is gone: whatever was not answered will be sent again, with the same client_id.
    func lose(connectAt time: UInt64) {
        connection.close()
        reader = MessageReader()
        pageRef = nil
        connectAt = time
        for index in pending.indices {
            pending[index].ref = nil
            pending[index].dueAt = 0
        }
    }
}
