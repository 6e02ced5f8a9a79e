import Database
import HTTPTypes
import StrictJSON
import WebSocketServer

/// GET /api/me/courses: the courses of the caller, their role in each, and when it meets next.
struct MyCourseRoutes: Sendable {
    let database: any SQLDatabase
    let clock: HubClock
    let windows: ClassWindows

    func add(to api: inout API) {
        api.add(.get, "/api/me/courses", for: .platform, list)
    }

    private func list(_ call: Call) async throws -> Reply {
        let (user, startable) = (call.caller.userID, clock.now - windows.lateStart)
        let courses = try await database.read { try MyCourseStore.list(of: user, startable: startable, in: $0) }
        return Reply(.array(courses.map(\.json)))
    }
}
