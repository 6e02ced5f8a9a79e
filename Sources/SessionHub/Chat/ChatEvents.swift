import Database
import StrictJSON

/// The events of the chat.
extension EventKind {
    static let chatMessage = EventKind(
        "chat.message", actorMember: .user, isMessage: true,
        content: { session, rows, connection in try ChatStore.contents(session: session, rows, in: connection) }
    )
    static let chatDeleted = EventKind("chat.deleted")
    /// A question that waited for its approval: now everybody sees it.
    static let questionPublished = EventKind(
        "question.published", actorMember: .user,
        content: { _, rows, connection in
            try rows.reduce(into: [:]) { contents, row in
                guard let id = row.payload["id"]?.integerValue else { return }
                contents[row.seq] = try ChatStore.published(id, in: connection)
            }
        }
    )
    /// What hosts did with a question, for those who may see it.
    static let questionUpdated = EventKind("question.updated")

    static let chat = [chatMessage, chatDeleted, questionPublished, questionUpdated]
}

extension ChatStore {
    /// What the event of an approval says of its question now.
    static func published(_ id: Int64, in connection: any SQLConnection) throws -> JSONObject {
        let row = try connection.first(
            "SELECT m.created_at, \(ChatContent.columns) FROM live_session_chat m WHERE m.id = $1", [.integer(id)]
        )
        guard let row else { return [:] }
        let content = ChatContent(row: row)
        var object: JSONObject = ["asked_at": .string(row.timestamp("created_at").text)]
        if let text = content.text { object["text"] = .string(text) } else { object["deleted"] = true }
        if content.isAnonymous { object["anonymous"] = true }
        return object
    }

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
