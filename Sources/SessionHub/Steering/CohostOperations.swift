import Database
import StrictJSON

/// Naming co-hosts of one class: a substitute, or somebody who helps. They are hosts of that class and of no other.
struct CohostOperations: Sendable {
    /// Names a co-host, or takes that back. What is so already makes no event.
    ///
    /// Whoever teaches the course may do it; a co-host names none. A co-host can be anybody who is of the class, and
    /// anybody who teaches at this hub.
    ///
    /// - Returns: the seq of `role.changed`; of the newest event when it is so already. Throws `forbidden`,
    ///   `user_not_found`, `banned`.
    func set(
        _ user: Int64, on: Bool, as access: SessionAccess, by caller: Caller, in transaction: JournalTransaction
    ) throws -> Int64 {
        let (session, connection) = (access.session, transaction.connection)
        try access.requireTeacher()
        guard let person = try SessionAccess.load(session: session.id, of: user, in: connection),
            let role = try UserStore.find(user, in: connection)?.role,
            person.role != nil || person.isParticipant || Teaching.isTeacher(role)
        else { throw HubError(.userNotFound, field: "user_id") }
        guard !on || !person.sanctions.isBanned else { throw HubError(.banned, field: "user_id") }
        let isCohost = try CohostStore.has(user, session: session.id, in: connection)
        // Whoever teaches the course is a host as it is.
        guard isCohost != on, !on || person.standing < .teacher else { return session.headSeq }
        let place = try transaction.place(in: session.id)
        let now = session.time(at: transaction.moment)
        try CohostStore.set(user, on: on, session: session.id, at: now, in: transaction)
        let after = try SessionAccess.load(session: session.id, of: user, in: connection)?.role
        try CohostStore.follow(user, role: after, session: session.id, in: connection)
        let isService = caller.role == .service
        try ModerationStore.note(
            ModerationAct(action: .cohost, target: user, value: on ? "on" : "off"), session: session.id, seq: place.seq,
            by: isService ? nil : access.user.id, at: now, in: connection
        )
        return try transaction.append(
            .roleChanged, at: place,
            payload: ["user_id": .integer(user), "role": .optional(after?.rawValue)],
            by: isService ? nil : Actor(access.user, role: access.role)
        ).seq
    }
}

/// The co-hosts of a class.
enum CohostStore {
    static func has(_ user: Int64, session: Int64, in connection: any SQLConnection) throws -> Bool {
        try connection.first(
            "SELECT 1 AS found FROM live_session_cohosts WHERE session_id = $1 AND user_id = $2",
            [.integer(session), .integer(user)]
        ) != nil
    }

    static func set(
        _ user: Int64, on: Bool, session: Int64, at: Timestamp, in transaction: JournalTransaction
    ) throws {
        if on {
            try transaction.connection.execute(
                "INSERT INTO live_session_cohosts (session_id, user_id, named_at) VALUES ($1, $2, $3)",
                [.integer(session), .integer(user), .timestamp(at)]
            )
        } else {
            try transaction.connection.execute(
                "DELETE FROM live_session_cohosts WHERE session_id = $1 AND user_id = $2",
                [.integer(session), .integer(user)]
            )
        }
        transaction.accessChanged([user])
    }

    /// Whoever is in the class has the new role there: hosts take no place.
    static func follow(
        _ user: Int64, role: ClassRole?, session: Int64, in connection: any SQLConnection
    ) throws {
        guard let role else { return }
        try SeatCount.keep(session: session, user: user, in: connection) {
            try connection.execute(
                "UPDATE live_session_participants SET role = $3 WHERE session_id = $1 AND user_id = $2",
                [.integer(session), .integer(user), .text(role.rawValue)]
            )
        }
    }

    /// The people, by name.
    static func all(session: Int64, in connection: any SQLConnection) throws -> [Person] {
        try connection.query(
            """
            SELECT h.user_id, u.first_name, u.last_name, u.avatar FROM live_session_cohosts h
            JOIN users u ON u.id = h.user_id WHERE h.session_id = $1 ORDER BY u.search_text, h.user_id
            """,
            [.integer(session)]
        ).map { Person($0.integer("user_id"), of: $0) }
    }
}
