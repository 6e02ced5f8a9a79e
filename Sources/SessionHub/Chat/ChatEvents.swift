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

/// What a chat message says, beside who and when.
struct ChatContent: Sendable, Equatable {
    enum Kind: String, Sendable, CaseIterable {
        case text, question, answer
    }

    let id: Int64
    let kind: Kind
    /// The text; nil once it is deleted.
    var text: String?
    let clientID: String
    let replyTo: Int64?
    let isAnonymous: Bool

    /// The members of the event `chat.message`.
    var members: JSONObject {
        var object = JSONObject([("id", .integer(id)), ("kind", .string(kind.rawValue))])
        if let text {
            object["text"] = .string(text)
            object["client_id"] = .string(clientID)
        } else {
            object["deleted"] = .bool(true)
        }
        if let replyTo { object["reply_to"] = .integer(replyTo) }
        if isAnonymous { object["anonymous"] = .bool(true) }
        return object
    }
}

extension ChatStore {
    /// What the messages of these events say now.
    fileprivate static func contents(
        session: Int64, _ rows: [EventRow], in connection: any SQLConnection
    ) throws -> [Int64: JSONObject] {
        guard let first = rows.map(\.seq).min(), let last = rows.map(\.seq).max() else { return [:] }
        let messages = try connection.query(
            """
            SELECT seq, id, message, message_type, client_id, reply_to, is_anonymous FROM live_session_chat
            WHERE session_id = $1 AND seq BETWEEN $2 AND $3
            """,
            [.integer(session), .integer(first), .integer(last)]
        )
        return Dictionary(
            uniqueKeysWithValues: messages.map { row in
                let content = ChatContent(
                    id: row.integer("id"), kind: row.word("message_type"), text: row.optionalText("message"),
                    clientID: row.text("client_id"), replyTo: row.optionalInteger("reply_to"),
                    isAnonymous: row.bool("is_anonymous")
                )
                return (row.integer("seq"), content.members)
            })
    }
}
