import Database

/// Applies what is staged, by a few statements whatever its size.
extension ImportStage {
    private struct Stale: Error {}

    /// Writes everything that is staged, or, when the Directory has changed since the plan was made, nothing.
    ///
    /// - Parameters:
    ///   - force: skips `max_students` and `enrollment_deadline`.
    ///   - people: those whose access the import changes (`ImportPlan.accessChanged`).
    /// - Returns: whether it was written.
    static func apply(
        force: Bool, changing people: Set<Int64>, in transaction: JournalTransaction
    ) throws -> Bool {
        let (connection, now) = (transaction.connection, transaction.now)
        do {
            try connection.savepoint {
                try require("import_users", "users", "t.id = COALESCE(i.local_id, i.id)", connection)
                try require("import_unchanged_users", "users", "t.id = i.id", connection)
                try require("import_courses", "courses", "t.id = i.id", connection)
                // Staged enrollments name bound people by the platform's ids, so that people are bound before
                // enrollments are compared.
                try bindPeople(now, connection)
                try require(
                    "import_enrollments", "enrollments", "t.course_id = i.course_id AND t.user_id = i.user_id",
                    connection
                )
                let administrators = try LastAdministrator.count(in: connection)
                try applyUsers(now, connection)
                // Meanwhile somebody demoted the other administrators. The import is planned anew, and the new plan
                // refuses it.
                if administrators > 0, try LastAdministrator.count(in: connection) == 0 { throw Stale() }
                try applyCourses(now, connection)
                try applyEnrollments(now, connection)
                if !force { try requirePlaces(now, connection) }
            }
            transaction.accessChanged(people)
            return true
        } catch is Stale {
            return false
        } catch let error as SQLError where error.code == .uniqueViolation || error.code == .foreignKeyViolation {
            // Meanwhile somebody took an e-mail address or an id, or a person was deleted.
            return false
        }
    }

    /// Throws when a row was changed, created or deleted since the plan was made.
    private static func require(
        _ staged: String, _ table: String, _ same: String, _ connection: any SQLConnection
    ) throws {
        let changed = try connection.first(
            """
            SELECT 1 AS found FROM \(staged) i LEFT JOIN \(table) t ON \(same)
            WHERE t.updated_at IS DISTINCT FROM i.base_at LIMIT 1
            """
        )
        guard changed == nil else { throw Stale() }
    }

    /// Binds people made here to the platform's ids with which their addresses came.
    private static func bindPeople(_ now: Timestamp, _ connection: any SQLConnection) throws {
        let count = try connection.execute(
            """
            INSERT INTO new_bindings (local_id, platform_id)
            SELECT local_id, id FROM import_users WHERE local_id IS NOT NULL
            """
        )
        if count > 0 { _ = try LocalPeople.bindAll(now: now, in: connection) }
    }

    private static func applyUsers(_ now: Timestamp, _ connection: any SQLConnection) throws {
        // This touches no index and takes a quarter of the time of an update of all columns.
        try connection.execute(
            """
            UPDATE users SET name_at = $2, updated_at = $1 WHERE id IN (SELECT id FROM import_unchanged_users)
            """,
            [.timestamp(now), .timestamp(UserStore.nameAt(now))]
        )
        // E-mails that change hands are let go first: no two rows may have the same, not even for a moment.
        try connection.execute(
            """
            UPDATE users SET email_key = '#' || id WHERE id IN (
                SELECT i.id FROM import_users i JOIN users u ON u.id = i.id WHERE u.email_key <> i.email_key)
            """
        )
        try connection.execute(
            """
            INSERT INTO users (id, name_at, created_at, updated_at, \(UserStore.columns.list))
            SELECT id, $2, $1, $1, \(UserStore.columns.list) FROM import_users WHERE true ORDER BY line
            ON CONFLICT (id) DO UPDATE SET \(UserStore.columns.excluded), name_at = excluded.name_at,
                updated_at = excluded.updated_at
            """,
            [.timestamp(now), .timestamp(UserStore.nameAt(now))]
        )
    }

    private static func applyCourses(_ now: Timestamp, _ connection: any SQLConnection) throws {
        try connection.execute(
            """
            INSERT INTO courses (id, created_at, updated_at, \(CourseStore.columns.list))
            SELECT id, $1, $1, \(CourseStore.columns.list) FROM import_courses WHERE true ORDER BY line
            ON CONFLICT (id) DO UPDATE SET \(CourseStore.columns.excluded), updated_at = excluded.updated_at
            """,
            [.timestamp(now)]
        )
        try connection.execute(
            "DELETE FROM course_instructors WHERE course_id IN (SELECT id FROM import_courses)"
        )
        try connection.execute(
            "INSERT INTO course_instructors (course_id, user_id) SELECT course_id, user_id FROM import_course_instructors"
        )
    }

    private static func applyEnrollments(_ now: Timestamp, _ connection: any SQLConnection) throws {
        try renumber(connection)
        // The plus sign keeps SQLite from using the index of old ids, which would find nearly all rows, and not in
        // their order.
        try connection.execute(
            """
            INSERT INTO enrollments (id, user_id, course_id, created_at, updated_at, \(EnrollmentStore.columns.list))
            SELECT id, user_id, course_id, $1, $1, \(EnrollmentStore.columns.list)
            FROM import_enrollments WHERE +old_id IS NULL AND id IS NOT NULL ORDER BY line
            """,
            [.timestamp(now)]
        )
        try connection.execute(
            """
            INSERT INTO enrollments (user_id, course_id, created_at, updated_at, \(EnrollmentStore.columns.list))
            SELECT user_id, course_id, $1, $1, \(EnrollmentStore.columns.list)
            FROM import_enrollments WHERE +old_id IS NULL AND id IS NULL ORDER BY line
            """,
            [.timestamp(now)]
        )
        try connection.execute(
            """
            UPDATE enrollments SET \(EnrollmentStore.columns.assignments(from: "i")), updated_at = $1
            FROM import_enrollments i WHERE i.old_id IS NOT NULL AND enrollments.id = COALESCE(i.id, i.old_id)
            """,
            [.timestamp(now)]
        )
    }

    /// Gives enrollments the platform's own ids, in two steps because one may get the id that another gives up.
    private static func renumber(_ connection: any SQLConnection) throws {
        let renumbered = "import_enrollments i WHERE i.old_id IS NOT NULL AND i.id IS NOT NULL"
        guard try connection.first("SELECT 1 AS found FROM \(renumbered) LIMIT 1") != nil else { return }
        try connection.execute("UPDATE enrollments SET id = -id WHERE id IN (SELECT i.old_id FROM \(renumbered))")
        for (table, column, sign) in [("enrollments", "id", "-"), ("live_session_participants", "enrollment_id", "")] {
            try connection.execute(
                """
                UPDATE \(table) SET \(column) = (
                    SELECT i.id FROM import_enrollments i WHERE i.old_id = \(sign)\(table).\(column))
                WHERE \(column) IN (SELECT \(sign)i.old_id FROM \(renumbered))
                """
            )
        }
    }

    /// Throws when a course that somebody joins has too many members by now, or when its deadline has passed.
    private static func requirePlaces(_ now: Timestamp, _ connection: any SQLConnection) throws {
        let crowded = try connection.first(
            """
            SELECT 1 AS found FROM courses c
            WHERE c.id IN (SELECT course_id FROM import_enrollments WHERE is_joining = 1)
                AND (c.enrollment_deadline < $1 OR c.max_students IS NOT NULL AND c.max_students < (
                    SELECT COUNT(*) FROM enrollments e WHERE e.course_id = c.id AND e.is_active = 1))
            LIMIT 1
            """,
            [.timestamp(now)]
        )
        guard crowded == nil else { throw Stale() }
    }
}
