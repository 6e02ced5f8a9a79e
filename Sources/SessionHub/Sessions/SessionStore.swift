import Database

/// The rows of `live_sessions`: written in the writer's transaction only.
enum SessionStore {
    /// Inserts a new session. `setRoomName` sets its room's name once the id is known.
    ///
    /// - Returns: the id.
    static func insert(_ session: LiveSession, in connection: any SQLConnection) throws -> Int64 {
        let columns = LiveSession.columns
        let row = try connection.first(
            "INSERT INTO live_sessions (\(columns.list)) VALUES (\(columns.parameters(from: 1))) RETURNING id",
            columns.values(of: session)
        )
        guard let row else { throw HubError(.internal) }
        let id = row.integer("id")
        try JournalStore.begin(id, in: connection)
        return id
    }

    static func setRoomName(_ name: String, session: Int64, in connection: any SQLConnection) throws {
        try connection.execute(
            "UPDATE live_sessions SET jitsi_room_name = $2 WHERE id = $1", [.integer(session), .text(name)]
        )
    }

    static func update(
        _ session: LiveSession, to details: SessionDetails, now: Timestamp, in transaction: JournalTransaction
    ) throws {
        try transaction.connection.execute(
            """
            UPDATE live_sessions SET updated_at = $2, \(SessionDetails.columns.assignments(from: 3)) WHERE id = $1
            """,
            [.integer(session.id), .timestamp(now)] + SessionDetails.columns.values(of: details)
        )
        if details.instructorID != session.instructorID {
            transaction.accessChanged([session.instructorID, details.instructorID])
        }
    }

    /// Sets whether the number of places follows the course. No event tells of it, so that `updated_at` stays as well.
    static func setFollowsCourse(_ follows: Bool, session: Int64, in connection: any SQLConnection) throws {
        try connection.execute(
            "UPDATE live_sessions SET follows_course = $2 WHERE id = $1", [.integer(session), .bool(follows)]
        )
    }

    static func setLive(_ session: Int64, at moment: HubClock.Moment, in connection: any SQLConnection) throws {
        try connection.execute(
            """
            UPDATE live_sessions SET status = 'live', actual_start_at = $2, clock_shift = $3, updated_at = $2
            WHERE id = $1 AND status = 'scheduled'
            """,
            [.integer(session), .timestamp(moment.wall), .integer(moment.wall - moment.steady)]
        )
    }

    /// - Parameter recordingURL: nil keeps the one that is stored.
    static func setEnded(
        _ session: Int64, at end: Timestamp, by endedBy: String, recordingURL: String?, now: Timestamp,
        in connection: any SQLConnection
    ) throws {
        try connection.execute(
            """
            UPDATE live_sessions SET status = 'ended', actual_end_at = $2, ended_by = $3,
                recording_url = COALESCE($4, recording_url), ending_at = NULL, updated_at = $5
            WHERE id = $1 AND status = 'live'
            """,
            [.integer(session), .timestamp(end), .text(endedBy), .optional(recordingURL), .timestamp(now)]
        )
    }

    /// - Parameter end: when it will end by itself; nil takes that back.
    static func setEnding(
        _ session: Int64, at end: Timestamp?, now: Timestamp, in connection: any SQLConnection
    ) throws {
        try connection.execute(
            "UPDATE live_sessions SET ending_at = $2, updated_at = $3 WHERE id = $1 AND status = 'live'",
            [.integer(session), .timestamp(end), .timestamp(now)]
        )
    }

    /// - Parameter at: now, by the class's own time.
    static func setReopened(_ session: Int64, at: Timestamp, in connection: any SQLConnection) throws {
        try connection.execute(
            """
            UPDATE live_sessions SET status = 'live', actual_end_at = NULL, ended_by = NULL, reopened_at = $2, updated_at = $2,
                closed_for = closed_for + CASE WHEN $2 > actual_end_at THEN $2 - actual_end_at ELSE 0 END
            WHERE id = $1 AND status = 'ended'
            """,
            [.integer(session), .timestamp(at)]
        )
    }

    static func setCancelled(_ session: Int64, now: Timestamp, in connection: any SQLConnection) throws {
        try connection.execute(
            "UPDATE live_sessions SET status = 'cancelled', updated_at = $2 WHERE id = $1 AND status = 'scheduled'",
            [.integer(session), .timestamp(now)]
        )
    }

    /// Deletes a session. One that somebody attended, or in which a host corrected that, is only hidden, so that its
    /// attendance can still be exported.
    static func delete(_ session: Int64, in transaction: JournalTransaction) throws {
        let connection = transaction.connection
        let attended = try connection.first(
            """
            SELECT 1 AS found FROM live_session_attendance WHERE session_id = $1
            UNION SELECT 1 FROM attendance_corrections WHERE session_id = $1
            """,
            [.integer(session)]
        )
        if attended == nil {
            try GuestStore.deleteAll(of: session, now: transaction.now, in: connection) {
                try connection.execute("DELETE FROM live_sessions WHERE id = $1", [.integer(session)])
            }
        } else {
            try connection.execute(
                "UPDATE live_sessions SET deleted_at = $2, updated_at = $2 WHERE id = $1",
                [.integer(session), .timestamp(transaction.now)]
            )
        }
        transaction.sessionGone(session)
    }

    /// How many people were ever let in.
    static func participantsCount(session: Int64, in connection: any SQLConnection) throws -> Int64 {
        try connection.first(
            "SELECT COUNT(*) AS total FROM live_session_participants WHERE session_id = $1", [.integer(session)]
        )?.integer("total") ?? 0
    }
}
