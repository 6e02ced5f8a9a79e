import Database

/// Reads the roll-call of a class, by as many statements for thousands of people as for one.
enum RollCallStore {
    /// - Parameter user: leaves out everybody else.
    static func load(
        _ session: LiveSession, of user: Int64? = nil, in connection: any SQLConnection
    ) throws -> RollCall {
        guard let course = try CourseStore.find(session.courseID, in: connection) else {
            throw HubError(.courseNotFound)
        }
        let corrections = try CorrectionStore.newest(session: session.id, user: user, in: connection)
        let participants = Dictionary(
            uniqueKeysWithValues: try participants(session.id, of: user, in: connection).map { ($0.person.id, $0) }
        )
        let entries = try connection.query(
            people(user == nil ? everybody : "u.id = $4"),
            [.integer(session.id), .integer(session.courseID), .timestamp(session.actualEnd)]
                + (user.map { [.integer($0)] } ?? [])
        ).map { row in
            let id = row.integer("id")
            return RollCall.Entry(
                person: Person(id, of: row), email: row.text("email"), isExpected: row.bool("is_expected"),
                participant: participants[id], correction: corrections[id]
            )
        }
        return RollCall(
            session: session, course: course,
            entries: entries.filter { $0.isExpected || $0.participant != nil || $0.correction != nil }
        )
    }

    private static func participants(
        _ session: Int64, of user: Int64?, in connection: any SQLConnection
    ) throws -> [Participant] {
        guard let user else { return try ParticipantStore.all(session: session, in: connection) }
        return try ParticipantStore.find(session: session, user: user, in: connection).map { [$0] } ?? []
    }

    /// Everybody who may stand in the roll-call.
    private static let everybody = """
        u.id IN (SELECT user_id FROM enrollments WHERE course_id = $2 AND is_active = 1
            UNION SELECT user_id FROM live_session_participants WHERE session_id = $1
            UNION SELECT user_id FROM attendance_corrections WHERE session_id = $1)
        """

    /// People by name. Expected is who is no host of the class (`SessionAccess.role`) and is a member, of a class that
    /// ended at `$3` one from before its end, or was let in as one. The comparison stands first: PostgreSQL learns
    /// from it what an empty `$3` would be.
    private static func people(_ condition: String) -> String {
        """
        SELECT u.id, u.first_name, u.last_name, u.avatar, u.email,
            CASE WHEN (u.role = 'admin' OR h.user_id IS NOT NULL
                OR (u.role IN \(Teaching.roles) AND (c.instructor_id = u.id OR k.user_id IS NOT NULL))) THEN 0
                WHEN p.role = 'participant' OR (e.is_active = 1 AND (e.created_at <= $3 OR $3 IS NULL)) THEN 1
                ELSE 0 END AS is_expected
        FROM users u
        JOIN courses c ON c.id = $2
        LEFT JOIN enrollments e ON e.course_id = $2 AND e.user_id = u.id
        LEFT JOIN live_session_participants p ON p.session_id = $1 AND p.user_id = u.id
        LEFT JOIN course_instructors k ON k.course_id = $2 AND k.user_id = u.id
        LEFT JOIN live_session_cohosts h ON h.session_id = $1 AND h.user_id = u.id
        WHERE \(condition)
        ORDER BY u.search_text, u.id
        """
    }
}
