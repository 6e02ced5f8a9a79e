import Database

/// Who belongs to a teacher's classes.
enum ClassList {
    /// Whether the person is nothing but a student and an active member of a course that the teacher gives or helps to
    /// give.
    static func teaches(_ teacher: Int64, student: Int64, in connection: any SQLConnection) throws -> Bool {
        try connection.first(
            """
            SELECT e.id FROM enrollments e
            JOIN users u ON u.id = e.user_id
            JOIN courses c ON c.id = e.course_id
            LEFT JOIN course_instructors i ON i.course_id = c.id AND i.user_id = $1
            JOIN users t ON t.id = $1 AND t.role IN \(Teaching.roles)
            LEFT JOIN course_bans b ON b.course_id = c.id AND b.user_id = $1
            WHERE e.user_id = $2 AND e.is_active = 1 AND (c.instructor_id = $1 OR i.user_id IS NOT NULL)
                AND b.user_id IS NULL AND u.role = 'student' AND NOT \(Teaching.isNamed("u.id"))
            LIMIT 1
            """,
            [.integer(teacher), .integer(student)]
        ) != nil
    }

    /// The active members of a course, sorted by name.
    static func members(
        of course: Int64, onlyStudents: Bool, in connection: any SQLConnection
    ) throws -> [DirectoryUser] {
        try connection.query(
            """
            SELECT u.id, \(UserStore.columns.list(of: "u"))
            FROM enrollments e JOIN users u ON u.id = e.user_id
            WHERE e.course_id = $1 AND e.is_active = 1
                AND ($2 = 0 OR (u.role = 'student' AND NOT \(Teaching.isNamed("u.id"))))
            ORDER BY u.search_text, u.id
            """,
            [.integer(course), .bool(onlyStudents)]
        ).map(UserStore.user)
    }
}
