import Database

/// How many participants of a class hold a seat (`live_session_heads.seated_count`), so that an arrival need not count
/// a class of thousands. Hosts are not counted. Whatever changes a seat, or the role of somebody who has one, brings
/// the count along; in tests the journal's driver counts after every item.
enum SeatCount {
    private static let seated = """
        SELECT COUNT(*) FROM live_session_participants
        WHERE session_id = $1 AND seat IS NOT NULL AND role NOT IN \(ClassRole.hosts)
        """

    /// Runs a change of one person's seat or role.
    static func keep(
        session: Int64, user: Int64, in connection: any SQLConnection, _ change: () throws -> Void
    ) throws {
        let before = try isCounted(session, user, connection)
        try change()
        let after = try isCounted(session, user, connection)
        guard before != after else { return }
        try connection.execute(
            "UPDATE live_session_heads SET seated_count = seated_count + $2 WHERE session_id = $1",
            [.integer(session), .integer(after ? 1 : -1)]
        )
    }

    /// Counts anew, after a change of many seats.
    static func recount(session: Int64, in connection: any SQLConnection) throws {
        try connection.execute(
            "UPDATE live_session_heads SET seated_count = (\(seated)) WHERE session_id = $1", [.integer(session)]
        )
    }

    private static func isCounted(_ session: Int64, _ user: Int64, _ connection: any SQLConnection) throws -> Bool {
        let row = try connection.first(
            "SELECT role, seat FROM live_session_participants WHERE session_id = $1 AND user_id = $2",
            [.integer(session), .integer(user)]
        )
        guard let row, row.optionalText("seat") != nil else { return false }
        let role: ClassRole = row.word("role")
        return !role.isHost
    }
}
