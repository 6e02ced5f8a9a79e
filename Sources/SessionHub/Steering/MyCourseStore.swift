import Database

/// Reads the courses of one person.
enum MyCourseStore {
    /// The most courses in a list: more than anybody attends or gives.
    private static let limit: Int64 = 500

    /// - Parameter startable: a class that was to end after this moment can still start.
    static func list(
        of user: Int64, startable: Timestamp, in connection: any SQLConnection
    ) throws -> [MyCourse] {
        try connection.query(courses, [.integer(user), .integer(limit)]).map { row in
            let course = CourseStore.course(row)
            let isInstructor = course.instructorID == user && row.optionalInteger("teacher") != nil
            let isHost = row.optionalInteger("co_instructor") != nil
            let next = try connection.first(Self.next, [.integer(course.id), .timestamp(startable)])
            return MyCourse(
                course: course, instructor: Person(course.instructorID, of: row),
                role: isInstructor ? .instructor : isHost ? .moderator : .participant,
                enrollment: row.optionalInteger("enrollment_id").map { id in
                    var enrollment = Enrollment(id: id, courseID: course.id, userID: user)
                    EnrollmentStore.columns.read(row, into: &enrollment)
                    return enrollment
                },
                next: next.map(LiveSession.init(row:))
            )
        }
    }

    private static let courses = """
        SELECT c.id, \(CourseStore.columns.list(of: "c")), i.first_name, i.last_name, i.avatar, u.id AS teacher,
            k.user_id AS co_instructor, e.id AS enrollment_id, \(EnrollmentStore.columns.list(of: "e"))
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
        SELECT id, \(LiveSession.columns.list) FROM live_sessions
        WHERE course_id = $1 AND deleted_at IS NULL
            AND (status = 'live' OR (status = 'scheduled' AND scheduled_end_at >= $2))
        ORDER BY CASE WHEN status = 'live' THEN 0 ELSE 1 END, scheduled_start_at, id LIMIT 1
        """
}
