import Database

/// Attendance of a whole class at its turning points, of all classes on the heartbeat, and after a restart.
extension AttendanceStore {
    /// Called when a class starts: opens a segment for everybody who waits in it.
    static func openForSeated(session: Int64, at: Timestamp, in connection: any SQLConnection) throws {
        try connection.execute(
            """
            INSERT INTO live_session_attendance (session_id, user_id, joined_at, last_seen_at, source)
            SELECT session_id, user_id, $2, $2, seat FROM live_session_participants
            WHERE session_id = $1 AND seat IS NOT NULL
            ON CONFLICT (session_id, user_id, source) WHERE left_at IS NULL DO NOTHING
            """,
            [.integer(session), .timestamp(at)]
        )
    }

    /// Called when a class ends: closes every open segment and frees all seats.
    static func closeAll(session: Int64, at: Timestamp, in connection: any SQLConnection) throws {
        try connection.execute(
            "\(close) WHERE session_id = $2 AND left_at IS NULL", [.timestamp(at), .integer(session)]
        )
        try connection.execute(
            "UPDATE live_session_participants SET seat = NULL WHERE session_id = $1 AND seat IS NOT NULL",
            [.integer(session)]
        )
        try SeatCount.recount(session: session, in: connection)
    }

    /// Marks everybody on a channel as seen, except for people whose segments are held until they are back.
    ///
    /// - Parameter at: the time by the steady clock.
    static func heartbeat(at: Timestamp, in connection: any SQLConnection) throws {
        _ = try beat(at: at, in: connection)
    }

    /// Does the work of `heartbeat`.
    ///
    /// - Parameter node: the hub whose channels are meant, where there are several; nil for all channels.
    /// - Returns: how many segments were marked.
    static func beat(at: Timestamp, node: String? = nil, in connection: any SQLConnection) throws -> Int {
        let own = "($1 + (SELECT clock_shift FROM live_sessions WHERE id = session_id))"
        return try connection.execute(
            """
            UPDATE live_session_attendance SET last_seen_at = \(own)
            WHERE left_at IS NULL AND is_held = 0 AND source = 'channel' AND last_seen_at < \(own)
                \(node == nil ? "" : atNode)
            """,
            [.timestamp(at)] + (node.map { [.text($0)] } ?? [])
        )
    }

    private static let atNode = """
        AND EXISTS (SELECT 1 FROM live_session_places p WHERE p.session_id = live_session_attendance.session_id
            AND p.user_id = live_session_attendance.user_id AND p.node = $2 AND p.lost_at IS NULL)
        """

    /// Somebody whose place on the channel outlived a restart of the hub.
    struct HeldSeat: Sendable, Equatable {
        let session: Int64
        let person: Person
        let role: ClassRole
        /// The place of the raised hand; nil when it is down.
        let hand: Int64?
    }

    /// Called at the start of the process, when nobody is connected. Open segments of the channel are held at their
    /// last heartbeat until their person comes back (`seat`) or does not (`depart`), and with them those that the same
    /// person joined over REST.
    ///
    /// - Returns: the seats of the channel in scheduled and live sessions, for presence to restore. Seats that were
    ///   left in other sessions are freed, because nobody else would do it.
    static func holdAll(in connection: any SQLConnection) throws -> [HeldSeat] {
        let seen = """
            SELECT c.last_seen_at FROM live_session_attendance c WHERE c.session_id = live_session_attendance.session_id
                AND c.user_id = live_session_attendance.user_id AND c.source = 'channel' AND c.left_at IS NULL
                AND c.is_held = 0
            """
        try connection.execute(
            """
            UPDATE live_session_attendance SET is_held = 1,
                last_seen_at = CASE WHEN (\(seen)) > last_seen_at THEN (\(seen)) ELSE last_seen_at END
            WHERE left_at IS NULL AND source = 'rest' AND is_held = 0 AND EXISTS (\(seen))
            """,
            []
        )
        try connection.execute(
            "UPDATE live_session_attendance SET is_held = 1 WHERE left_at IS NULL AND source = 'channel'", []
        )
        let over = """
            seat IS NOT NULL AND session_id IN (
                SELECT id FROM live_sessions WHERE status NOT IN ('scheduled', 'live') OR deleted_at IS NOT NULL)
            """
        let classes = try connection.query(
            "SELECT DISTINCT session_id FROM live_session_participants WHERE \(over) ORDER BY session_id"
        ).map { $0.integer("session_id") }
        try connection.execute("UPDATE live_session_participants SET seat = NULL WHERE \(over)")
        for session in classes { try SeatCount.recount(session: session, in: connection) }
        return try connection.query(
            """
            SELECT p.session_id, p.user_id, p.role, p.hand_place, u.first_name, u.last_name, u.avatar
            FROM live_session_participants p
            JOIN live_sessions s ON s.id = p.session_id
            JOIN users u ON u.id = p.user_id
            WHERE p.seat = 'channel'
            ORDER BY p.session_id, p.user_id
            """,
            []
        ).map { row in
            HeldSeat(
                session: row.integer("session_id"),
                person: Person(row.integer("user_id"), of: row),
                role: row.word("role"), hand: row.optionalInteger("hand_place")
            )
        }
    }

    // MARK: - Reading

    /// All segments of a session, or of one person in it, oldest first.
    static func segments(
        session: Int64, user: Int64? = nil, in connection: any SQLConnection
    ) throws -> [AttendanceSegment] {
        try connection.query(
            """
            SELECT \(columns.list) FROM live_session_attendance
            WHERE session_id = $1 \(user == nil ? "" : "AND user_id = $2") ORDER BY joined_at, id
            """,
            [.integer(session)] + (user.map { [.integer($0)] } ?? [])
        ).map(AttendanceSegment.init(row:))
    }
}

extension AttendanceSegment {
    /// Reads a row that has `AttendanceStore.columns`.
    init(row: SQLRow) {
        let none = Timestamp(milliseconds: 0)
        self.init(user: 0, joinedAt: none, lastSeenAt: none, leftAt: nil, source: .channel)
        AttendanceStore.columns.read(row, into: &self)
    }
}
