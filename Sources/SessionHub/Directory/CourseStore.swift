import Database

/// Reads and writes `courses` and `course_instructors` for the Directory.
enum CourseStore {
    static let columns = Columns<DirectoryCourse>(
        .text("title", \.title), .text("description", \.description), .integer("instructor_id", \.instructorID),
        .word("course_type", \.kind), .integer("max_students", \.maxStudents),
        .time("enrollment_deadline", \.enrollmentDeadline), .time("course_start_date", \.startDate),
        .time("course_end_date", \.endDate), .text("time_zone", \.timeZone), .text("slug", \.slug),
        .integer("late_after_minutes", \.attendance.lateAfterMinutes),
        .integer("present_percent", \.attendance.presentPercent),
        .computed("search_text") { .text(SearchText.of($0)) }
    )

    static func find(_ id: Int64, in connection: any SQLConnection) throws -> DirectoryCourse? {
        let row = try connection.first("SELECT id, \(columns.list) FROM courses WHERE id = $1", [.integer(id)])
        return try row.map { try course($0, in: connection) }
    }

    /// A page of courses by title, and how many there are.
    static func list(
        _ page: Page, search: SearchText, in connection: any SQLConnection
    ) throws -> (courses: [DirectoryCourse], total: Int64) {
        let filter = "FROM courses WHERE 1 = 1\(search.condition(on: "search_text", first: 1))"
        let rows = try connection.query(
            "SELECT id, \(columns.list) \(filter) ORDER BY search_text, id \(page.clause(after: search.values))",
            search.values + page.values
        )
        let total = try connection.first("SELECT count(*) AS total \(filter)", search.values)
        return (try rows.map { try course($0, in: connection) }, total?.integer("total") ?? 0)
    }

    /// Creates or changes a course.
    ///
    /// - Returns: the course, and whether there was none before.
    static func put(
        _ id: Int64, _ change: CourseChange, in transaction: JournalTransaction
    ) throws -> (course: DirectoryCourse, isNew: Bool) {
        let connection = transaction.connection
        let old = try find(id, in: connection)
        let course = try change.applied(to: old, id: id)
        // Only people whom the change names are checked: those who stay may have been demoted since, and keep their
        // place.
        if let person = change.instructorID { try Teaching.require(person, field: "instructor_id", in: connection) }
        for person in change.coInstructorIDs ?? [] {
            try Teaching.require(person, field: "co_instructor_ids", in: connection)
        }
        try write(course, now: transaction.now, in: connection)
        for person in course.hosts.symmetricDifference(old?.hosts ?? []).sorted() {
            transaction.accessChanged([person])
        }
        return (course, old == nil)
    }

    private static func write(_ course: DirectoryCourse, now: Timestamp, in connection: any SQLConnection) throws {
        try connection.execute(
            """
            INSERT INTO courses (id, created_at, updated_at, \(columns.list))
            VALUES ($1, $2, $2, \(columns.parameters(from: 3)))
            ON CONFLICT (id) DO UPDATE SET \(columns.excluded), updated_at = excluded.updated_at
            """,
            [.integer(course.id), .timestamp(now)] + columns.values(of: course)
        )
        try connection.execute("DELETE FROM course_instructors WHERE course_id = $1", [.integer(course.id)])
        for person in course.coInstructorIDs {
            try connection.execute(
                "INSERT INTO course_instructors (course_id, user_id) VALUES ($1, $2)",
                [.integer(course.id), .integer(person)]
            )
        }
    }

    /// Removes a course, with its enrollments and its events in the calendar.
    ///
    /// Throws `course_not_found`, and `conflict` while it has a live session, hidden ones included: those are what a
    /// school must keep.
    static func delete(_ id: Int64, in connection: any SQLConnection) throws {
        try connection.execute("DELETE FROM events WHERE course_id = $1", [.integer(id)])
        do {
            // Where an error ends the whole transaction, as on PostgreSQL, the savepoint keeps the rest of it.
            try connection.savepoint {
                guard try connection.execute("DELETE FROM courses WHERE id = $1", [.integer(id)]) > 0 else {
                    throw HubError(.courseNotFound)
                }
            }
        } catch let error as SQLError where error.code == .foreignKeyViolation {
            throw HubError(
                .conflict,
                Localized(
                    en: "This course has classes. Delete them first; with attended ones the course is kept.",
                    fr: "Ce cours a des classes. Supprimez-les d’abord ; si l’une a été suivie, le cours est conservé."
                )
            )
        }
    }

    static func noPerson(_ id: Int64, field: String) -> HubError {
        .invalid(
            field,
            Localized(en: "There is no person with the id \(id).", fr: "Aucune personne n’a l’identifiant \(id).")
        )
    }

    /// Reads a row that has `id` and `columns`; the co-instructors stand in a table of their own.
    static func course(_ row: SQLRow) -> DirectoryCourse {
        var course = DirectoryCourse(id: row.integer("id"), title: "", instructorID: 0)
        columns.read(row, into: &course)
        return course
    }

    private static func course(_ row: SQLRow, in connection: any SQLConnection) throws -> DirectoryCourse {
        var course = course(row)
        course.coInstructorIDs = try connection.query(
            "SELECT user_id FROM course_instructors WHERE course_id = $1 ORDER BY user_id", [.integer(course.id)]
        ).map { $0.integer("user_id") }
        return course
    }
}
