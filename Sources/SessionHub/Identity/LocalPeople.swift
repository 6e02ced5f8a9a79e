package import Database

/// People who were made at this hub, without an id of the platform: they have ids from 1,000,000,000 up until a token or
/// the platform's Directory names their e-mail address with the platform's id. Then they are bound to it.
package enum LocalPeople {
    package static let firstID = MadeID.first

    package static func isLocal(_ id: Int64) -> Bool { id >= firstID }

    /// The person with this address: as the Directory has them, or a new id of this hub's own, never given before.
    package static func id(email: String, in connection: any SQLConnection) throws -> Int64 {
        let known = try connection.first("SELECT id FROM users WHERE email_key = $1", [.text(Email.key(email))])
        if let known { return known.integer("id") }
        return try MadeID.users.take(in: connection)
    }

    /// Whom an id of this hub's own was bound to, nil for nobody.
    package static func boundID(_ id: Int64, in connection: any SQLConnection) throws -> Int64? {
        guard isLocal(id) else { return nil }
        return try connection.first("SELECT user_id FROM user_bindings WHERE local_id = $1", [.integer(id)])?
            .integer("user_id")
    }

    /// Gives a local person the platform's id, which nobody has yet: everywhere, once, and for good.
    ///
    /// Who is on a channel is taken off it here and comes back under the new id; their segment ends now and the next one
    /// begins then. The caller signals `accessChanged` for the old id.
    package static func bind(
        _ local: Int64, to id: Int64, now: Timestamp, in connection: any SQLConnection
    ) throws {
        precondition(isLocal(local) && !isLocal(id), "only a person made here is bound, and only to a platform's id")
        try AttendanceStore.departEverywhere(user: local, at: now, in: connection)
        // Copy, point everything at the copy, drop the original: foreign keys hold at every step.
        try connection.execute(
            """
            INSERT INTO users (id, email, email_key, first_name, last_name, role, avatar, password_hash, name_at,
                tokens_after, search_text, created_at, updated_at)
            SELECT $1, email, 'bound:' || id, first_name, last_name, role, avatar, password_hash, name_at,
                tokens_after, search_text, created_at, $3
            FROM users WHERE id = $2
            """,
            [.integer(id), .integer(local), .timestamp(now)]
        )
        for (table, column) in references {
            // The second condition lets the partial indexes of 0002 be used.
            try connection.execute(
                "UPDATE \(table) SET \(column) = $1 WHERE \(column) = $2 AND \(column) >= 1000000000",
                [.integer(id), .integer(local)]
            )
        }
        try connection.execute(
            "UPDATE live_session_events SET audience = $1 WHERE audience = $2 AND audience >= 'user:'",
            [.text(Audience.user(id).text), .text(Audience.user(local).text)]
        )
        let row = try connection.first("DELETE FROM users WHERE id = $1 RETURNING email_key", [.integer(local)])
        guard let row else { throw HubError(.userNotFound) }
        try connection.execute(
            "UPDATE users SET email_key = $2 WHERE id = $1", [.integer(id), .text(row.text("email_key"))]
        )
        try connection.execute(
            "INSERT INTO user_bindings (local_id, user_id, bound_at) VALUES ($1, $2, $3)",
            [.integer(local), .integer(id), .timestamp(now)]
        )
    }

    /// Every column that holds a person's id. A test compares it with the schema.
    static let references = [
        ("courses", "instructor_id"), ("course_instructors", "user_id"), ("enrollments", "user_id"),
        ("sign_in_codes", "user_id"), ("live_sessions", "instructor_id"), ("live_session_participants", "user_id"),
        ("live_session_attendance", "user_id"), ("live_session_chat", "user_id"), ("live_session_events", "user_id"),
        ("events", "created_by"), ("user_bindings", "user_id"),
    ]
}
