import Database
import HTTPTypes
import WebSocketServer

/// Turns the bearer token of a request into a caller of the Directory.
struct Authenticator: Sendable {
    private let tokens: TokenService
    private let database: any SQLDatabase
    private let journal: Journal
    private let clock: HubClock
    private let identities: IdentityStore

    init(
        tokens: TokenService, database: any SQLDatabase, journal: Journal, clock: HubClock, identities: IdentityStore
    ) {
        self.tokens = tokens
        self.database = database
        self.journal = journal
        self.clock = clock
        self.identities = identities
    }

    /// The caller of a REST request, created or brought up to date when the token says something new.
    ///
    /// A channel token is `forbidden` here: it opens its channel and nothing else.
    func authenticate(_ request: Request) async throws -> Caller {
        try await resolve(try claimedCaller(request))
    }

    /// The caller as the token describes them. Only its signature and its times are checked: this needs no store, so
    /// that strangers can be refused by the head of their request.
    func claimedCaller(_ request: Request) throws(HubError) -> Caller {
        guard let token = Self.bearerToken(request.headers) else { throw HubError(.unauthenticated) }
        let caller = try tokens.caller(from: token, at: clock)
        guard caller.channelSession == nil else {
            throw HubError(
                .forbidden,
                Localized(
                    en: "A channel token opens its channel only.", fr: "Un jeton de canal n’ouvre que son canal."
                )
            )
        }
        return caller
    }

    /// Completes the caller from the Directory: by one read for nearly everybody, and by a write for a person whom
    /// nobody has seen or about whom a newer token says something else.
    private func resolve(_ caller: Caller) async throws -> Caller {
        let identities = identities
        if let known = try await database.read({ try identities.resolve(caller, in: $0) }) { return known }
        do throws(HubError) {
            return try await journal.write(.directoryAndSessions) { transaction in
                try identities.upsert(caller, in: transaction)
            }
        } catch {
            // In an outage people whom the store knows well enough may go on reading. Their next request writes the
            // rest.
            guard error.code == .storeUnavailable else { throw error }
            return try await database.read { try identities.resolveUnwritten(caller, in: $0) }
        }
    }

    /// The token of `Authorization: Bearer ...` (RFC 6750, 2.1; the scheme's name knows no case), or nil.
    static func bearerToken(_ headers: HTTPFields) -> String? {
        guard let header = headers[.authorization] else { return nil }
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        let token = parts[1].trimmed
        return token.isEmpty ? nil : token
    }
}
