import Database

/// Reads and writes what decides over a person's sign-in: the hash of their password and the time of the last
/// revocation.
enum PasswordStore {
    struct Account: Sendable {
        let user: DirectoryUser
        let hash: String?
        /// The last revocation: tokens issued before it are refused.
        var tokensAfter: Timestamp?
    }

    /// - Parameter emailKey: `Email.key` of what was typed.
    static func find(emailKey: String, in connection: any SQLConnection) throws -> Account? {
        try connection.first("\(select) WHERE email_key = $1", [.text(emailKey)]).map(account)
    }

    static func find(_ id: Int64, in connection: any SQLConnection) throws -> Account? {
        try connection.first("\(select) WHERE id = $1", [.integer(id)]).map(account)
    }

    /// Sets a person's password or takes it away, and ends everything that got in before: tokens, links, channels.
    ///
    /// - Parameters:
    ///   - account: what the request was decided on; `conflict` when its password or revocation has changed since.
    ///   - isNew: whether the account was made in this transaction. Then there are no older tokens to end, and the
    ///     platform may send its person here at once.
    static func change(
        _ account: Account, to hash: String?, isNew: Bool = false, in transaction: JournalTransaction
    ) throws -> Account {
        let (connection, id) = (transaction.connection, account.user.id)
        let changed = try connection.execute(
            """
            UPDATE users SET password_hash = $2
            WHERE id = $1 AND coalesce(password_hash, '') = $3 AND coalesce(tokens_after, 0) = $4
            """,
            [
                .integer(id), .optional(hash), .text(account.hash ?? ""),
                .integer(account.tokensAfter?.milliseconds ?? 0),
            ]
        )
        guard changed > 0 else { throw HubError(.conflict) }
        if isNew { return Account(user: account.user, hash: hash, tokensAfter: account.tokensAfter) }
        let revokedAt = try UserStore.revokeTokens(of: id, in: transaction)
        return Account(user: account.user, hash: hash, tokensAfter: revokedAt)
    }

    /// Stores the same password with today's parameters. Nothing happens when the password was changed meanwhile.
    static func rehash(
        _ id: Int64, from old: String, to new: String, in connection: any SQLConnection
    ) throws {
        try connection.execute(
            "UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2",
            [.integer(id), .text(old), .text(new)]
        )
    }

    private static let select = "SELECT id, \(UserStore.columns.list), password_hash, tokens_after FROM users"

    private static func account(_ row: SQLRow) -> Account {
        Account(
            user: UserStore.user(row), hash: row.optionalText("password_hash"),
            tokensAfter: row.optionalTimestamp("tokens_after")
        )
    }
}
