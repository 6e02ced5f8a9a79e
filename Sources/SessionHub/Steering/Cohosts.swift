import HTTPTypes
import StrictJSON

extension EventKind {
    /// Somebody is co-host from now on, or no more.
    static let roleChanged = EventKind(
        "role.changed",
        content: { _, rows, connection in try LocalPeople.boundMembers(of: rows, in: connection) }
    )

    static let cohosts = [roleChanged]
}

/// Naming co-hosts over the channel.
struct CohostCommands: Sendable {
    let operations: CohostOperations
    let steering: RateLimit

    func add(to channel: inout ChannelAPI) {
        let operations = operations
        channel.write("cohost", for: .teachers, limit: steering) { fields throws(HubError) in
            (
                user: try fields.required("user_id", fields.integer("user_id")),
                isOn: try fields.required("on", fields.bool("on"))
            )
        } work: { request, access, caller, transaction in
            let seq = try operations.set(request.user, on: request.isOn, as: access, by: caller, in: transaction)
            return ["seq": .integer(seq)]
        }
    }
}

/// The same over REST, and who they are.
struct CohostRoutes: Sendable {
    let operations: CohostOperations
    let steering: RateLimit

    private static let path = "/api/live-sessions/{sessionId:int}/cohosts"

    func add(to api: inout API) {
        api.add(.get, Self.path, for: .hosts, list)
        api.add(.put, "\(Self.path)/{userId:int}", for: .hosts, limit: steering) { call, entrance in
            try await set(true, call, entrance)
        }
        api.add(.delete, "\(Self.path)/{userId:int}", for: .hosts, limit: steering) { call, entrance in
            try await set(false, call, entrance)
        }
    }

    private func list(_ call: Call, _ entrance: Entrance<SessionAccess>) async throws -> Reply {
        let id = entrance.id
        let people = try await entrance.read { _, connection in try CohostStore.all(session: id, in: connection) }
        return Reply(.array(people.map(\.json)))
    }

    private func set(_ isOn: Bool, _ call: Call, _ entrance: Entrance<SessionAccess>) async throws -> Reply {
        try call.takesNothing()
        let (user, operations, caller) = (try call.id("userId"), operations, call.caller)
        return Reply(
            try await entrance.write(.session(entrance.id)) { access, transaction in
                ["seq": .integer(try operations.set(user, on: isOn, as: access, by: caller, in: transaction))]
            })
    }
}
