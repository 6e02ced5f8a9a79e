package import Database
import HTTPTypes
import StrictJSON
import WebSocketServer

/// `GET /api/live-sessions/{id}/presence`: who is on the channel now, by page, for members.
package struct PresenceRoutes: Sendable {
    private let database: any SQLDatabase
    private let hub: Hub

    package init(database: any SQLDatabase, hub: Hub) {
        self.database = database
        self.hub = hub
    }

    package func add(to api: inout API) {
        let routes = self
        api.add(.get, "/api/live-sessions/{sessionId:int}/presence") { call in try await routes.list(call) }
    }

    private func list(_ call: Call) async throws -> Reply {
        let session = try call.id("sessionId")
        let page = try call.page()
        let caller = call.caller
        _ = try await database.read { connection in
            try SessionAccess.load(
                session: session, for: caller, in: connection
            ).requireMember()
        }
        let view = await hub.presence(of: session)
        let people = view.order.dropFirst(Int(page.offset)).prefix(Int(page.limit))
        return Reply(
            [
                "version": .integer(view.version), "count": .integer(Int64(view.people.count)),
                "people": .array(people.compactMap { view.people[$0]?.json }),
            ],
            pagination: page.pagination(total: Int64(view.people.count))
        )
    }
}
