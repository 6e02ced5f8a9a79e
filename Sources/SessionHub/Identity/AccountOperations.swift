import Database
import StrictJSON
import Tokens

/// The rules of passwords: who may sign in with one, and who may choose another. Hashing and waiting happen off the
/// writer.
struct AccountOperations: Sendable {
    private let database: any SQLDatabase
    private let journal: Journal
    private let passwords: PasswordWork
    private let throttle: LoginThrottle
    private let logins: LoginTokens

    init(
        database: any SQLDatabase, journal: Journal, logins: LoginTokens, passwords: PasswordWork,
        throttle: LoginThrottle
    ) {
        self.database = database
        self.journal = journal
        self.logins = logins
        self.passwords = passwords
        self.throttle = throttle
    }

    /// Signs in whom an address and a password name. An address that nobody has, an account without a password and a
    /// wrong password get the same refusal after the same computation, so that nobody learns which accounts there are.
    ///
    /// - Parameter source: the address of the client; nil when it is not known.
    func signIn(_ email: String, _ password: Password, from source: String?) async throws -> SignedIn {
        let account = try await find(email)
        let isRight = try await throttle.attempt(account: email, address: source) {
            try await passwords.verify(password, against: account?.hash)
        }
        guard isRight, let account else { throw Self.wrong }
        try await modernize(account, password)
        // The computation takes its time. Whoever knew the old password must not get in behind a new one or a
        // revocation, so that the time of issue lies before this second look, too.
        let now = logins.now
        guard let current = try await find(email), current.user.id == account.user.id,
            current.tokensAfter == account.tokensAfter, (current.hash == nil) == (account.hash == nil)
        else { throw Self.wrong }
        return try logins.sign(current, way: .password, at: now)
    }

    private func find(_ email: String) async throws -> PasswordStore.Account? {
        try await database.read { try PasswordStore.find(emailKey: email, in: $0) }
    }

    /// Replaces a hash of older parameters: only at a sign-in is the password at hand to do it.
    private func modernize(_ account: PasswordStore.Account, _ password: Password) async throws {
        guard let old = account.hash, !PasswordHash.isCurrent(old) else { return }
        let new = try await passwords.hash(password)
        do throws(HubError) {
            try await journal.write(.directory) { transaction in
                try PasswordStore.rehash(account.user.id, from: old, to: new, in: transaction.connection)
            }
        } catch {
            // In an outage of the store people may still sign in; the next sign-in replaces the hash.
            guard error.code == .storeUnavailable else { throw error }
        }
    }

    /// Gives somebody who signed in here another token, as long as that sign-in may be renewed.
    func renew(_ caller: Caller) async throws -> SignedIn {
        let now = logins.now
        guard let login = caller.login, login.end > now else { throw Self.notRenewable }
        let account = try await account(of: caller)
        guard login.way == .guest else { return try logins.sign(account, way: login.way, login: login, at: now) }
        guard let guest = try await database.read({ try GuestStore.find(account.user.id, in: $0) }),
            guest.isGood(at: now)
        else { throw Self.notRenewable }
        return try logins.sign(account, way: .guest, login: login, until: guest.expiresAt, at: now)
    }

    /// Gives the caller another password, and ends every token and link of theirs from before.
    ///
    /// - Parameter current: proves who the caller is; not needed after a sign-in by a link that allows another
    ///   password.
    func changePassword(
        of caller: Caller, to new: Password, current: Password?, from source: String?
    ) async throws -> SignedIn {
        let account = try await account(of: caller)
        try new.check(for: account.user.email)
        let login = caller.login
        let mayChoose = account.hash == nil ? login?.mayChooseFirst(at: logins.now) : login?.mayReset(at: logins.now)
        if mayChoose != true { try await prove(current, account, from: source) }
        let hash = try await passwords.hash(new)
        // The token is made inside the transaction: when that fails, the password stays as it was.
        return try await journal.write(.directory) { transaction in
            try logins.sign(try PasswordStore.change(account, to: hash, in: transaction), way: .password)
        }
    }

    /// Checks the current password. A wrong one is 403 and not 401: the token is good, and a page that gets 401 signs
    /// its person out.
    private func prove(_ current: Password?, _ account: PasswordStore.Account, from source: String?) async throws {
        guard account.hash != nil else { throw Self.noPassword }
        let current = try Fields(JSONObject([])).required("current_password", current)
        let key = Email.key(account.user.email)
        let isRight = try await throttle.attempt(account: key, address: source) {
            try await passwords.verify(current, against: account.hash)
        }
        guard isRight else { throw Self.wrongCurrent }
    }

    private func account(of caller: Caller) async throws -> PasswordStore.Account {
        guard let account = try await database.read({ try PasswordStore.find(caller.userID, in: $0) }) else {
            throw HubError(.userNotFound)
        }
        // The token may have been revoked since the request was authenticated, and the new one must not outlive that.
        try caller.requireValid(since: account.tokensAfter, now: logins.now)
        try caller.requireValid(as: account.user.role)
        return account
    }

    // MARK: - Refusals

    private static let wrong = HubError(
        .unauthenticated,
        Localized(
            en: "This e-mail address and this password do not belong together.",
            fr: "Cette adresse e-mail et ce mot de passe ne vont pas ensemble."
        )
    )
    private static let notRenewable = HubError(
        .forbidden,
        Localized(
            en: "Only the token of a sign-in here can be renewed, for twelve hours.",
            fr: "Seul le jeton d’une connexion faite ici peut être renouvelé, pendant douze heures."
        )
    )
    private static let noPassword = HubError(
        .forbidden,
        Localized(
            en: "You have no password here yet. Ask your administrator for a link to set one.",
            fr: "Vous n’avez pas encore de mot de passe ici. Demandez à l’administration un lien pour en choisir un."
        )
    )
    private static let wrongCurrent = HubError(
        .forbidden, field: "current_password",
        Localized(en: "This is not your current password.", fr: "Ce n’est pas votre mot de passe actuel.")
    )
}
