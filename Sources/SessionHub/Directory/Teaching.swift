import Database

/// Who teaches: the people whom a course names, as long as the Directory has them as instructors or administrators.
///
/// Being named alone gives no rights: a person who was demoted teaches nowhere, also where courses and classes still
/// name them, and a student cannot be named.
enum Teaching {
    /// The roles of people who may teach, for SQL.
    static let roles = "('instructor', 'admin')"

    static func isTeacher(_ role: Caller.Role) -> Bool { role == .instructor || role == .admin }

    /// An SQL condition: somebody is named anywhere as the instructor or a co-instructor of a course, as the instructor
    /// of a class, or as a co-host.
    static func isNamed(_ user: String) -> String {
        """
        (EXISTS (SELECT 1 FROM courses tc WHERE tc.instructor_id = \(user))
            OR EXISTS (SELECT 1 FROM course_instructors tk WHERE tk.user_id = \(user))
            OR EXISTS (SELECT 1 FROM live_sessions ts WHERE ts.instructor_id = \(user))
            OR EXISTS (SELECT 1 FROM live_session_cohosts th WHERE th.user_id = \(user)))
        """
    }

    /// Whether somebody is a student and nothing more anywhere at this hub. Only for such people may a teacher make
    /// sign-in links, and only such accounts are bound by an address alone.
    static func isOnlyStudent(_ user: Int64, in connection: any SQLConnection) throws -> Bool {
        try connection.first(
            "SELECT u.id FROM users u WHERE u.id = $1 AND u.role = 'student' AND NOT \(isNamed("u.id"))",
            [.integer(user)]
        ) != nil
    }

    /// Throws when a course may not name this person as a teacher: nobody has the id, or the role does not let them
    /// teach.
    static func require(_ user: Int64, field: String, in connection: any SQLConnection) throws {
        guard let role = try UserStore.find(user, in: connection)?.role else {
            throw CourseStore.noPerson(user, field: field)
        }
        guard isTeacher(role) else { throw noTeacher(user, field: field) }
    }

    static func noTeacher(_ id: Int64, field: String) -> HubError {
        .invalid(
            field,
            Localized(
                en: "The person with the id \(id) is a student: only instructors and administrators teach.",
                fr: "La personne \(id) est étudiante : seuls les enseignants et l’administration enseignent."
            )
        )
    }
}
