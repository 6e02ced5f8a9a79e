import Database

/// Reads and writes `enrollments` for the Directory.
enum EnrollmentStore {
    static let columns = Columns<Enrollment>(.word("status", \.status), .bool("is_active", \.isActive))

    static func find(
        course: Int64, user: Int64, in connection: any SQLConnection
    ) throws -> Enrollment? {
        try connection.first(
            """
            SELECT id, course_id, user_id, \(columns.list) FROM enrollments WHERE course_id = $1 AND user_id = $2
            """,
            [.integer(course), .integer(user)]
        ).map(enrollment)
    }

    /// A page of a course's enrollments with their people, by name, and how many there are.
    static func list(
        course: Int64, _ page: Page, search: SearchText, in connection: any SQLConnection
    ) throws -> (entries: [(enrollment: Enrollment, user: DirectoryUser)], total: Int64) {
        let filter = """
            FROM enrollments e JOIN users u ON u.id = e.user_id
            WHERE e.course_id = $1\(search.condition(on: "u.search_text", first: 2))
            """
        let parameters: [SQLValue] = [.integer(course)] + search.values
        let rows = try connection.query(
            """
            SELECT e.id AS id, e.course_id, e.user_id, \(columns.list(of: "e")), u.email, u.first_name, u.last_name
            \(filter) ORDER BY u.search_text, u.id \(page.clause(after: parameters))
            """,
            parameters + page.values
        )
        let total = try connection.first("SELECT count(*) AS total \(filter)", parameters)?.integer("total") ?? 0
        return (rows.map { (enrollment($0), person($0)) }, total)
    }

    /// Creates or changes an enrollment; the course and the person must exist.
    ///
    /// - Parameter force: skips `max_students` and `enrollment_deadline`, which are checked only when the person
    ///   becomes a member.
    static func put(
        course: Int64, user: Int64, _ change: EnrollmentChange, force: Bool, in transaction: JournalTransaction
    ) throws -> (enrollment: Enrollment, isNew: Bool, isMembershipChanged: Bool) {
        let (connection, now) = (transaction.connection, transaction.now)
        let old = try find(course: course, user: user, in: connection)
        var new = old ?? Enrollment(courseID: course, userID: user)
        new.apply(change)
        let isMembershipChanged = new.isActive != (old?.isActive ?? false)
        if new.isActive, isMembershipChanged, !force { try requirePlace(in: course, now: now, connection) }
        new.id = try store(new, id: change.id, old: old, now: now, connection)
        if isMembershipChanged { transaction.accessChanged([user]) }
        return (new, old == nil, isMembershipChanged)
    }

    /// - Returns: whether there was one.
    static func delete(course: Int64, user: Int64, in transaction: JournalTransaction) throws -> Bool {
        let deleted = try transaction.connection.execute(
            "DELETE FROM enrollments WHERE course_id = $1 AND user_id = $2", [.integer(course), .integer(user)]
        )
        if deleted > 0 { transaction.accessChanged([user]) }
        return deleted > 0
    }

    /// - Parameter id: the one that the platform gives, if it gives one.
    /// - Returns: the id that the row has now.
    private static func store(
        _ new: Enrollment, id: Int64?, old: Enrollment?, now: Timestamp, _ connection: any SQLConnection
    ) throws -> Int64 {
        if let id, id != old?.id,
            try connection.first("SELECT id FROM enrollments WHERE id = $1", [.integer(id)]) != nil
        {
            throw idTaken(id)
        }
        guard let old else {
            let row = try connection.first(
                """
                INSERT INTO enrollments (user_id, course_id, created_at, updated_at, \(id == nil ? "" : "id, ")\(columns.list))
                VALUES ($1, $2, $3, $3, \(id == nil ? "" : "$4, ")\(columns.parameters(from: id == nil ? 4 : 5)))
                RETURNING id
                """,
                [.integer(new.userID), .integer(new.courseID), .timestamp(now)] + (id.map { [.integer($0)] } ?? [])
                    + columns.values(of: new)
            )
            guard let row else { throw HubError(.internal) }
            return row.integer("id")
        }
        try connection.execute(
            "UPDATE enrollments SET id = $2, updated_at = $3, \(columns.assignments(from: 4)) WHERE id = $1",
            [.integer(old.id), .integer(id ?? old.id), .timestamp(now)] + columns.values(of: new)
        )
        if let id, id != old.id {
            try connection.execute(
                "UPDATE live_session_participants SET enrollment_id = $2 WHERE enrollment_id = $1 AND user_id = $3",
                [.integer(old.id), .integer(id), .integer(new.userID)]
            )
        }
        return id ?? old.id
    }

    /// How many active members a course has.
    static func members(of course: Int64, in connection: any SQLConnection) throws -> Int64 {
        try connection.first(
            "SELECT count(*) AS members FROM enrollments WHERE course_id = $1 AND is_active = 1", [.integer(course)]
        )?.integer("members") ?? 0
    }

    private static func requirePlace(in id: Int64, now: Timestamp, _ connection: any SQLConnection) throws {
        guard let course = try CourseStore.find(id, in: connection) else { throw HubError(.courseNotFound) }
        try course.requirePlace(members: members(of: id, in: connection), now: now)
    }

    static func idTaken(_ id: Int64) -> HubError {
        HubError(
            .conflict, field: "id",
            Localized(
                en: "The id \(id) is another enrollment's.",
                fr: "L’identifiant \(id) est celui d’une autre inscription."
            )
        )
    }

    private static func enrollment(_ row: SQLRow) -> Enrollment {
        var enrollment = Enrollment(
            id: row.integer("id"), courseID: row.integer("course_id"), userID: row.integer("user_id")
        )
        columns.read(row, into: &enrollment)
        return enrollment
    }

    private static func person(_ row: SQLRow) -> DirectoryUser {
        var user = DirectoryUser(id: row.integer("user_id"), email: row.text("email"))
        user.firstName = row.text("first_name")
        user.lastName = row.text("last_name")
        return user
    }
}
