import Database

/// Seats and attendance segments. Everything here runs inside the writer's transaction.
///
/// A seat is a place in the class, taken before and during it. A segment is proof of attendance and exists only while
/// the class is live; a closed one is never changed. Who may take a seat is decided one room above (`seat`, in
/// Participants).
enum AttendanceStore {
    static let columns = Columns<AttendanceSegment>(
        .integer("user_id", \.user), .time("joined_at", \.joinedAt), .time("last_seen_at", \.lastSeenAt),
        .time("left_at", \.leftAt), .word("source", \.source), .bool("is_held", \.isHeld)
    )

    /// An INSERT of a segment, for a caller to say what happens when the same is open already.
    static let insert = """
        INSERT INTO live_session_attendance (session_id, \(columns.list)) VALUES ($1, \(columns.parameters(from: 2)))
        """

    static func values(of segment: AttendanceSegment, session: Int64) -> [SQLValue] {
        [.integer(session)] + columns.values(of: segment)
    }

    /// The people who hold a place by a join over REST alone.
    static func seatedOverREST(session: Int64, in connection: any SQLConnection) throws -> Set<Int64> {
        let rows = try connection.query(
            """
            SELECT user_id FROM live_session_participants
            WHERE session_id = $1 AND role NOT IN \(ClassRole.hosts) AND seat = 'rest'
            """,
            [.integer(session)]
        )
        return Set(rows.map { $0.integer("user_id") })
    }

    /// Called when a person's last connection is lost: holds their open segments at the last sign of life. `seat` takes
    /// them up again. If the person does not come back, or the hub crashes, they have ended there.
    ///
    /// Heartbeats since then took the connection for alive: what they wrote on the channel's segments is taken back.
    ///
    /// - Parameter at: the last sign of life, by the steady clock.
    static func hold(session: Int64, user: Int64, at: Timestamp, in connection: any SQLConnection) throws {
        let own = try at + shift(of: session, in: connection)
        try connection.execute(
            """
            UPDATE live_session_attendance SET is_held = 1,
                last_seen_at = CASE WHEN source = 'channel' AND last_seen_at > $1
                    THEN CASE WHEN $1 > joined_at THEN $1 ELSE joined_at END
                    WHEN $1 > last_seen_at THEN $1 ELSE last_seen_at END
            WHERE session_id = $2 AND user_id = $3 AND left_at IS NULL AND is_held = 0
            """,
            [.timestamp(own), .integer(session), .integer(user)]
        )
    }

    /// Ends a person's stay on the channel: closes their open segments in this session and frees the seat. A join over
    /// REST since the connection was lost goes on. A second call changes nothing.
    ///
    /// - Parameter at: when the person was last there, by the steady clock. Held segments end where they are held.
    static func depart(
        session: Int64, user: Int64, at: Timestamp, in connection: any SQLConnection
    ) throws {
        try connection.execute(
            """
            \(close) WHERE session_id = $2 AND user_id = $3 AND left_at IS NULL AND (source <> 'rest' OR is_held = 1)
            """,
            [.timestamp(try at + shift(of: session, in: connection)), .integer(session), .integer(user)]
        )
        try SeatCount.keep(session: session, user: user, in: connection) {
            try connection.execute(
                """
                UPDATE live_session_participants SET seat = CASE WHEN EXISTS (
                    SELECT 1 FROM live_session_attendance
                    WHERE session_id = $1 AND user_id = $2 AND left_at IS NULL AND source = 'rest') THEN 'rest' END
                WHERE session_id = $1 AND user_id = $2 AND seat IS NOT NULL
                """,
                [.integer(session), .integer(user)]
            )
        }
    }

    private static func shift(of session: Int64, in connection: any SQLConnection) throws -> Int64 {
        try connection.first("SELECT clock_shift FROM live_sessions WHERE id = $1", [.integer(session)])?
            .integer("clock_shift") ?? 0
    }

    /// Takes those who are being bound (`LocalPeople`) off every channel. What they hold by a join over REST stays.
    static func departBound(at: Timestamp, in connection: any SQLConnection) throws {
        let bound = "user_id IN (SELECT local_id FROM new_bindings)"
        let own = "($1 + (SELECT clock_shift FROM live_sessions WHERE id = session_id))"
        try connection.execute(
            """
            \(close(at: own)) WHERE \(bound) AND user_id >= 1000000000 AND left_at IS NULL AND source = 'channel'
            """,
            [.timestamp(at - (try ClockStore.difference(in: connection)))]
        )
        let classes = try connection.query(
            "SELECT DISTINCT session_id FROM live_session_participants WHERE \(bound) AND seat = 'channel' ORDER BY session_id"
        ).map { $0.integer("session_id") }
        try connection.execute(
            "UPDATE live_session_participants SET seat = NULL WHERE \(bound) AND seat = 'channel'"
        )
        for session in classes { try SeatCount.recount(session: session, in: connection) }
    }

    /// Ends what `join` began, for a `leave` over REST. Somebody who is on the channel as well keeps attending by it.
    ///
    /// - Parameter at: the moment of leaving, by the class's own time.
    static func leave(session: Int64, user: Int64, at: Timestamp, in connection: any SQLConnection) throws {
        try connection.execute(
            "\(close) WHERE session_id = $2 AND user_id = $3 AND left_at IS NULL AND source = 'rest'",
            [.timestamp(at), .integer(session), .integer(user)]
        )
        try SeatCount.keep(session: session, user: user, in: connection) {
            try connection.execute(
                """
                UPDATE live_session_participants SET seat = NULL
                WHERE session_id = $1 AND user_id = $2 AND seat = 'rest'
                """,
                [.integer(session), .integer(user)]
            )
        }
    }

    /// Closes segments, with `$1` as the moment of leaving. None ends before it began, not even when a restart set the
    /// clock back.
    static let close = close(at: "$1")

    private static func close(at moment: String) -> String {
        """
        UPDATE live_session_attendance SET is_held = 0,
            left_at = CASE WHEN is_held = 1 THEN last_seen_at WHEN \(moment) > joined_at THEN \(moment) ELSE joined_at END
        """
    }
}
