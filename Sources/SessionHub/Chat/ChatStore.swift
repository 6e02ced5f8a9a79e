import Database

/// Reads and writes rows of `live_session_chat`; what writes runs in the writer's transaction.
enum ChatStore {
    /// The message that this person posted under `clientID`, if any.
    static func posted(
        session: Int64, user: Int64, clientID: String, in connection: any SQLConnection
    ) throws -> (id: Int64, seq: Int64)? {
        try connection.first(
            "SELECT id, seq FROM live_session_chat WHERE session_id = $1 AND user_id = $2 AND client_id = $3",
            [.integer(session), .integer(user), .text(clientID)]
        ).map { ($0.integer("id"), $0.integer("seq")) }
    }

    /// When the person last posted in the class, by its own time.
    static func newestPost(
        of user: Int64, in session: Int64, connection: any SQLConnection
    ) throws -> Timestamp? {
        try connection.first(
            "SELECT MAX(created_at) AS at FROM live_session_chat WHERE session_id = $1 AND user_id = $2",
            [.integer(session), .integer(user)]
        )?.optionalTimestamp("at")
    }

    static func isQuestion(_ id: Int64, session: Int64, in connection: any SQLConnection) throws -> Bool {
        try connection.first(
            "SELECT id FROM live_session_chat WHERE id = $1 AND session_id = $2 AND message_type = 'question'",
            [.integer(id), .integer(session)]
        ) != nil
    }

    static func insert(
        _ post: ChatPost, session: Int64, user: Int64, seq: Int64, at: Timestamp,
        in connection: any SQLConnection
    ) throws -> Int64 {
        guard
            let row = try connection.first(
                """
                INSERT INTO live_session_chat
                    (session_id, user_id, seq, client_id, message, message_type, reply_to, is_anonymous, created_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
                RETURNING id
                """,
                [
                    .integer(session), .integer(user), .integer(seq), .text(post.clientID), .text(post.text),
                    .text(post.kind.rawValue), .optional(post.replyTo), .bool(post.isAnonymous), .timestamp(at),
                ]
            )
        else { throw HubError(.internal) }
        return row.integer("id")
    }

    struct Message {
        let userID: Int64
        let seq: Int64
        let isAnonymous: Bool
        let isDeleted: Bool
    }

    static func message(_ id: Int64, session: Int64, in connection: any SQLConnection) throws -> Message? {
        try connection.first(
            "SELECT user_id, seq, is_anonymous, deleted_at FROM live_session_chat WHERE id = $1 AND session_id = $2",
            [.integer(id), .integer(session)]
        ).map { row in
            Message(
                userID: row.integer("user_id"), seq: row.integer("seq"), isAnonymous: row.bool("is_anonymous"),
                isDeleted: row.optionalInteger("deleted_at") != nil
            )
        }
    }

    static func removeText(of id: Int64, at: Timestamp, in connection: any SQLConnection) throws {
        try connection.execute(
            "UPDATE live_session_chat SET message = NULL, deleted_at = $2 WHERE id = $1",
            [.integer(id), .timestamp(at)]
        )
    }
}
