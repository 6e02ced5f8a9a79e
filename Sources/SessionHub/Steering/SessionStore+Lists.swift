import Database

/// One session of a list, and what the reader is to it.
struct SessionListing: Sendable {
    let access: SessionAccess
    /// How many people were ever let in.
    let participantsCount: Int64

    /// The reader's own participation; nil when they were never let in.
    func reader(in connection: any SQLConnection) throws -> Participant? {
        guard access.isParticipant else { return nil }
        return try ParticipantStore.find(session: access.session.id, user: access.user.id, in: connection)
    }
}

/// Lists of sessions for one reader.
extension SessionStore {
    /// Which sessions of a list are wanted.
    enum Scope: Sendable {
        case course(Int64)
        /// The sessions that the reader gives or helps to give.
        case teaching
        /// The sessions of the courses in which the reader is enrolled, by where they stand now (RestAPI.md, student
        /// lists).
        case student(Shelf, now: Timestamp, windows: ClassWindows)
        /// The sessions of the reader's courses, and those that the reader gives, that may overlap a range. The query
        /// uses its `widest` form, and the zone of each course decides afterwards.
        case calendar(CalendarRange, everything: Bool)
        /// The same for the courses in which the reader is enrolled.
        case enrolledCalendar(CalendarRange)
    }

    /// The three parts of a student's list.
    enum Shelf: String, Sendable, CaseIterable {
        case upcoming, live, past
    }

    /// What the query's `status` narrows a list to: a stored status, or a part of the time line as the seed's tabs name
    /// it.
    enum Standing: Sendable {
        case status(LiveSession.Status)
        case shelf(Shelf, now: Timestamp, windows: ClassWindows)

        /// Nil, for the whole list, when the word is `all`, missing or unknown.
        init?(_ word: String?, now: Timestamp, windows: ClassWindows) {
            let word = (word ?? "").trimmed.lowercased()
            if let status = LiveSession.Status(rawValue: word) {
                self = .status(status)
            } else if let shelf = Shelf(rawValue: word) {
                self = .shelf(shelf, now: now, windows: windows)
            } else {
                return nil
            }
        }
    }

    /// A page of the sessions in `scope` as `caller` may see them.
    static func list(
        _ scope: Scope, caller: Caller, standing: Standing? = nil, limit: Int64, offset: Int64 = 0,
        in connection: any SQLConnection
    ) throws -> [SessionListing] {
        let filter = Filter(scope, caller: caller, standing: standing)
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
        _ scope: Scope, caller: Caller, standing: Standing? = nil, in connection: any SQLConnection
    ) throws -> Int64 {
        let filter = Filter(scope, caller: caller, standing: standing)
        return try connection.first(
            "SELECT COUNT(*) AS total \(SessionAccess.tables) WHERE \(filter.condition)", filter.parameters
        )?.integer("total") ?? 0
    }

    /// How many classes are live, for whoever runs the hub.
    static func liveCount(in connection: any SQLConnection) throws -> Int64 {
        try connection.first(
            "SELECT COUNT(*) AS total FROM live_sessions WHERE status = 'live' AND deleted_at IS NULL"
        )?.integer("total") ?? 0
    }

    /// A scope as SQL over `SessionAccess.tables`; `$1` is the reader.
    private struct Filter {
        var condition: String
        var order = "s.scheduled_start_at DESC"
        var parameters: [SQLValue]

        init(_ scope: Scope, caller: Caller, standing: Standing?) {
            parameters = [.integer(caller.userID)]
            condition = ""
            switch scope {
            case .course(let course):
                parameters.append(.integer(course))
                condition = "s.course_id = $2"
            case .teaching:
                condition = SessionAccess.isTeaching
            case .student(let shelf, let now, let windows):
                condition = "e.is_active = 1 AND \(self.shelf(shelf, now: now, windows: windows))"
                order = Self.order(of: shelf)
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
            switch standing {
            case .status(let status):
                parameters.append(.text(status.rawValue))
                condition += " AND s.status = $\(parameters.count)"
            case .shelf(let shelf, let now, let windows):
                condition += " AND \(self.shelf(shelf, now: now, windows: windows))"
            case nil: break
            }
        }

        /// A class always lasts (a CHECK of the schema), so overlap of half-open intervals is enough.
        private static let overlap = "s.scheduled_start_at < $3 AND s.scheduled_end_at > $2"

        /// Every session stands on one shelf. A scheduled one is ahead as long as it may start: its scheduled end lies
        /// after this moment.
        private mutating func shelf(_ shelf: Shelf, now: Timestamp, windows: ClassWindows) -> String {
            if shelf == .live { return "s.status = 'live'" }
            parameters.append(.timestamp(now - windows.lateStart))
            let ahead = "s.status = 'scheduled' AND s.scheduled_end_at >= $\(parameters.count)"
            return shelf == .upcoming ? ahead : "s.status <> 'live' AND NOT (\(ahead))"
        }

        private static func order(of shelf: Shelf) -> String {
            switch shelf {
            case .live: "s.actual_start_at DESC"
            case .upcoming: "s.scheduled_start_at"
            case .past: "s.scheduled_start_at DESC"
            }
        }
    }
}
