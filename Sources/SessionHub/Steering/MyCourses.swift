import Database
import HTTPTypes
import StrictJSON
import WebSocketServer

/// GET /api/me/courses: the courses of the caller, their role in each, and when it meets next.
struct MyCourses: Sendable {
    /// The most courses in an answer: more than anybody attends or gives.
    private static let limit: Int64 = 500

    private let database: any SQLDatabase
    private let clock: HubClock
    private let windows: ClassWindows

    init(database: any SQLDatabase, clock: HubClock, windows: ClassWindows) {
        self.database = database
        self.clock = clock
        self.windows = windows
    }

    func add(to api: inout API) {
        api.add(.get, "/api/me/courses", for: .anybody, list)
    }

    private func list(_ call: Call) async throws -> Reply {
        let (user, startable) = (call.caller.userID, clock.now - windows.lateStart)
        let rows = try await database.read { connection in
            try connection.query(Self.courses, [.integer(user), .integer(Self.limit)]).map { row in
                let next = try connection.first(
                    Self.next, [.integer(row.integer("id")), .timestamp(startable)]
                )
                return Self.json(row, user: user, next: next)
            }
        }
        return Reply(.array(rows))
    }

    private static func json(_ row: SQLRow, user: Int64, next: SQLRow?) -> JSON {
        let instructor = Person(row.integer("instructor_id"), of: row)
        let role: ClassRole =
            instructor.id == user && row.optionalInteger("teacher") != nil
            ? .instructor : row.optionalInteger("co_instructor") != nil ? .moderator : .participant
        return [
            "id": .integer(row.integer("id")), "title": .string(row.text("title")),
            "description": .optional(row.optionalText("description")), "course_type": .string(row.text("course_type")),
            "course_start_date": .optional(row.optionalTimestamp("course_start_date")),
            "course_end_date": .optional(row.optionalTimestamp("course_end_date")),
            "time_zone": .optional(row.optionalText("time_zone")), "role": .string(role.rawValue),
            "instructor": instructor.json, "enrollment_id": .optional(row.optionalInteger("enrollment_id")),
            "enrollment_status": .optional(row.optionalText("enrollment_status")),
            "next_session": next.map(session) ?? .null,
        ]
    }

    private static func session(_ row: SQLRow) -> JSON {
        [
            "id": .integer(row.integer("id")), "title": .string(row.text("title")),
            "status": .string(row.text("status")),
            "scheduled_start_at": .string(row.timestamp("scheduled_start_at").text),
            "scheduled_end_at": .string(row.timestamp("scheduled_end_at").text),
        ]
    }

    private static let courses = """
        SELECT c.id, c.title, c.description, c.course_type, c.course_start_date, c.course_end_date, c.time_zone,
            c.instructor_id, u.id AS teacher, i.first_name, i.last_name, i.avatar, k.user_id AS co_instructor, e.id AS enrollment_id,
            e.status AS enrollment_status
        FROM courses c
        JOIN users i ON i.id = c.instructor_id
        LEFT JOIN users u ON u.id = $1 AND u.role IN \(Teaching.roles)
        LEFT JOIN course_instructors k ON k.course_id = c.id AND k.user_id = u.id
        LEFT JOIN enrollments e ON e.course_id = c.id AND e.user_id = $1 AND e.is_active = 1
        WHERE c.instructor_id = u.id OR k.user_id IS NOT NULL OR e.user_id IS NOT NULL
        ORDER BY c.search_text, c.id LIMIT $2
        """

    /// The class of a course that runs, or else the next one that can still start (`SessionLifecycle.start`).
    private static let next = """
        SELECT id, title, status, scheduled_start_at, scheduled_end_at FROM live_sessions
        WHERE course_id = $1 AND deleted_at IS NULL
            AND (status = 'live' OR (status = 'scheduled' AND scheduled_end_at >= $2))
        ORDER BY CASE WHEN status = 'live' THEN 0 ELSE 1 END, scheduled_start_at, id LIMIT 1
        """
}
