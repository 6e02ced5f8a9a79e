import Database
import HTTPTypes
import StrictJSON
import Tokens
import WebSocketServer

/// Signing in by a link, and the answer to "who am I".
struct IdentityRoutes: Sendable {
    private let database: any SQLDatabase
    private let journal: Journal
    private let logins: LoginTokens
    private let conflicts: IdentityConflicts
    private let guests: GuestLinks
    private let links = SignInLinkOperations()

    init(
        database: any SQLDatabase, journal: Journal, logins: LoginTokens, conflicts: IdentityConflicts,
        guests: GuestLinks
    ) {
        self.guests = guests
        self.database = database
        self.journal = journal
        self.logins = logins
        self.conflicts = conflicts
    }

    func add(to api: inout API) {
        api.addOpen(.post, "/api/auth/sign-in-link", maxBody: 4096, exchange)
        api.add(.get, "/api/auth/me", for: .anybody, me)
        api.add(.get, "/api/identity-conflicts", for: .administrators, listConflicts)
    }

    private func listConflicts(_: Call) -> Reply { Reply(.array(conflicts.all.map(\.json))) }

    private func exchange(_ request: Request, _: Language) async throws -> Reply {
        let body = try Call.fields(of: request)
        let code = try body.required("code", try body.text("code", limit: 64))
        if let link = try guests.link(of: code) { return try await exchange(link) }
        // The token is made inside the transaction: when that fails, the link stays unused.
        let used = try await journal.write(.directory) { transaction in
            try links.use(code, in: transaction).map { account, entrance in
                (try logins.sign(account, way: Login.Way(entrance)), entrance.purpose)
            }
        }
        guard let (signedIn, purpose) = used else {
            throw HubError(
                .unauthenticated,
                Localized(
                    en: "This link was used already or has expired. Ask for a new one.",
                    fr: "Ce lien a déjà servi ou a expiré. Demandez-en un nouveau."
                )
            )
        }
        var answer = signedIn.json
        answer["purpose"] = .string(purpose.rawValue)
        return Reply(.object(answer))
    }

    /// A guest's link is not used up, so that nothing is written.
    private func exchange(_ link: GuestLinks.Link) async throws -> Reply {
        // From before the row is read: a token of a link that is replaced meanwhile is older than the replacement.
        let now = logins.now
        let found = try await database.read { connection in
            guard let guest = try GuestStore.find(link.guest, in: connection),
                let account = try PasswordStore.find(link.guest, in: connection)
            else { return nil as (Guest, PasswordStore.Account)? }
            return (guest, account)
        }
        guard let (guest, account) = found, guest.link == link.number, guest.isGood(at: now) else {
            throw HubError(
                .unauthenticated,
                Localized(
                    en: "This invitation has ended. Ask whoever invited you for another one.",
                    fr: "Cette invitation a pris fin. Demandez-en une autre à la personne qui vous a invité."
                )
            )
        }
        guard !guest.isBanned else { throw HubError(.banned) }
        var answer = try logins.sign(account, way: .guest, until: guest.expiresAt, at: now).json
        answer["purpose"] = "guest"
        answer["session_id"] = .integer(guest.session)
        return Reply(.object(answer))
    }

    private func me(_ call: Call) async throws -> Reply {
        let caller = call.caller
        guard caller.role != .service else { return Reply(["id": nil, "role": "service"]) }
        guard let account = try await database.read({ try PasswordStore.find(caller.userID, in: $0) }) else {
            throw HubError(.userNotFound)
        }
        return Reply(account.user.ownJSON)
    }
}
