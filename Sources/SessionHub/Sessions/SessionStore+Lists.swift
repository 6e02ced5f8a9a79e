import Database

/// One session of a list, with what the reader is to it.
package struct SessionListing: Sendable {
    package let access: SessionAccess
    /// How many people were ever let in.
    package let participantsCount: Int64
}

/// Lists of sessions for one reader.
extension SessionStore {
    /// Which sessions of a list are wanted.
    enum Scope: Sendable {
        case course(Int64)
        /// Those that the reader gives or helps to give.
        case teaching
        /// Those of the reader's courses, by where they stand now (rest.md, student lists).
        case student(Shelf, now: Timestamp, windows: ClassWindows)
        /// Those that may overlap a range (its `widest`; the reader's course decides), of the reader's courses and those that the reader gives.
        case calendar(CalendarRange, everything: Bool)
        /// The same, but only of the courses in which the reader is enrolled.
        case enrolledCalendar(CalendarRange)
    }

    /// The three parts of a student's list.
    enum Shelf: String, Sendable, CaseIterable {
        case upcoming, live, past
    }

    /// A page of the sessions in `scope` as `caller` may see them.
    static func list(
        _ scope: Scope, caller: Caller, status: LiveSession.Status? = nil, limit: Int64, offset: Int64 = 0,
        in connection: any SQLConnection
    ) throws -> [SessionListing] {
        let filter = Filter(scope, caller: caller, status: status)
        let (limitAt, offsetAt) = (filter.parameters.count + 1, filter.parameters.count + 2)
        return try connection.query(
            """
            SELECT \(SessionAccess.columns),
                (SELECT COUNT(*) FROM live_session_participants q WHERE q.session_id = s.id) AS participants_count
            \(SessionAccess.tables)
            WHERE \(filter.condition)
            ORDER BY \(filter.order), s.id DESC LIMIT $\(limitAt) OFFSET $\(offsetAt)
            """,
            filter.parameters + [.integer(limit), .integer(offset)]
        ).map { row in
            SessionListing(
                access: SessionAccess(row: row, for: caller),
                participantsCount: row.integer("participants_count")
            )
        }
    }

    static func count(
        _ scope: Scope, caller: Caller, status: LiveSession.Status? = nil, in connection: any SQLConnection
    ) throws -> Int64 {
        let filter = Filter(scope, caller: caller, status: status)
        return try connection.first(
            "SELECT COUNT(*) AS total \(SessionAccess.tables) WHERE \(filter.condition)", filter.parameters
        )?.integer("total") ?? 0
    }

    static func participantsCount(session: Int64, in connection: any SQLConnection) throws -> Int64 {
        try connection.first(
            "SELECT COUNT(*) AS total FROM live_session_participants WHERE session_id = $1", [.integer(session)]
        )?.integer("total") ?? 0
    }

    /// A scope as SQL over `SessionAccess.tables`; `$1` is the reader.
    private struct Filter {
        var condition: String
        var order = "s.scheduled_start_at DESC"
        var parameters: [SQLValue]

        init(_ scope: Scope, caller: Caller, status: LiveSession.Status?) {
            parameters = [.integer(caller.userID)]
            switch scope {
            case .course(let course):
                parameters.append(.integer(course))
                condition = "s.course_id = $2"
            case .teaching:
                condition = SessionAccess.isTeaching
            case .student(let shelf, let now, let windows):
                (condition, order) = Self.shelf(shelf)
                if shelf != .live { parameters.append(.timestamp(now - windows.lateStart)) }
            case .calendar(let range, let everything):
                parameters += [.timestamp(range.widest.start), .timestamp(range.widest.end)]
                condition = Self.overlap
                if !everything { condition += " AND (e.is_active = 1 OR \(SessionAccess.isTeaching))" }
                order = "s.scheduled_start_at"
            case .enrolledCalendar(let range):
                parameters += [.timestamp(range.widest.start), .timestamp(range.widest.end)]
                condition = "\(Self.overlap) AND e.is_active = 1"
                order = "s.scheduled_start_at"
            }
            condition += " AND s.deleted_at IS NULL"
            if let status {
                parameters.append(.text(status.rawValue))
                condition += " AND s.status = $\(parameters.count)"
            }
        }

        /// A class always lasts (a CHECK of the schema), so overlap of half-open intervals is enough.
        private static let overlap = "s.scheduled_start_at < $3 AND s.scheduled_end_at > $2"

        /// `$2` is the moment after which a scheduled end must lie for the class to be able to start still.
        private static func shelf(_ shelf: Shelf) -> (condition: String, order: String) {
            switch shelf {
            case .live: ("e.is_active = 1 AND s.status = 'live'", "s.actual_start_at DESC")
            case .upcoming:
                (
                    "e.is_active = 1 AND s.status = 'scheduled' AND s.scheduled_end_at >= $2", "s.scheduled_start_at"
                )
            case .past:
                (
                    """
                    e.is_active = 1 AND s.status <> 'live' AND NOT (s.status = 'scheduled' AND s.scheduled_end_at >= $2)
                    """,
                    "s.scheduled_start_at DESC"
                )
            }
        }
    }
}
