import Database

/// What one person is to one course.
struct CourseAccess: Sendable {
    let course: Int64
    let instructorID: Int64
    /// Whether the person teaches the course, and is not banned from it, or administers the hub, or is the platform's
    /// service.
    let isHost: Bool
    let isMember: Bool
    /// The people whom the course names as teachers and whose role lets them teach. Each of them may give a session.
    let teachers: Set<Int64>

    /// Throws `course_not_found` when there is no such course, or when the caller has nothing to do with it, and
    /// `banned` to a teacher of it who is banned from it.
    static func load(_ course: Int64, caller: Caller, in connection: any SQLConnection) throws -> CourseAccess {
        let row = try connection.first(
            """
            SELECT c.instructor_id, e.is_active, u.role AS user_role, b.user_id AS banned
            FROM courses c
            LEFT JOIN users u ON u.id = $2
            LEFT JOIN enrollments e ON e.course_id = c.id AND e.user_id = $2
            LEFT JOIN course_bans b ON b.course_id = c.id AND b.user_id = $2
            WHERE c.id = $1
            """,
            [.integer(course), .integer(caller.userID)]
        )
        guard let row else { throw HubError(.courseNotFound) }
        let named = try connection.query(
            """
            SELECT u.id FROM users u WHERE u.role IN \(Teaching.roles) AND (u.id = $2
                OR u.id IN (SELECT user_id FROM course_instructors WHERE course_id = $1))
            """,
            [.integer(course), .integer(row.integer("instructor_id"))]
        )
        let teachers = Set(named.map { $0.integer("id") })
        let isBanned = row.optionalInteger("banned") != nil
        let access = CourseAccess(
            course: course, instructorID: row.integer("instructor_id"),
            isHost: caller.role == .service || row.optionalText("user_role") == "admin"
                || (teachers.contains(caller.userID) && !isBanned),
            isMember: row.optionalInteger("is_active") == 1, teachers: teachers
        )
        guard access.isHost || access.isMember else {
            throw HubError(isBanned && teachers.contains(caller.userID) ? .banned : .courseNotFound)
        }
        return access
    }

    func requireHost() throws(HubError) {
        guard isHost else { throw HubError(.forbidden) }
    }
}
