import Database

extension ParticipantOperations {
    /// Ends the stay over REST of whoever has no right to it any more, and frees their place.
    ///
    /// On the channel a lost right closes the connection. Over REST nobody is connected: without this, a place would be
    /// kept, and attendance counted, for somebody whom every other route refuses.
    static func unseatingChore(clock: HubClock) -> Chore {
        Chore(.sessions) { connection in
            try !strangersSeated(now: clock.now, in: connection).isEmpty
        } work: { transaction in
            for access in try strangersSeated(now: transaction.now, in: transaction.connection) {
                try AttendanceStore.leave(
                    session: access.session.id, user: access.user.id, at: access.session.time(at: transaction.moment),
                    in: transaction.connection
                )
            }
        }
    }

    /// The people who hold a place over REST in a class in which they no longer have a role, or from which they are
    /// banned, and guests whose link is over.
    private static func strangersSeated(now: Timestamp, in connection: any SQLConnection) throws -> [SessionAccess] {
        // The query leaves out everybody with an active enrollment. Of the others, hosts mostly, the role is looked up
        // one by one.
        try connection.query(
            """
            SELECT p.session_id, p.user_id FROM live_session_participants p
            JOIN live_sessions s ON s.id = p.session_id
            LEFT JOIN enrollments e ON e.course_id = s.course_id AND e.user_id = p.user_id
            LEFT JOIN course_bans b ON b.course_id = s.course_id AND b.user_id = p.user_id
            WHERE p.seat = 'rest' AND (COALESCE(e.is_active, 0) = 0 OR b.user_id IS NOT NULL)
            ORDER BY p.session_id, p.user_id
            """
        ).compactMap { row in
            try SessionAccess.load(session: row.integer("session_id"), of: row.integer("user_id"), in: connection)
        }.filter { access in !access.isWelcome || access.guestUntil.map { $0 <= now } == true }
    }
}
