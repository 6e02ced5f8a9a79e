package import Database
import HTTPTypes
import StrictJSON
import WebSocketServer

/// The Directory's courses over REST, for administrators and the platform's services.
package struct CourseRoutes: Sendable {
    private let database: any SQLDatabase
    private let journal: Journal
    private let room: any CourseFollower

    package init(database: any SQLDatabase, journal: Journal, room: any CourseFollower) {
        self.database = database
        self.journal = journal
        self.room = room
    }

    package func add(to api: inout API) {
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
        let id = try call.id("courseId")
        let change = try CourseChange(try call.body())
        let (course, isNew) = try await journal.write { transaction in
            let put = try CourseStore.put(id, change, in: transaction)
            if change.maxStudents != nil { try room.grow(id, in: transaction) }
            return put
        }
        return Reply(course.json, status: isNew ? .created : .ok)
    }

    private func create(_ call: Call) async throws -> Reply {
        let change = try CourseChange(try call.body())
        let course = try await journal.write { transaction in
            try CourseStore.put(MadeID.courses.take(in: transaction.connection), change, in: transaction).course
        }
        return Reply(course.json, status: .created)
    }

    private func delete(_ call: Call) async throws -> Reply {
        let id = try call.id("courseId")
        try await journal.write { try CourseStore.delete(id, in: $0.connection) }
        return Reply(message: Localized(en: "The course is deleted.", fr: "Le cours est supprimé."))
    }
}
