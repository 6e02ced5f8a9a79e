import Database
import StrictJSON

/// One message as the chat of a session lists it.
struct ChatRow: Sendable, Equatable {
    var session: Int64
    var seq: Int64
    var content: ChatContent
    var author: Person
    var state: String?
    var votes: Int64
    var createdAt: Timestamp
    var deletedAt: Timestamp?

    /// The seed's columns beside `user {}`. Nobody but the author of an anonymous question sees who asked it. A deleted
    /// message keeps its place without its text.
    func json(for reader: Int64) -> JSON {
        let isHidden = content.isAnonymous && reader != author.id
        var object: JSONObject = [
            "id": .integer(content.id), "session_id": .integer(session), "seq": .integer(seq),
            "user_id": isHidden ? .null : .integer(author.id), "user": isHidden ? .null : author.json,
            "message": .optional(content.text), "message_type": .string(content.kind.rawValue),
            "reply_to": .optional(content.replyTo), "state": .optional(state), "votes": .integer(votes),
            "is_anonymous": .bool(content.isAnonymous), "created_at": .string(createdAt.text),
            "deleted_at": .optional(deletedAt),
        ]
        if deletedAt == nil { object["client_id"] = .string(content.clientID) }
        return .object(object)
    }
}

/// Reading the chat.
extension ChatStore {
    /// Which messages of a session: all, or only one kind, between two places in its order.
    struct Query: Sendable {
        var session: Int64
        var kind: ChatContent.Kind?
        /// With a seq the oldest messages after it are taken, without one the newest.
        var after: Int64?
        var before: Int64?
        var limit: Int
    }

    /// Messages inside the reader's audience, ascending.
    static func messages(
        _ query: Query, reader: Int64, isHost: Bool, in connection: any SQLConnection
    ) throws -> [ChatRow] {
        let rows = try connection.query(
            """
            SELECT \(ChatContent.columns), m.seq, m.user_id, m.state, m.votes, m.created_at, m.deleted_at,
                u.first_name, u.last_name, u.avatar
            FROM live_session_chat m
            JOIN live_session_events e ON e.session_id = m.session_id AND e.seq = m.seq
            JOIN users u ON u.id = m.user_id
            WHERE m.session_id = $1 AND m.seq > $2 AND m.seq < $3 AND ($4 = '' OR m.message_type = $4)
                AND (e.audience = 'all' OR $5 = 1 OR e.audience = $6 OR m.published_seq IS NOT NULL)
            ORDER BY m.seq \(query.after == nil ? "DESC" : "ASC") LIMIT $7
            """,
            [
                .integer(query.session), .integer(query.after ?? 0), .integer(query.before ?? Int64.max),
                .text(query.kind?.rawValue ?? ""), .bool(isHost), .text(Audience.user(reader).text),
                .integer(Int64(query.limit)),
            ]
        ).map { row(of: query.session, $0) }
        return query.after == nil ? rows.reversed() : rows
    }

    private static func row(of session: Int64, _ row: SQLRow) -> ChatRow {
        ChatRow(
            session: session, seq: row.integer("seq"),
            content: ChatContent(row: row),
            author: Person(row.integer("user_id"), of: row),
            state: row.optionalText("state"), votes: row.integer("votes"), createdAt: row.timestamp("created_at"),
            deletedAt: row.optionalTimestamp("deleted_at")
        )
    }
}
