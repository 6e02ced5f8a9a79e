import Database

/// Reads which running classes must be looked at because their end may come by itself.
enum SessionDeadlineStore {
    /// Every class whose end is announced, or that could be announced now; with an index on the running ones, a short list.
    static func candidates(
        now: Timestamp, windows: ClassWindows, in connection: any SQLConnection
    ) throws -> [(session: Int64, deadline: SessionDeadline)] {
        let soon = now + windows.notice
        return try connection.query(
            """
            SELECT s.id, s.scheduled_end_at, s.actual_start_at, s.reopened_at, s.ending_at,
                (SELECT MAX(COALESCE(a.left_at, a.last_seen_at)) \(host)) AS host_seen_at,
                (SELECT 1 \(host) AND a.left_at IS NULL AND a.is_held = 0 LIMIT 1) AS host_present
            FROM live_sessions s
            WHERE s.status = 'live' AND s.deleted_at IS NULL AND s.actual_start_at IS NOT NULL
                AND (s.ending_at IS NOT NULL OR s.actual_start_at <= $1 OR (s.scheduled_end_at <= $2 AND $3 = 1))
            ORDER BY s.id
            """,
            [
                .timestamp(soon - windows.longest), .timestamp(soon - windows.autoEnd), .bool(windows.autoEnd > 0),
            ]
        ).map { row in
            let deadline = SessionDeadline(
                scheduledEnd: row.timestamp("scheduled_end_at"), actualStart: row.timestamp("actual_start_at"),
                reopenedAt: row.optionalTimestamp("reopened_at"), endingAt: row.optionalTimestamp("ending_at"),
                hostSeenAt: row.optionalTimestamp("host_seen_at"),
                isHostPresent: row.optionalInteger("host_present") == 1
            )
            return (row.integer("id"), deadline)
        }
    }

    /// The stays of hosts on the channel of `s`.
    private static let host = """
        FROM live_session_participants p
        JOIN live_session_attendance a ON a.session_id = p.session_id AND a.user_id = p.user_id AND a.source = 'channel'
        WHERE p.session_id = s.id AND p.role <> 'participant'
        """
}
