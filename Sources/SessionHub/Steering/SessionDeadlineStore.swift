import Database

/// Reads which running classes must be looked at because their end may come by itself.
enum SessionDeadlineStore {
    /// A running class with its deadline by the wall clock, and what leads from that to the class's own times.
    struct Candidate {
        let session: Int64
        let deadline: SessionDeadline
        /// The wall clock's time minus the class's own. It is not 0 after somebody has set the clock.
        let lead: Int64
    }

    /// Every class whose end is announced or could be announced now. The query reads an index of running classes only.
    static func candidates(
        at moment: HubClock.Moment, windows: ClassWindows, in connection: any SQLConnection
    ) throws -> [Candidate] {
        let soon = moment.wall + windows.notice
        return try connection.query(
            """
            SELECT s.id, s.scheduled_end_at, s.actual_start_at, s.reopened_at, s.ending_at, s.clock_shift,
                (SELECT MAX(COALESCE(a.left_at, a.last_seen_at)) \(host)) AS host_seen_at,
                (SELECT 1 \(host) AND a.left_at IS NULL AND a.is_held = 0 LIMIT 1) AS host_present
            FROM live_sessions s
            WHERE s.status = 'live' AND s.deleted_at IS NULL AND s.actual_start_at IS NOT NULL
                AND (s.ending_at IS NOT NULL OR s.actual_start_at - s.clock_shift <= $1
                    OR (s.scheduled_end_at <= $2 AND $3 = 1))
            ORDER BY s.id
            """,
            [
                .timestamp(moment.steady + windows.notice - windows.longest), .timestamp(soon - windows.autoEnd),
                .bool(windows.autoEnd > 0),
            ]
        ).map { row in
            let lead = moment.wall - moment.steady - row.integer("clock_shift")
            let deadline = SessionDeadline(
                scheduledEnd: row.timestamp("scheduled_end_at"), actualStart: row.timestamp("actual_start_at") + lead,
                reopenedAt: row.optionalTimestamp("reopened_at").map { $0 + lead },
                endingAt: row.optionalTimestamp("ending_at"),
                hostSeenAt: row.optionalTimestamp("host_seen_at").map { $0 + lead },
                isHostPresent: row.optionalInteger("host_present") == 1
            )
            return Candidate(session: row.integer("id"), deadline: deadline, lead: lead)
        }
    }

    /// The stays of hosts in `s`: on the channel, and from `join` to `leave` over REST.
    private static let host = """
        FROM live_session_participants p
        JOIN live_session_attendance a ON a.session_id = p.session_id AND a.user_id = p.user_id
        WHERE p.session_id = s.id AND p.role IN \(ClassRole.hosts)
        """
}
