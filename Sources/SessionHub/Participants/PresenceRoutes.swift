import HTTPTypes
import StrictJSON
import WebSocketServer

/// `GET /api/live-sessions/{id}/presence`: who is on the channel now, by page, for members.
struct PresenceRoutes: Sendable {
    private let hub: Hub

    init(hub: Hub) { self.hub = hub }

    func add(to api: inout API) {
        api.add(.get, "/api/live-sessions/{sessionId:int}/presence", for: .members, list)
    }

    private func list(_ call: Call, _ entrance: Entrance<SessionAccess>) async throws -> Reply {
        let page = try call.page()
        try await entrance.read { _, _ in }
        let view = await hub.presence(of: entrance.id)
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
