import HTTPTypes
import StrictJSON
import WebSocketServer

/// The guests of a class, for its hosts.
///
/// Answers with a link are never stored for an Idempotency-Key; a repeated request invites once more.
struct GuestRoutes: Sendable {
    private static let path = "/api/live-sessions/{sessionId:int}/guests"

    let operations: GuestOperations
    let links: GuestLinks
    let address: PublicAddress
    let steering: RateLimit

    func add(to api: inout API) {
        // Of a deleted class the attendance is kept, with the names of its guests: they can still be forgotten.
        api.add(.get, Self.path, for: .keepers, list)
        api.add(.post, Self.path, for: .hosts, limit: steering, maxBody: 4096, answersAnew: true, invite)
        api.add(
            .post, "\(Self.path)/{guestId:int}/link", for: .hosts, limit: steering, maxBody: 4096, answersAnew: true,
            link
        )
        api.add(.delete, "\(Self.path)/{guestId:int}", for: .keepers, limit: steering, delete)
    }

    private func list(_: Call, _ entrance: Entrance<SessionAccess>) async throws -> Reply {
        let id = entrance.id
        let guests = try await entrance.read { _, connection in try GuestStore.all(of: id, in: connection) }
        return Reply(.array(guests.map { .object($0.json) }))
    }

    private func invite(_ call: Call, _ entrance: Entrance<SessionAccess>) async throws -> Reply {
        let (fields, operations, caller) = (try call.body(), operations, call.caller)
        let guest = try await entrance.write(.directoryAndSessions) { access, transaction in
            try operations.invite(fields, as: access, by: caller, in: transaction)
        }
        return try reply(guest, status: .created)
    }

    private func link(_ call: Call, _ entrance: Entrance<SessionAccess>) async throws -> Reply {
        let (id, fields, operations, caller) = (try call.id("guestId"), try call.body(), operations, call.caller)
        let guest = try await entrance.write(.directoryAndSessions) { access, transaction in
            try operations.link(id, fields, as: access, by: caller, in: transaction)
        }
        return try reply(guest, status: .ok)
    }

    private func reply(_ guest: Guest, status: HTTPResponse.Status) throws -> Reply {
        var object = guest.json
        object["link"] = .string(
            address.signInLink(code: try links.code(of: guest), next: "/class/\(guest.session)"))
        return Reply(.object(object), status: status)
    }

    private func delete(_ call: Call, _ entrance: Entrance<SessionAccess>) async throws -> Reply {
        let (id, isErasing, operations, caller) = (
            try call.id("guestId"), try call.flag("erase"), operations, call.caller
        )
        try await entrance.write(.directoryAndSessions) { access, transaction in
            try operations.revoke(id, erasing: isErasing, as: access, by: caller, in: transaction)
        }
        return Reply(raw: Response(status: .noContent))
    }
}

extension Guest {
    /// What hosts see; the link stands beside it where it is asked for.
    var json: JSONObject {
        [
            "id": .integer(id), "user_id": .integer(id), "name": .string(name), "created_at": .string(createdAt.text),
            "created_by": createdBy?.json ?? .null, "expires_at": .string(expiresAt.text),
            "revoked_at": .optional(revokedAt), "erased_at": .optional(erasedAt), "joined_at": .optional(joinedAt),
        ]
    }
}
