package import Database
import HTTPTypes
import Logging
import StrictJSON
import Tokens
import WebSocketServer

/// Accounts of this hub: signing in with a password, staying signed in, choosing another password.
///
/// Every answer carries a token and must not be stored (no Idempotency-Key): it is made anew each time.
package struct AccountRoutes: Sendable {
    private let database: any SQLDatabase
    private let journal: Journal
    private let logins: LoginTokens
    private let passwords: PasswordWork
    private let throttle: LoginThrottle

    package init(
        database: any SQLDatabase, journal: Journal, logins: LoginTokens, passwords: PasswordWork,
        throttle: LoginThrottle
    ) {
        self.database = database
        self.journal = journal
        self.logins = logins
        self.passwords = passwords
        self.throttle = throttle
    }

    package func add(to api: inout API) {
        api.addOpen(.post, "/api/auth/login", maxBody: 4096, login)
        api.add(.post, "/api/auth/refresh", maxBody: 4096, answersAnew: true, refresh)
        api.add(.put, "/api/auth/password", for: .people, maxBody: 4096, changePassword)
    }

    // MARK: - Signing in

    /// One sentence, and one computation, for an address that nobody has, an account without a password, and a wrong one.
    private func login(_ request: Request, _: Language) async throws -> Reply {
        let fields = try Call.fields(of: request)
        let email = Email.key(try fields.required("email", try fields.text("email", limit: 254)))
        let password = try fields.required("password", try Password.given("password", in: fields))
        let account = try await database.read { try PasswordStore.find(emailKey: email, in: $0) }
        let isRight = try await throttle.attempt(account: email, address: request.source?.description) {
            try await passwords.verify(password, against: account?.hash)
        }
        guard isRight, let account else {
            throw HubError(
                .unauthenticated,
                Localized(
                    en: "This e-mail address and this password do not belong together.",
                    fr: "Cette adresse e-mail et ce mot de passe ne vont pas ensemble."
                )
            )
        }
        try await modernize(account, password)
        return try logins.answer(account, way: .password)
    }

    /// A hash of older parameters is made anew while its password is at hand.
    private func modernize(_ account: PasswordStore.Account, _ password: Password) async throws {
        guard let old = account.hash, !PasswordHash.isCurrent(old) else { return }
        let new = try await passwords.hash(password)
        do throws(HubError) {
            try await journal.write { transaction in
                try PasswordStore.rehash(account.user.id, from: old, to: new, in: transaction.connection)
            }
        } catch {
            // The next sign-in does it: in an outage of the store people may still come in.
            guard error.code == .storeUnavailable else { throw error }
        }
    }

    // MARK: - Staying signed in

    private func refresh(_ call: Call) async throws -> Reply {
        try call.takesNothing()
        let caller = call.caller
        guard let login = caller.login, login.end > logins.now else {
            throw HubError(
                .forbidden,
                Localized(
                    en: "Only the token of a sign-in here can be renewed, for twelve hours.",
                    fr: "Seul le jeton d’une connexion faite ici peut être renouvelé, pendant douze heures."
                )
            )
        }
        return try logins.answer(try await account(of: caller), way: login.way, login: login)
    }

    // MARK: - Another password

    private func changePassword(_ call: Call) async throws -> Reply {
        let fields = try call.body()
        let new = try fields.required("password", try Password.new("password", in: fields))
        let current = try Password.given("current_password", in: fields)
        let account = try await account(of: call.caller)
        try new.check(for: account.user.email)
        let login = call.caller.login
        let mayChoose = account.hash == nil ? login?.mayChooseFirst(at: logins.now) : login?.mayReset(at: logins.now)
        if mayChoose != true { try await prove(current, account, call) }
        let hash = try await passwords.hash(new)
        let logins = logins
        return try await journal.write { transaction in
            try logins.answer(try PasswordStore.change(account, to: hash, in: transaction), way: .password)
        }
    }

    /// 403 and not 401: the token is good, and a page that gets 401 signs its person out.
    private func prove(_ current: Password?, _ account: PasswordStore.Account, _ call: Call) async throws {
        guard account.hash != nil else {
            throw HubError(
                .forbidden,
                Localized(
                    en: "You have no password here yet. Ask your administrator for a link to set one.",
                    fr:
                        "Vous n’avez pas encore de mot de passe ici. Demandez à l’administration un lien pour en choisir un."
                )
            )
        }
        let current = try Fields(JSONObject([])).required("current_password", current)
        let key = Email.key(account.user.email)
        let isRight = try await throttle.attempt(account: key, address: call.request.source?.description) {
            try await passwords.verify(current, against: account.hash)
        }
        guard isRight else {
            throw HubError(
                .forbidden, field: "current_password",
                Localized(en: "This is not your current password.", fr: "Ce n’est pas votre mot de passe actuel.")
            )
        }
    }

    private func account(of caller: Caller) async throws -> PasswordStore.Account {
        guard let account = try await database.read({ try PasswordStore.find(caller.userID, in: $0) }) else {
            throw HubError(.userNotFound)
        }
        // Revoked since the request was authenticated: the new token must not outlive that.
        try caller.requireValid(since: account.tokensAfter, now: logins.now)
        try caller.requireValid(as: account.user.role)
        return account
    }
}
