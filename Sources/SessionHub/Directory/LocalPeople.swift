import Database
import StrictJSON

/// People who were made at this hub (`users.is_local`), without an id of the platform: they have ids of this hub's own
/// (`MadeID`) until a token or the platform's Directory names their e-mail address with the platform's id. Then they
/// are bound to it.
enum LocalPeople {
    static let firstID = MadeID.first

    /// Whether an id is this hub's own and no person of the Directory has it: its person was bound or deleted, or is a
    /// guest of a class.
    static func isReserved(_ id: Int64, in connection: any SQLConnection) throws -> Bool {
        guard id >= firstID else { return false }
        return try connection.first(
            """
            SELECT id FROM retired_user_ids WHERE id = $1
            UNION ALL SELECT id FROM users WHERE id = $1 AND role = 'guest'
            """, [.integer(id)]
        ) != nil
    }

    /// Refuses an id for somebody new that this hub once gave to another person: that person's old tokens would be
    /// theirs.
    static func requireFree(_ id: Int64, in connection: any SQLConnection) throws {
        guard try !isReserved(id, in: connection) else { throw taken(id) }
    }

    static func taken(_ id: Int64) -> HubError {
        HubError(
            .identityConflict, field: "id",
            Localized(
                en: "This hub has given the id \(id) to somebody of its own.",
                fr: "Ce hub a donné l’identifiant \(id) à l’une de ses propres personnes."
            )
        )
    }

    /// The platform's id to which the person with this id of the hub's own was bound, or nil.
    static func boundID(_ id: Int64, in connection: any SQLConnection) throws -> Int64? {
        guard id >= firstID else { return nil }
        return try connection.first("SELECT user_id FROM user_bindings WHERE local_id = $1", [.integer(id)])?
            .integer("user_id")
    }

    /// For events whose payload has a `user_id`: the id of now, where its person was bound since.
    static func boundMembers(of rows: [EventRow], in connection: any SQLConnection) throws -> [Int64: JSONObject] {
        try rows.reduce(into: [:]) { contents, row in
            guard let id = row.payload["user_id"]?.integerValue, let bound = try boundID(id, in: connection) else {
                return
            }
            contents[row.seq] = ["user_id": .integer(bound)]
        }
    }

    /// Gives a person made here the platform's id, which nobody has yet: in every table, once, and for good.
    ///
    /// Somebody who is on a channel is taken off it and comes back under the new id. Their segment of attendance ends
    /// now, and the next one begins when they are back.
    static func bind(_ local: Int64, to id: Int64, in transaction: JournalTransaction) throws {
        let connection = transaction.connection
        try requireFree(id, in: connection)
        try connection.execute(
            "INSERT INTO new_bindings (local_id, platform_id) VALUES ($1, $2)", [.integer(local), .integer(id)]
        )
        guard try bindAll(now: transaction.now, in: connection) == 1 else { throw HubError(.userNotFound) }
        transaction.accessChanged([local])
    }

    /// Binds everybody in `new_bindings`, which is empty afterwards. It takes a few statements, however many people
    /// they are.
    ///
    /// - Returns: how many people were bound.
    static func bindAll(now: Timestamp, in connection: any SQLConnection) throws -> Int {
        try AttendanceStore.departBound(at: now, in: connection)
        let locals = "(SELECT local_id FROM new_bindings)"
        // Copy, point everything at the copy, drop the original: foreign keys hold at every step.
        try connection.execute("UPDATE users SET email_key = 'bound:' || email_key WHERE id IN \(locals)")
        let copied = UserStore.columns.list(replacing: ["email_key": "SUBSTR(email_key, 7)", "is_local": "0"])
        let count = try connection.execute(
            """
            INSERT INTO users (id, password_hash, name_at, tokens_after, created_at, updated_at, \(UserStore.columns.list))
            SELECT b.platform_id, password_hash, name_at, tokens_after, created_at, $1, \(copied)
            FROM new_bindings b JOIN users u ON u.id = b.local_id AND u.is_local = 1
            """,
            [.timestamp(now)]
        )
        for (table, column) in references {
            // The second condition lets SQLite use the partial indexes of migration 0002.
            try connection.execute(
                """
                UPDATE \(table) SET \(column) = (
                    SELECT b.platform_id FROM new_bindings b WHERE b.local_id = \(table).\(column))
                WHERE \(column) IN \(locals) AND \(column) >= 1000000000
                """
            )
        }
        try connection.execute(
            """
            UPDATE live_session_events SET audience = (
                SELECT 'user:' || b.platform_id FROM new_bindings b
                WHERE b.local_id = CAST(SUBSTR(live_session_events.audience, 6) AS BIGINT))
            WHERE audience IN (SELECT 'user:' || local_id FROM new_bindings) AND audience >= 'user:'
            """
        )
        try retire(now, connection)
        return count
    }

    /// Removes the rows with the old ids and remembers these: nobody else gets them, and they still lead to their
    /// people.
    private static func retire(_ now: Timestamp, _ connection: any SQLConnection) throws {
        try connection.execute("DELETE FROM users WHERE id IN (SELECT local_id FROM new_bindings)")
        try connection.execute(
            """
            INSERT INTO retired_user_ids (id, retired_at) SELECT local_id, $1 FROM new_bindings WHERE true
            ON CONFLICT (id) DO NOTHING
            """,
            [.timestamp(now)]
        )
        try connection.execute(
            """
            INSERT INTO user_bindings (local_id, user_id, bound_at)
            SELECT local_id, platform_id, $1 FROM new_bindings
            """,
            [.timestamp(now)]
        )
        try connection.execute("DELETE FROM new_bindings")
    }

    /// Every column that holds a person's id. A test compares it with the schema.
    static let references = [
        ("courses", "instructor_id"), ("course_instructors", "user_id"), ("enrollments", "user_id"),
        ("sign_in_codes", "user_id"), ("sign_in_codes", "made_by"), ("live_sessions", "instructor_id"),
        ("live_session_participants", "user_id"),
        ("live_session_attendance", "user_id"), ("live_session_chat", "user_id"), ("live_session_events", "user_id"),
        ("live_session_sanctions", "user_id"), ("course_bans", "user_id"), ("moderation_acts", "user_id"),
        ("moderation_acts", "target_id"), ("question_votes", "user_id"), ("live_session_cohosts", "user_id"),
        ("live_session_materials", "user_id"), ("live_session_tasks", "user_id"), ("attendance_corrections", "user_id"),
        ("attendance_corrections", "author_id"), ("live_session_guests", "user_id"),
        ("live_session_guests", "created_by"),
        ("events", "created_by"), ("user_bindings", "user_id"),
    ]
}
