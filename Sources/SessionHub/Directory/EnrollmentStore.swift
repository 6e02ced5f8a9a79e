import Database

/// Reads and writes `enrollments` for the Directory.
enum EnrollmentStore {
    static func find(
        course: Int64, user: Int64, in connection: any SQLConnection
    ) throws -> Enrollment? {
        try connection.first(
            "SELECT id, course_id, user_id, status, is_active FROM enrollments WHERE course_id = $1 AND user_id = $2",
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
            SELECT e.id AS id, e.course_id, e.user_id, e.status, e.is_active, u.email, u.first_name, u.last_name
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
        let wasActive = old?.isActive ?? false
        let isActive = change.isActive ?? old?.isActive ?? true
        if isActive, !wasActive, !force { try requirePlace(in: course, now: now, connection) }
        let status = change.status ?? old?.status ?? .enrolled
        let id = try store(
            id: change.id, old: old, course: course, user: user, status: status, isActive: isActive, now: now,
            connection
        )
        let enrollment = Enrollment(id: id, courseID: course, userID: user, status: status, isActive: isActive)
        if isActive != wasActive { transaction.accessChanged([user]) }
        return (enrollment, old == nil, isActive != wasActive)
    }

    /// - Returns: whether there was one.
    static func delete(course: Int64, user: Int64, in transaction: JournalTransaction) throws -> Bool {
        let deleted = try transaction.connection.execute(
            "DELETE FROM enrollments WHERE course_id = $1 AND user_id = $2", [.integer(course), .integer(user)]
        )
        if deleted > 0 { transaction.accessChanged([user]) }
        return deleted > 0
    }

    private static func store(
        id: Int64?, old: Enrollment?, course: Int64, user: Int64, status: Enrollment.Status, isActive: Bool,
        now: Timestamp, _ connection: any SQLConnection
    ) throws -> Int64 {
        if let id, id != old?.id,
            try connection.first("SELECT id FROM enrollments WHERE id = $1", [.integer(id)]) != nil
        {
            throw idTaken(id)
        }
        guard let old else {
            let row = try connection.first(
                """
                INSERT INTO enrollments (\(id == nil ? "" : "id, ")user_id, course_id, status, is_active, created_at, updated_at)
                VALUES (\(id == nil ? "" : "$6, ")$1, $2, $3, $4, $5, $5) RETURNING id
                """,
                [.integer(user), .integer(course), .text(status.rawValue), .bool(isActive), .timestamp(now)]
                    + (id.map { [.integer($0)] } ?? [])
            )
            guard let row else { throw HubError(.internal) }
            return row.integer("id")
        }
        try connection.execute(
            "UPDATE enrollments SET id = $2, status = $3, is_active = $4, updated_at = $5 WHERE id = $1",
            [
                .integer(old.id), .integer(id ?? old.id), .text(status.rawValue), .bool(isActive), .timestamp(now),
            ]
        )
        if let id, id != old.id {
            try connection.execute(
                "UPDATE live_session_participants SET enrollment_id = $2 WHERE enrollment_id = $1 AND user_id = $3",
                [.integer(old.id), .integer(id), .integer(user)]
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
        Enrollment(
            id: row.integer("id"), courseID: row.integer("course_id"), userID: row.integer("user_id"),
            status: row.word("status"), isActive: row.bool("is_active")
        )
    }

    private static func person(_ row: SQLRow) -> DirectoryUser {
        var user = DirectoryUser(id: row.integer("user_id"), email: row.text("email"))
        user.firstName = row.text("first_name")
        user.lastName = row.text("last_name")
        return user
    }
}
