import Database
import HTTPTypes
import StrictJSON
import WebSocketServer

/// Who belongs to a course, over REST, for administrators and the platform's services.
struct EnrollmentRoutes: Sendable {
    private static let pattern = "/api/courses/{courseId:int}/enrollments"

    private let database: any SQLDatabase
    private let journal: Journal
    private let operations: DirectoryOperations

    init(database: any SQLDatabase, journal: Journal, operations: DirectoryOperations) {
        self.database = database
        self.journal = journal
        self.operations = operations
    }

    func add(to api: inout API) {
        api.add(.get, Self.pattern, for: .administrators, list)
        api.add(.get, "\(Self.pattern)/{userId:int}", for: .administrators, show)
        api.add(.put, "\(Self.pattern)/{userId:int}", for: .administrators, put)
        api.add(.delete, "\(Self.pattern)/{userId:int}", for: .administrators, delete)
    }

    private func list(_ call: Call) async throws -> Reply {
        let course = try call.id("courseId")
        let (page, search) = (try call.page(), call.search)
        let found = try await database.read { connection in
            guard try CourseStore.find(course, in: connection) != nil else { throw HubError(.courseNotFound) }
            return try EnrollmentStore.list(course: course, page, search: search, in: connection)
        }
        let rows = found.entries.map { enrollment, user in
            var row = enrollment.members
            row["user"] = [
                "id": .integer(user.id), "email": .string(user.email), "first_name": .string(user.firstName),
                "last_name": .string(user.lastName),
            ]
            return JSON.object(row)
        }
        return Reply(.array(rows), pagination: page.pagination(total: found.total))
    }

    private func show(_ call: Call) async throws -> Reply {
        let (course, user) = (try call.id("courseId"), try call.id("userId"))
        guard let enrollment = try await database.read({ try EnrollmentStore.find(course: course, user: user, in: $0) })
        else { throw DirectoryOperations.notEnrolled }
        return Reply(enrollment.json)
    }

    private func put(_ call: Call) async throws -> Reply {
        let (course, user, force) = (try call.id("courseId"), try call.id("userId"), try call.flag("force"))
        let change = try EnrollmentChange(try call.body())
        let put = try await journal.write(.directoryAndSessions) { transaction in
            try operations.enroll(user, in: course, change, force: force, in: transaction)
        }
        return Reply(put.enrollment.json, status: put.isNew ? .created : .ok)
    }

    private func delete(_ call: Call) async throws -> Reply {
        let (course, user) = (try call.id("courseId"), try call.id("userId"))
        try await journal.write(.directory) { try operations.deleteEnrollment(of: user, in: course, in: $0) }
        return Reply(message: Localized(en: "The enrollment is deleted.", fr: "L’inscription est supprimée."))
    }
}
