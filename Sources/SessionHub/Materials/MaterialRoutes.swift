import HTTPTypes
import StrictJSON

/// The same over REST, and what is up now.
struct MaterialRoutes: Sendable {
    let operations: MaterialOperations
    let steering: RateLimit

    private static let path = "/api/live-sessions/{sessionId:int}"

    func add(to api: inout API) {
        api.add(.get, "\(Self.path)/materials", for: .members, list)
        api.add(.post, "\(Self.path)/materials", for: .hosts, limit: steering, add)
        api.add(.delete, "\(Self.path)/materials/{materialId:int}", for: .hosts, limit: steering, remove)
        api.add(.put, "\(Self.path)/task", for: .hosts, limit: steering, setTask)
    }

    private func list(_ call: Call, _ entrance: Entrance<SessionAccess>) async throws -> Reply {
        let id = entrance.id
        return Reply(
            try await entrance.read { _, connection in
                [
                    "materials": .array(try MaterialStore.all(session: id, in: connection).map(\.listed)),
                    "task": try MaterialStore.task(session: id, in: connection)?.json ?? .null,
                ]
            })
    }

    private func add(_ call: Call, _ entrance: Entrance<SessionAccess>) async throws -> Reply {
        let (fields, operations, caller) = (try call.body(), operations, call.caller)
        return Reply(
            try await entrance.write(.session(entrance.id)) { access, transaction in
                try operations.add(NewMaterial(fields, clientID: nil), as: access, by: caller, in: transaction).json
            }, status: .created)
    }

    private func remove(_ call: Call, _ entrance: Entrance<SessionAccess>) async throws -> Reply {
        try call.takesNothing()
        let (id, operations, caller) = (try call.id("materialId"), operations, call.caller)
        return Reply(
            try await entrance.write(.session(entrance.id)) { access, transaction in
                ["seq": .integer(try operations.remove(id, as: access, by: caller, in: transaction))]
            })
    }

    private func setTask(_ call: Call, _ entrance: Entrance<SessionAccess>) async throws -> Reply {
        let (fields, operations, caller) = (try call.body(), operations, call.caller)
        return Reply(
            try await entrance.write(.session(entrance.id)) { access, transaction in
                [
                    "seq": .integer(
                        try operations.set(task: ClassTask.text(fields), as: access, by: caller, in: transaction))
                ]
            })
    }
}
