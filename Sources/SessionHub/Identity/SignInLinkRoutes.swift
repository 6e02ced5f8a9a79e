import Database
import HTTPTypes
import StrictJSON
import WebSocketServer

/// Makes sign-in links: one for a person, or a list to print for a class.
///
/// The answers hold the codes and must not be stored (no Idempotency-Key): a repeated request makes new links.
package struct SignInLinkRoutes: Sendable {
    /// A list is printed on Friday and used on Monday.
    private static let listLifetime: Int64 = 7 * 86_400
    /// Beyond this the writer would be busy for long.
    private static let longestList = 5000

    private let journal: Journal
    private let address: PublicAddress

    package init(journal: Journal, address: PublicAddress) {
        self.journal = journal
        self.address = address
    }

    package func add(to api: inout API) {
        api.add(.post, "/api/users/{userId:int}/sign-in-link", maxBody: 4096, answersAnew: true, one)
        api.add(
            .post, "/api/courses/{courseId:int}/sign-in-links", for: .courseHosts, maxBody: 4096, answersAnew: true,
            list
        )
    }

    /// Administrators for everybody; a host for those of their own courses who are students and nothing more anywhere, and not
    /// for a new password, which would be the student's account for good.
    private func one(_ call: Call) async throws -> Reply {
        let (id, fields, caller) = (try call.id("userId"), try call.body(), call.caller)
        let purpose = try fields.word("purpose", as: SignInCodes.Purpose.self) ?? .signIn
        let seconds = try lifetime(fields, purpose, standard: purpose.standardLifetime)
        guard caller.isAdministrator || purpose == .signIn else { throw HubError(.forbidden) }
        let (code, expiresAt) = try await journal.write { transaction in
            let connection = transaction.connection
            if !caller.isAdministrator {
                guard try ClassList.teaches(caller.userID, student: id, in: connection) else {
                    throw HubError(.forbidden)
                }
            }
            guard try UserStore.exists(id, in: connection) else { throw HubError(.userNotFound) }
            let expiresAt = transaction.now + seconds * 1000
            let code = try SignInCodes.create(
                user: id, purpose: purpose, isByHost: !caller.isAdministrator, now: transaction.now,
                expiresAt: expiresAt, in: connection
            )
            return (code, expiresAt)
        }
        return Reply(
            [
                "url": .string(address.signInLink(code: code)), "code": .string(code),
                "purpose": .string(purpose.rawValue), "expires_at": .string(expiresAt.text),
            ],
            status: .created
        )
    }

    /// Hosts of the course. A host gets links for students only: a colleague who is enrolled is no student of theirs, and
    /// neither is a student who helps to teach another course.
    private func list(_ call: Call, _ entrance: Entrance<CourseAccess>) async throws -> Reply {
        let caller = call.caller
        let seconds = try lifetime(try call.body(), .signIn, standard: Self.listLifetime)
        let (links, expiresAt) = try await entrance.write { access, transaction in
            let connection = transaction.connection
            let members = try ClassList.members(
                of: access.course, onlyStudents: !caller.isAdministrator, in: connection)
            guard members.count <= Self.longestList else { throw HubError(.tooLarge, Self.tooMany) }
            let expiresAt = transaction.now + seconds * 1000
            let links = try members.map { user in
                let code = try SignInCodes.create(
                    user: user.id, isByHost: !caller.isAdministrator, now: transaction.now, expiresAt: expiresAt,
                    in: connection
                )
                return (user: user, code: code)
            }
            return (links, expiresAt)
        }
        let expiry = JSON.string(expiresAt.text)
        let rows = links.map { user, code -> JSON in
            ["user": user.ownJSON, "url": .string(address.signInLink(code: code)), "expires_at": expiry]
        }
        return Reply(.array(rows), status: .created)
    }

    private func lifetime(
        _ fields: Fields, _ purpose: SignInCodes.Purpose, standard: Int64
    ) throws(HubError) -> Int64 {
        try fields.integer("expires_in", in: 60...purpose.longestLifetime) ?? standard
    }

    private static let tooMany = Localized(
        en: "This course has more members than one list can hold.",
        fr: "Ce cours a plus de membres qu’une liste ne peut en contenir."
    )
}

/// Who belongs to a teacher's classes.
enum ClassList {
    /// Whether this person is an active student of a course that the teacher gives or helps to give.
    static func teaches(_ teacher: Int64, student: Int64, in connection: any SQLConnection) throws -> Bool {
        try connection.first(
            """
            SELECT e.id FROM enrollments e
            JOIN users u ON u.id = e.user_id
            JOIN courses c ON c.id = e.course_id
            LEFT JOIN course_instructors i ON i.course_id = c.id AND i.user_id = $1
            JOIN users t ON t.id = $1 AND t.role IN \(Teaching.roles)
            WHERE e.user_id = $2 AND e.is_active = 1 AND (c.instructor_id = $1 OR i.user_id IS NOT NULL)
                AND u.role = 'student' AND NOT \(Teaching.isNamed("u.id"))
            LIMIT 1
            """,
            [.integer(teacher), .integer(student)]
        ) != nil
    }

    /// The active members of a course by name.
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
