package import Database

/// What one person is to one live session, read in one query, so that every rule sees one state.
package struct SessionAccess: Sendable {
    /// The roles that people see (protocol.md).
    package enum Role: String, Sendable, CaseIterable {
        case instructor, moderator, participant
    }

    package let session: LiveSession
    package let user: Person
    /// Nil for an outsider.
    package let role: Role?
    package let enrollmentID: Int64?
    /// Holds a place now (`seat`).
    package let isSeated: Bool
    package let courseTitle: String
    package let instructor: Person

    package var isHost: Bool { role == .instructor || role == .moderator }

    /// Outsiders learn nothing, not even that the session exists.
    package func requireMember() throws(HubError) -> Role {
        guard let role else { throw HubError(.sessionNotFound) }
        return role
    }

    /// Members who are no hosts may know that the session exists, so they get 403.
    package func requireHost() throws(HubError) {
        _ = try requireMember()
        guard isHost else { throw HubError(.forbidden) }
    }
}

/// A person as others see them.
package struct Person: Sendable, Equatable {
    package let id: Int64
    package let firstName: String
    package let lastName: String
    package let avatar: String?

    package init(id: Int64, firstName: String, lastName: String, avatar: String?) {
        self.id = id
        self.firstName = firstName
        self.lastName = lastName
        self.avatar = avatar
    }

    /// The name to show; never empty.
    package var name: String {
        let name = "\(firstName) \(lastName)".trimmed
        return name.isEmpty ? "#\(id)" : name
    }
}

extension SessionAccess {
    /// The state of `userID` in `sessionID`, or `session_not_found` when there is no such session or it is hidden.
    ///
    /// - Parameter administrator: whether the caller is an administrator or a service (their role counts, not the row's).
    package static func load(
        session sessionID: Int64, user userID: Int64, administrator: Bool, in connection: any SQLConnection
    ) throws -> SessionAccess {
        guard let row = try connection.first(Self.query, [.integer(sessionID), .integer(userID)]) else {
            throw HubError(.sessionNotFound)
        }
        let session = LiveSession(row: row)
        let isModerator =
            administrator || row.optionalText("user_role") == "admin" || row.integer("course_instructor_id") == userID
            || row.optionalInteger("co_instructor") != nil || row.optionalInteger("is_cohost") == 1
        let isMember = row.optionalInteger("is_active") == 1
        return SessionAccess(
            session: session,
            user: Person(
                id: userID, firstName: row.optionalText("first_name") ?? "", lastName: row.optionalText("last_name") ?? "",
                avatar: row.optionalText("avatar")
            ),
            role: session.instructorID == userID
                ? .instructor : isModerator ? .moderator : isMember ? .participant : nil,
            enrollmentID: isMember ? row.optionalInteger("enrollment_id") : nil,
            isSeated: row.optionalText("seat") != nil,
            courseTitle: row.text("course_title"),
            instructor: Person(
                id: session.instructorID, firstName: row.text("i_first_name"), lastName: row.text("i_last_name"),
                avatar: row.optionalText("i_avatar")
            )
        )
    }

    private static let query = """
        SELECT \(LiveSession.columns("s")), c.title AS course_title, c.instructor_id AS course_instructor_id,
            i.first_name AS i_first_name, i.last_name AS i_last_name, i.avatar AS i_avatar,
            u.role AS user_role, u.first_name, u.last_name, u.avatar, k.user_id AS co_instructor,
            e.id AS enrollment_id, e.is_active, p.is_cohost, p.seat
        FROM live_sessions s
        JOIN courses c ON c.id = s.course_id
        JOIN users i ON i.id = s.instructor_id
        LEFT JOIN users u ON u.id = $2
        LEFT JOIN course_instructors k ON k.course_id = s.course_id AND k.user_id = $2
        LEFT JOIN enrollments e ON e.course_id = s.course_id AND e.user_id = $2
        LEFT JOIN live_session_participants p ON p.session_id = s.id AND p.user_id = $2
        WHERE s.id = $1 AND s.deleted_at IS NULL
        """
}
