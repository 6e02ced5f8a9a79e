import Database

/// Reads and writes rows of `live_session_chat`; what writes runs in the writer's transaction.
enum ChatStore {
    /// The message that this person posted under `clientID`, if any.
    static func posted(_ key: PostKey, in transaction: JournalTransaction) throws -> (id: Int64, seq: Int64)? {
        if let prospect = transaction.prospect, prospect.key == key { return prospect.known }
        return try transaction.connection.first(
            "SELECT id, seq FROM live_session_chat WHERE session_id = $1 AND user_id = $2 AND client_id = $3",
            [.integer(key.session), .integer(key.user), .text(key.clientID)]
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

    private static let insertion = """
        INSERT INTO live_session_chat (\(NewMessage.columns.list))
        VALUES (\(NewMessage.columns.parameters(from: 1))) RETURNING id
        """

    /// - Returns: the message's id.
    static func insert(_ message: NewMessage, in transaction: JournalTransaction) throws -> Int64 {
        if let id = transaction.prospect?.leave(message) { return id }
        guard let row = try transaction.connection.first(insertion, NewMessage.columns.values(of: message)) else {
            throw HubError(.internal)
        }
        return row.integer("id")
    }

    struct Message {
        let userID: Int64
        let seq: Int64
        let isAnonymous: Bool
        let isDeleted: Bool
        /// Who may see it now.
        let audience: Audience
        /// The place of the event that showed a question to everybody after its approval.
        let publishedSeq: Int64?
    }

    static func message(_ id: Int64, session: Int64, in connection: any SQLConnection) throws -> Message? {
        try connection.first(
            """
            SELECT m.user_id, m.seq, m.is_anonymous, m.deleted_at, m.published_seq, e.audience FROM live_session_chat m
            JOIN live_session_events e ON e.session_id = m.session_id AND e.seq = m.seq
            WHERE m.id = $1 AND m.session_id = $2
            """,
            [.integer(id), .integer(session)]
        ).map { row in
            let publishedSeq = row.optionalInteger("published_seq")
            guard let audience = Audience(row.text("audience")) else { throw HubError(.internal) }
            return Message(
                userID: row.integer("user_id"), seq: row.integer("seq"), isAnonymous: row.bool("is_anonymous"),
                isDeleted: row.optionalInteger("deleted_at") != nil,
                audience: publishedSeq == nil ? audience : .all, publishedSeq: publishedSeq
            )
        }
    }

    /// The messages of this person that have a text, the oldest first.
    static func messages(of user: Int64, session: Int64, in connection: any SQLConnection) throws -> [Int64] {
        try connection.query(
            """
            SELECT id FROM live_session_chat WHERE session_id = $1 AND user_id = $2 AND deleted_at IS NULL ORDER BY seq
            """,
            [.integer(session), .integer(user)]
        ).map { $0.integer("id") }
    }

    static func removeText(of id: Int64, at: Timestamp, in connection: any SQLConnection) throws {
        try connection.execute(
            "UPDATE live_session_chat SET message = NULL, deleted_at = $2 WHERE id = $1",
            [.integer(id), .timestamp(at)]
        )
    }
}

/// A message as its row is first written.
struct NewMessage: Sendable {
    let post: ChatPost
    /// That of a question; nil for other messages.
    let state: Question.State?
    /// Whether everybody may see the question.
    let isPublic: Bool
    let session: Int64
    let user: Int64
    let seq: Int64
    let at: Timestamp

    static let columns = Columns<NewMessage>(
        .computed("session_id") { .integer($0.session) }, .computed("user_id") { .integer($0.user) },
        .computed("seq") { .integer($0.seq) }, .computed("client_id") { .text($0.post.clientID) },
        .computed("message") { .text($0.post.text) }, .computed("message_type") { .text($0.post.kind.rawValue) },
        .computed("reply_to") { .optional($0.post.replyTo) },
        .computed("is_anonymous") { .bool($0.post.isAnonymous) },
        .computed("is_private") { .bool($0.post.isPrivate) }, .computed("state") { .optional($0.state?.rawValue) },
        .computed("is_public") { .bool($0.isPublic && $0.state != nil) },
        .computed("created_at") { .timestamp($0.at) }
    )

    /// Their types in a list of PostgreSQL.
    static let types = [
        "bigint", "bigint", "bigint", "text", "text", "text", "bigint", "bigint", "bigint", "text", "bigint", "bigint",
    ]
}
