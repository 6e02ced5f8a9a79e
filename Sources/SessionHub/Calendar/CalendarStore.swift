import Database

/// Reads the platform's events.
package enum CalendarStore {
    /// The most that one answer holds of each kind; a calendar asks for weeks or months.
    static let limit: Int64 = 1000

    /// Events that overlap `range` and that the caller may see: public ones, own ones, and those of the caller's courses;
    /// an administrator sees all. By start.
    ///
    /// - Parameters:
    ///   - type: only this `event_type`.
    ///   - endingAfter: leaves out what is over by then.
    static func events(
        in range: CalendarRange, type: String?, endingAfter: Timestamp?, caller: Caller,
        in connection: any SQLConnection
    ) throws -> [CalendarEvent] {
        try connection.query(
            """
            SELECT v.id, v.title, v.description, v.event_type, v.start_date, v.end_date, v.is_all_day, v.location,
                v.is_public, v.is_online, v.course_id, v.created_by, c.title AS course_title
            FROM events v
            LEFT JOIN courses c ON c.id = v.course_id
            LEFT JOIN course_instructors k ON k.course_id = v.course_id AND k.user_id = $1
            LEFT JOIN enrollments e ON e.course_id = v.course_id AND e.user_id = $1 AND e.is_active = 1
            WHERE v.start_date < $3 AND (v.start_date >= $2 OR \(end) > $2)
                AND ($4 = '' OR v.event_type = $4)
                AND (v.start_date >= $5 OR \(end) > $5)
                AND (v.is_public = 1 OR v.created_by = $1 OR $6 = 1 OR c.instructor_id = $1
                    OR k.user_id IS NOT NULL OR e.user_id IS NOT NULL)
            ORDER BY v.start_date, v.id LIMIT $7
            """,
            [
                .integer(caller.userID), .timestamp(range.start), .timestamp(range.end), .text(type ?? ""),
                .timestamp(endingAfter ?? range.start), .bool(caller.isAdministrator), .integer(limit),
            ]
        ).map(CalendarEvent.init(row:))
    }

    /// An event that lasts all day ends with its last day.
    private static let end = """
        (COALESCE(v.end_date, v.start_date) + CASE WHEN v.is_all_day = 1 THEN 86400000 ELSE 0 END)
        """
}

extension CalendarEvent {
    fileprivate init(row: SQLRow) {
        self.init(
            id: row.integer("id"), title: row.text("title"), description: row.optionalText("description"),
            type: row.text("event_type"), start: row.timestamp("start_date"), end: row.optionalTimestamp("end_date"),
            isAllDay: row.bool("is_all_day"), location: row.optionalText("location"), isPublic: row.bool("is_public"),
            isOnline: row.bool("is_online"), courseID: row.optionalInteger("course_id"),
            courseTitle: row.optionalText("course_title"), createdBy: row.integer("created_by")
        )
    }
}
