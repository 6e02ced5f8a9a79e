import Database

/// The tables in which an import waits for its application, so that the transaction that applies it is short.
///
/// They are filled in slices between which everybody else writes. Rows do not say which import they belong to, because
/// there is only one at a time.
enum ImportStage {
    static let tables = [
        "import_course_instructors", "import_enrollments", "import_courses", "import_users", "import_unchanged_users",
    ]

    /// A row for one of the tables. It is composed outside of the writer, whose transaction only inserts it.
    struct Row: Sendable {
        let insert: String
        let values: [SQLValue]
    }

    /// Everything that must be written. The rows are made one by one: tens of thousands at once would be most of the
    /// memory that an import takes.
    ///
    /// - Parameter firstID: the id of the first person who has none yet; the others get the ids after it.
    static func rows(of plan: ImportPlan, firstID: Int64) -> some Sequence<Row> {
        let named = { (id: Int64) in id < 0 ? firstID - id - 1 : plan.bound[id] ?? id }
        // People who stay as they are get a row too: what the platform says of them is newer than every token issued
        // until now.
        let users = inOrder(plan.users).lazy.map { user(named($0.key), $0.value) }
        let courses = inOrder(plan.courses).lazy.filter { !$0.value.isUnchanged }
            .flatMap { course($0.value, named) }
        let enrollments = inOrder(plan.enrollments).lazy.filter { !$0.value.isUnchanged }
            .map { enrollment($0.value, user: named($0.value.new.userID)) }
        return [AnySequence(users), AnySequence(courses), AnySequence(enrollments)].joined()
    }

    /// The planned rows in the order of their lines, without copying them.
    private static func inOrder<Key, Value>(
        _ planned: [Key: ImportPlan.Planned<Value>]
    ) -> some Sequence<(key: Key, value: ImportPlan.Planned<Value>)> {
        planned.indices.sorted { planned[$0].value.line < planned[$1].value.line }.lazy.map { planned[$0] }
    }

    private static let insertUser = """
        INSERT INTO import_users (id, line, base_at, local_id, \(UserStore.columns.list))
        VALUES ($1, $2, $3, $4, \(UserStore.columns.parameters(from: 5)))
        """

    private static let insertCourse = """
        INSERT INTO import_courses (id, line, base_at, \(CourseStore.columns.list))
        VALUES ($1, $2, $3, \(CourseStore.columns.parameters(from: 4)))
        """

    private static func user(_ id: Int64, _ planned: ImportPlan.Planned<DirectoryUser>) -> Row {
        var user = planned.new
        if let old = planned.old, planned.isUnchanged {
            return Row(
                insert: "INSERT INTO import_unchanged_users (line, id, base_at) VALUES ($1, $2, $3)",
                values: [.integer(Int64(planned.line)), .integer(id), .timestamp(old.changedAt)]
            )
        }
        // Somebody whom this line binds has an id of the platform's from here on.
        if let old = planned.old, old.value.id != id { user.isLocal = false }
        return Row(
            insert: insertUser,
            values: [
                .integer(id), .integer(Int64(planned.line)), .timestamp(planned.old?.changedAt),
                .optional(planned.old.flatMap { $0.value.id == id ? nil : $0.value.id }),
            ] + UserStore.columns.values(of: user)
        )
    }

    /// - Parameter named: gives the id that a person of the plan will have.
    private static func course(
        _ planned: ImportPlan.Planned<DirectoryCourse>, _ named: (Int64) -> Int64
    ) -> [Row] {
        var course = planned.new
        course.instructorID = named(course.instructorID)
        let row = Row(
            insert: insertCourse,
            values: [.integer(course.id), .integer(Int64(planned.line)), .timestamp(planned.old?.changedAt)]
                + CourseStore.columns.values(of: course)
        )
        return [row]
            + Set(course.coInstructorIDs.map(named)).sorted().map { person in
                Row(
                    insert: "INSERT INTO import_course_instructors (line, course_id, user_id) VALUES ($1, $2, $3)",
                    values: [.integer(Int64(planned.line)), .integer(course.id), .integer(person)]
                )
            }
    }

    private static func enrollment(_ planned: ImportPlan.Planned<Enrollment>, user: Int64) -> Row {
        let (new, old) = (planned.new, planned.old)
        return Row(
            insert: """
                INSERT INTO import_enrollments (course_id, user_id, line, id, old_id, is_joining, base_at,
                    \(EnrollmentStore.columns.list))
                VALUES ($1, $2, $3, $4, $5, $6, $7, \(EnrollmentStore.columns.parameters(from: 8)))
                """,
            values: [
                .integer(new.courseID), .integer(user), .integer(Int64(planned.line)),
                // A stored enrollment that keeps its id has no id here.
                new.id == 0 || new.id == old?.value.id ? .null : .integer(new.id), .optional(old?.value.id),
                .bool(new.isActive && !(old?.value.isActive ?? false)), .timestamp(old?.changedAt),
            ] + EnrollmentStore.columns.values(of: new)
        )
    }

    static func add(_ rows: some Sequence<Row>, in connection: any SQLConnection) throws {
        for row in rows { try connection.execute(row.insert, row.values) }
    }

    /// Removes what an interrupted import left behind. Called before the hub serves.
    static func empty(_ database: any SQLDatabase) async throws {
        while try await database.write({ try clear(1000, in: $0) }) {}
    }

    /// Removes at most `most` rows of each table.
    ///
    /// - Returns: whether there were any.
    static func clear(_ most: Int64, in connection: any SQLConnection) throws -> Bool {
        var count = 0
        for table in tables {
            count += try connection.execute(
                "DELETE FROM \(table) WHERE line IN (SELECT line FROM \(table) ORDER BY line LIMIT $1)",
                [.integer(most)]
            )
        }
        return count > 0
    }
}
