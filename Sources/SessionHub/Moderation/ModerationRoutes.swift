import Database
import HTTPTypes
import StrictJSON

/// What hosts do to people over REST, by the same operations as over the channel; the list of what was done; and who is
/// banned.
struct ModerationRoutes: Sendable {
    let operations: ModerationOperations
    let steering: RateLimit

    func add(to api: inout API) {
        api.add(.post, "/api/live-sessions/{sessionId:int}/moderation", for: .hosts, limit: steering, moderate)
        api.add(.get, "/api/live-sessions/{sessionId:int}/moderation", for: .hosts, audit)
        api.add(.get, "/api/courses/{courseId:int}/bans", for: .courseHosts, bans)
    }

    private func moderate(_ call: Call, _ entrance: Entrance<SessionAccess>) async throws -> Reply {
        let (fields, operations, caller) = (try call.body(), operations, call.caller)
        let seq = try await entrance.write(.session(entrance.id)) { access, transaction in
            try operations.carryOut(ModerationRequest(fields), as: access, by: caller, in: transaction)
        }
        return Reply(["seq": .integer(seq)])
    }

    private func audit(_ call: Call, _ entrance: Entrance<SessionAccess>) async throws -> Reply {
        let (page, id) = (try call.page(), entrance.id)
        let found = try await entrance.read { _, connection in
            try ModerationStore.audit(session: id, page, in: connection)
        }
        return Reply(.array(found.rows), pagination: page.pagination(total: found.total))
    }

    private func bans(_ call: Call, _ entrance: Entrance<CourseAccess>) async throws -> Reply {
        let id = entrance.id
        return Reply(
            .array(try await entrance.read { _, connection in try ModerationStore.bans(course: id, in: connection) }))
    }
}
