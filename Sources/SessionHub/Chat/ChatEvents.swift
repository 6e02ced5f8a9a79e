import Database
import StrictJSON

/// The events of the chat.
extension EventKind {
    static let chatMessage = EventKind(
        "chat.message", actorMember: .user, isMessage: true,
        content: { session, rows, connection in try ChatStore.contents(session: session, rows, in: connection) }
    )
    static let chatDeleted = EventKind("chat.deleted")

    static let chat = [chatMessage, chatDeleted]
}

extension ChatStore {
    /// What the messages of these events say now.
    fileprivate static func contents(
        session: Int64, _ rows: [EventRow], in connection: any SQLConnection
    ) throws -> [Int64: JSONObject] {
        guard let first = rows.map(\.seq).min(), let last = rows.map(\.seq).max() else { return [:] }
        let messages = try connection.query(
            """
            SELECT m.seq, \(ChatContent.columns) FROM live_session_chat m
            WHERE m.session_id = $1 AND m.seq BETWEEN $2 AND $3
            """,
            [.integer(session), .integer(first), .integer(last)]
        )
        return Dictionary(
            uniqueKeysWithValues: messages.map { ($0.integer("seq"), ChatContent(row: $0).members) })
    }
}
