import Database
import HTTPTypes
import StrictJSON
import WebSocketServer

/// The Directory's courses over REST, for administrators and the platform's services.
struct CourseRoutes: Sendable {
    private let database: any SQLDatabase
    private let journal: Journal
    private let operations: DirectoryOperations

    init(database: any SQLDatabase, journal: Journal, operations: DirectoryOperations) {
        self.database = database
        self.journal = journal
        self.operations = operations
    }

    func add(to api: inout API) {
        api.add(.get, "/api/courses", for: .administrators, list)
        api.add(.post, "/api/courses", for: .administrators, create)
        api.add(.get, "/api/courses/{courseId:int}", for: .administrators, show)
        api.add(.put, "/api/courses/{courseId:int}", for: .administrators, put)
        api.add(.delete, "/api/courses/{courseId:int}", for: .administrators, delete)
    }

    private func list(_ call: Call) async throws -> Reply {
        let (page, search) = (try call.page(), call.search)
        let found = try await database.read { try CourseStore.list(page, search: search, in: $0) }
        return Reply(.array(found.courses.map(\.json)), pagination: page.pagination(total: found.total))
    }

    private func show(_ call: Call) async throws -> Reply {
        let id = try call.id("courseId")
        guard let course = try await database.read({ try CourseStore.find(id, in: $0) }) else {
            throw HubError(.courseNotFound)
        }
        return Reply(course.json)
    }

    private func put(_ call: Call) async throws -> Reply {
        let id = try call.newID("courseId")
        let change = try CourseChange(try call.body())
        let (course, isNew) = try await journal.write(.directoryAndSessions) {
            try operations.putCourse(id, change, in: $0)
        }
        return Reply(course.json, status: isNew ? .created : .ok)
    }

    private func create(_ call: Call) async throws -> Reply {
        let change = try CourseChange(try call.body())
        let course = try await journal.write(.directory) { try operations.createCourse(change, in: $0) }
        return Reply(course.json, status: .created)
    }

    private func delete(_ call: Call) async throws -> Reply {
        let id = try call.id("courseId")
        try await journal.write(.directory) { try operations.deleteCourse(id, in: $0) }
        return Reply(message: Localized(en: "The course is deleted.", fr: "Le cours est supprimé."))
    }
}
