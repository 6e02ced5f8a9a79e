import Database

/// Reads and writes the platform's events.
enum CalendarStore {
    /// The most entries of each kind that one answer holds. A calendar asks for weeks or months.
    static let limit: Int64 = 1000

    /// Events, by their start, that overlap `range` and that the caller may see: public ones, own ones, and those of
    /// the caller's courses. An administrator sees all.
    ///
    /// - Parameters:
    ///   - type: the only `event_type` that is wanted, if any.
    ///   - endingAfter: with a moment, events that are over by then are left out.
    static func events(
        in range: CalendarRange, type: String?, endingAfter: Timestamp?, caller: Caller, zones: TimeZones,
        in connection: any SQLConnection
    ) throws -> [CalendarEvent] {
        let widest = range.widest
        return try connection.query(
            """
            SELECT \(columns) \(tables)
            WHERE v.start_date < $3 AND (v.start_date >= $2 OR \(end) > $2)
                AND ($4 = '' OR v.event_type = $4)
                AND (v.start_date >= $5 OR \(end) > $5) AND ($6 = 1 OR \(isShown))
            ORDER BY v.start_date, v.id LIMIT $7
            """,
            [
                .integer(caller.userID), .timestamp(widest.start), .timestamp(widest.end), .text(type ?? ""),
                .timestamp(endingAfter ?? widest.start), .bool(caller.isAdministrator), .integer(limit),
            ]
        ).map { event($0, caller, zones) }.filter { event in
            range.overlaps(start: event.begins, end: event.over, in: event.zone)
                && endingAfter.map { event.begins >= $0 || event.over ?? event.begins > $0 } ?? true
        }
    }

    /// SQL for a moment at which the event is over. It may be too late, because SQL knows no zones, but never too
    /// early: it adds 40 hours to midnight UTC of the last date. No zone is 15 hours behind UTC, and no day has more
    /// than 25. The exact end is compared afterwards.
    private static let end = """
        (COALESCE(v.end_date, v.start_date) + CASE WHEN v.is_all_day = 1 THEN 144000000 ELSE 0 END)
        """

    /// The event, also when the caller may not see it (`CalendarEvent.isShown`).
    static func find(
        _ id: Int64, caller: Caller, zones: TimeZones, in connection: any SQLConnection
    ) throws -> CalendarEvent? {
        try connection.first(
            "SELECT \(columns) \(tables) WHERE v.id = $2", [.integer(caller.userID), .integer(id)]
        ).map { event($0, caller, zones) }
    }

    /// - Returns: the id of the new row.
    static func insert(_ event: CalendarEvent, now: Timestamp, in connection: any SQLConnection) throws -> Int64 {
        let row = try connection.first(
            """
            INSERT INTO events (created_by, created_at, updated_at, \(CalendarEvent.columns.list))
            VALUES ($1, $2, $2, \(CalendarEvent.columns.parameters(from: 3))) RETURNING id
            """,
            [.optional(event.createdBy), .timestamp(now)] + CalendarEvent.columns.values(of: event)
        )
        guard let row else { throw HubError(.internal) }
        return row.integer("id")
    }

    static func update(_ event: CalendarEvent, now: Timestamp, in connection: any SQLConnection) throws {
        try connection.execute(
            "UPDATE events SET updated_at = $2, \(CalendarEvent.columns.assignments(from: 3)) WHERE id = $1",
            [.integer(event.id), .timestamp(now)] + CalendarEvent.columns.values(of: event)
        )
    }

    static func delete(_ id: Int64, in connection: any SQLConnection) throws {
        try connection.execute("DELETE FROM events WHERE id = $1", [.integer(id)])
    }

    /// Events `v` with their course `c` and their creator `u`, and what the person `$1` is to each. `t` is that person,
    /// as long as they may teach.
    private static let tables = """
        FROM events v
        LEFT JOIN courses c ON c.id = v.course_id
        LEFT JOIN users u ON u.id = v.created_by
        LEFT JOIN users t ON t.id = $1 AND t.role IN \(Teaching.roles)
        LEFT JOIN course_instructors k ON k.course_id = v.course_id AND k.user_id = t.id
        LEFT JOIN enrollments e ON e.course_id = v.course_id AND e.user_id = $1 AND e.is_active = 1
        """

    /// Whoever made an event of a course has it only as long as they teach the course.
    private static let isHosted = """
        ((v.created_by = $1 AND v.course_id IS NULL) OR c.instructor_id = t.id OR k.user_id IS NOT NULL)
        """
    private static let isShown = "(v.is_public = 1 OR e.user_id IS NOT NULL OR \(isHosted))"

    private static let columns = """
        v.id, \(CalendarEvent.columns.list(of: "v")), v.created_by, v.created_at, v.updated_at,
            c.title AS course_title, c.slug AS course_slug, c.time_zone, u.email, u.first_name, u.last_name, u.role, u.avatar,
            CASE WHEN \(isHosted) THEN 1 ELSE 0 END AS is_hosted, CASE WHEN \(isShown) THEN 1 ELSE 0 END AS is_shown
        """

    private static func event(_ row: SQLRow, _ caller: Caller, _ zones: TimeZones) -> CalendarEvent {
        var event = CalendarEvent(
            id: row.integer("id"), courseTitle: row.optionalText("course_title"),
            courseSlug: row.optionalText("course_slug"), createdBy: row.optionalInteger("created_by"),
            createdAt: row.timestamp("created_at"), updatedAt: row.timestamp("updated_at"),
            zone: zones.zone(row.optionalText("time_zone"))
        )
        CalendarEvent.columns.read(row, into: &event)
        event.isHosted = caller.isAdministrator || row.bool("is_hosted")
        event.isShown = caller.isAdministrator || row.bool("is_shown")
        if let id = event.createdBy, let email = row.optionalText("email") {
            var creator = DirectoryUser(id: id, email: email)
            creator.firstName = row.text("first_name")
            creator.lastName = row.text("last_name")
            creator.role = row.word("role")
            event.creator = creator
        }
        return event
    }
}
