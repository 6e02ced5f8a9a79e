import Database
import StrictJSON

/// What a chat message says, beside who and when.
struct ChatContent: Sendable, Equatable {
    enum Kind: String, Sendable, CaseIterable {
        case text, question, answer
        /// What a host wants nobody to overlook.
        case announcement
    }

    let id: Int64
    let kind: Kind
    /// The text; nil once it is deleted.
    var text: String?
    let clientID: String
    let replyTo: Int64?
    let isAnonymous: Bool
    /// Whether a question is for the hosts.
    var isPrivate = false

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
        if isPrivate { object["private"] = .bool(true) }
        return object
    }
}

extension ChatContent {
    /// The columns that `init(row:)` needs, of the table `m`.
    static let columns = "m.id, m.message, m.message_type, m.client_id, m.reply_to, m.is_anonymous, m.is_private"

    init(row: SQLRow) {
        self.init(
            id: row.integer("id"), kind: row.word("message_type"), text: row.optionalText("message"),
            clientID: row.text("client_id"), replyTo: row.optionalInteger("reply_to"),
            isAnonymous: row.bool("is_anonymous"), isPrivate: row.bool("is_private")
        )
    }
}
