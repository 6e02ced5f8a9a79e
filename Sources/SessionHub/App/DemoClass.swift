import Database
import StrictJSON

/// The people and the class of `serve --demo`, made through the same operations as everybody's.
package struct DemoClass: Sendable {
    package struct Guest: Sendable {
        package let name: String
        package let role: String
        /// The code of a sign-in link, which works once.
        package let code: String
    }

    package let session: Int64
    package let title: String
    package let guests: [Guest]

    private struct Person {
        let id: Int64
        let firstName: String
        let lastName: String
        let role: Caller.Role
        let shownRole: String

        var email: String { "person\(id)@\(DemoClass.mailDomain)" }
    }

    /// A domain that belongs to nobody (RFC 2606).
    private static let mailDomain = "demo.invalid"
    private static let course: Int64 = 1
    private static let codeLifetime: Int64 = 24 * 3_600_000

    private static let people = [
        Person(id: 1, firstName: "Aïssatou", lastName: "Diallo", role: .instructor, shownRole: "instructor"),
        Person(id: 2, firstName: "Jean-Baptiste", lastName: "Nkurunziza", role: .instructor, shownRole: "moderator"),
        Person(id: 3, firstName: "Awa", lastName: "Ndiaye", role: .student, shownRole: "student"),
        Person(id: 4, firstName: "Koffi", lastName: "Adjovi", role: .student, shownRole: "student"),
        Person(id: 5, firstName: "Linh", lastName: "Nguyễn", role: .student, shownRole: "student"),
    ]

    /// Fills an empty database, or one that a demo has filled; refuses any other, whose people it would overwrite.
    package static func make(_ application: HubApplication) async throws -> DemoClass {
        let operations = application.sessions
        return try await application.journal.write(.directoryAndSessions) { transaction in
            try requireOwnDatabase(transaction.connection)
            try fillDirectory(transaction)
            let session = try startClass(operations, transaction)
            return DemoClass(session: session.id, title: session.title, guests: try invite(transaction))
        }
    }

    private static func requireOwnDatabase(_ connection: any SQLConnection) throws {
        let stranger = try connection.first(
            "SELECT id FROM users WHERE email_key NOT LIKE $1 LIMIT 1", [.text("%@\(mailDomain)")]
        )
        guard stranger == nil else {
            throw HubError(
                .conflict,
                Localized(
                    en: "--demo needs a database of its own: this one has other people in it.",
                    fr: "--demo a besoin de sa propre base : celle-ci contient d’autres personnes."
                )
            )
        }
    }

    private static func fillDirectory(_ transaction: JournalTransaction) throws {
        for person in people {
            var change = UserChange()
            change.email = person.email
            change.firstName = person.firstName
            change.lastName = person.lastName
            change.role = person.role
            _ = try UserStore.put(person.id, change, in: transaction)
        }
        var course = CourseChange()
        course.title = "Réseaux et temps réel"
        course.instructorID = people[0].id
        course.coInstructorIDs = [people[1].id]
        course.timeZone = .some("Africa/Dakar")
        _ = try CourseStore.put(Self.course, course, in: transaction)
        for person in people where person.role == .student {
            _ = try EnrollmentStore.put(
                course: Self.course, user: person.id, EnrollmentChange(), force: true, in: transaction
            )
        }
    }

    private static func startClass(
        _ operations: SessionOperations, _ transaction: JournalTransaction
    ) throws -> LiveSession {
        let teacher = Caller(
            userID: people[0].id, role: .instructor, email: people[0].email, expiresAt: transaction.now + 60_000
        )
        let object: JSONObject = [
            "title": "Séance 1 : les WebSockets", "description": "A class to try the hub with.",
            "scheduled_start_at": .string(transaction.now.text),
            "scheduled_end_at": .string((transaction.now + 2 * 3_600_000).text),
        ]
        let fields = Fields(object)
        let course = try CourseAccess.load(course, caller: teacher, in: transaction.connection)
        let access = try operations.create(in: course, fields: fields, caller: teacher, in: transaction)
        _ = try operations.start(access, by: teacher, in: transaction)
        return access.session
    }

    private static func invite(_ transaction: JournalTransaction) throws -> [Guest] {
        try people.map { person in
            Guest(
                name: "\(person.firstName) \(person.lastName)", role: person.shownRole,
                code: try SignInCodes.create(
                    user: person.id, now: transaction.now, expiresAt: transaction.now + codeLifetime,
                    in: transaction.connection
                )
            )
        }
    }
}
