import Database

/// Reads participants with their segments.
enum ParticipantStore {
    /// A page of participants, the newest first.
    static func page(
        session: Int64, limit: Int64, offset: Int64, in connection: any SQLConnection
    ) throws -> [Participant] {
        let segments = try connection.query(
            """
            SELECT \(AttendanceStore.columns.list) FROM live_session_attendance
            WHERE session_id = $1 AND user_id IN (
                SELECT p.user_id FROM live_session_participants p
                WHERE p.session_id = $1 ORDER BY p.first_joined_at DESC, p.user_id DESC LIMIT $2 OFFSET $3)
            ORDER BY joined_at, id
            """,
            [.integer(session), .integer(limit), .integer(offset)]
        ).map(AttendanceSegment.init(row:))
        let byUser = Dictionary(grouping: segments, by: \.user)
        return try connection.query(
            "\(select) WHERE p.session_id = $1 ORDER BY p.first_joined_at DESC, p.user_id DESC LIMIT $2 OFFSET $3",
            [.integer(session), .integer(limit), .integer(offset)]
        ).map { participant($0, segments: byUser[$0.integer("user_id")] ?? []) }
    }

    /// All participants by name, for the attendance list.
    static func all(session: Int64, in connection: any SQLConnection) throws -> [Participant] {
        let byUser = Dictionary(
            grouping: try AttendanceStore.segments(session: session, in: connection), by: \.user
        )
        return try connection.query(
            "\(select) WHERE p.session_id = $1 ORDER BY u.search_text, u.id", [.integer(session)]
        ).map { participant($0, segments: byUser[$0.integer("user_id")] ?? []) }
    }

    /// One person, or nil when they were never let in.
    static func find(
        session: Int64, user: Int64, in connection: any SQLConnection
    ) throws -> Participant? {
        let row = try connection.first(
            "\(select) WHERE p.session_id = $1 AND p.user_id = $2", [.integer(session), .integer(user)]
        )
        guard let row else { return nil }
        return participant(row, segments: try AttendanceStore.segments(session: session, user: user, in: connection))
    }

    private static let select = """
        SELECT p.id, p.user_id, p.role, p.enrollment_id, p.seat, p.first_joined_at, u.first_name, u.last_name, u.avatar,
            u.email
        FROM live_session_participants p
        JOIN users u ON u.id = p.user_id
        """

    private static func participant(_ row: SQLRow, segments: [AttendanceSegment]) -> Participant {
        Participant(
            id: row.integer("id"),
            person: Person(row.integer("user_id"), of: row),
            email: row.text("email"), role: row.word("role"), enrollmentID: row.optionalInteger("enrollment_id"),
            isSeated: row.optionalText("seat") != nil, firstJoinedAt: row.timestamp("first_joined_at"),
            segments: segments
        )
    }
}
