package import Database
import HTTPTypes
import StrictJSON
import Tokens
import WebSocketServer

/// Signing in by a one-use link, and the answer to "who am I".
package struct IdentityRoutes: Sendable {
    /// How long the token of a sign-in link lasts: a day of classes.
    private static let tokenSeconds: Int64 = 12 * 3600

    private let database: any SQLDatabase
    private let journal: Journal
    private let tokens: TokenService
    private let clock: HubClock

    package init(database: any SQLDatabase, journal: Journal, tokens: TokenService, clock: HubClock) {
        self.database = database
        self.journal = journal
        self.tokens = tokens
        self.clock = clock
    }

    package func add(to api: inout API) {
        api.addOpen(.post, "/api/auth/sign-in-link", maxBody: 4096) { request, _ in
            try await exchange(try Call.fields(of: request))
        }
        api.add(.get, "/api/auth/me") { call in try await me(call.caller) }
    }

    private func exchange(_ body: Fields) async throws -> Reply {
        let code = try body.required("code", try body.text("code", limit: 64))
        let user = try await journal.write { transaction -> DirectoryUser? in
            guard let id = try SignInCodes.consume(code, now: transaction.now, in: transaction.connection) else {
                return nil
            }
            return try UserStore.find(id, in: transaction.connection)
        }
        guard let user else {
            throw HubError(
                .unauthenticated,
                Localized(
                    en: "This link was used already or has expired. Ask for a new one.",
                    fr: "Ce lien a déjà servi ou a expiré. Demandez-en un nouveau."
                )
            )
        }
        let now = clock.wallSeconds
        let token = try tokens.mint(
            userID: user.id, email: user.email, role: user.role, firstName: user.firstName, lastName: user.lastName,
            issuedAt: now, expiresAt: now + Self.tokenSeconds
        )
        return Reply([
            "token": .string(token), "expires_at": .string(Timestamp(seconds: now + Self.tokenSeconds).text),
            "user": Self.json(user),
        ])
    }

    private func me(_ caller: Caller) async throws -> Reply {
        guard caller.role != .service else { return Reply(["id": nil, "role": "service"]) }
        guard let user = try await database.read({ try UserStore.find(caller.userID, in: $0) }) else {
            throw HubError(.userNotFound)
        }
        return Reply(Self.json(user))
    }

    private static func json(_ user: DirectoryUser) -> JSON {
        [
            "id": .integer(user.id), "email": .string(user.email), "first_name": .string(user.firstName),
            "last_name": .string(user.lastName), "role": .string(user.role.rawValue),
        ]
    }
}
