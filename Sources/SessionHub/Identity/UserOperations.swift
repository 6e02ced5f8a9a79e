/// What administrators and the platform's services do with people, inside the writer's transaction.
struct UserOperations: Sendable {
    /// A password that an administrator gives or, without a hash, takes away.
    struct NewPassword: Sendable {
        let password: Password?
        let hash: String?

        /// - Parameter work: computes the hash before the write, because that takes too long for the writer.
        static func read(_ name: String, in fields: Fields, hashedBy work: PasswordWork) async throws -> NewPassword? {
            guard fields.has(name) else { return nil }
            guard let password = try Password.new(name, in: fields) else {
                return NewPassword(password: nil, hash: nil)
            }
            return NewPassword(password: password, hash: try await work.hash(password))
        }

        fileprivate func set(for id: Int64, isNew: Bool, in transaction: JournalTransaction) throws {
            guard let account = try PasswordStore.find(id, in: transaction.connection) else { return }
            try password?.check(for: account.user.email)
            _ = try PasswordStore.change(account, to: hash, isNew: isNew, in: transaction)
        }
    }

    /// Creates a person with an id of this hub's own. Throws `conflict` when somebody has the e-mail address.
    ///
    /// - Parameter password: nil when the request does not mention it.
    func create(
        _ change: UserChange, _ password: NewPassword?, in transaction: JournalTransaction
    ) throws -> DirectoryUser {
        let user = try UserStore.create(change, in: transaction)
        try password?.set(for: user.id, isNew: true, in: transaction)
        return user
    }

    /// Creates or changes a person.
    ///
    /// - Returns: the person, and whether nobody had the id before.
    func put(
        _ id: Int64, _ change: UserChange, _ password: NewPassword?, by caller: Caller,
        in transaction: JournalTransaction
    ) throws -> (user: DirectoryUser, isNew: Bool) {
        let put = try UserStore.put(id, change, isPlatform: caller.role == .service, in: transaction)
        // Somebody who was made here and is bound by this request has tokens from before, which a new password must
        // end.
        try password?.set(for: id, isNew: put.isNew && !put.isBound, in: transaction)
        return (put.user, put.isNew)
    }

    func delete(_ id: Int64, in transaction: JournalTransaction) throws { try UserStore.delete(id, in: transaction) }

    /// Refuses every token issued before now, channel tokens included; open channels close.
    ///
    /// - Returns: the time of the revocation.
    func revoke(_ id: Int64, in transaction: JournalTransaction) throws -> Timestamp {
        guard try UserStore.exists(id, in: transaction.connection) else { throw HubError(.userNotFound) }
        return try UserStore.revokeTokens(of: id, in: transaction)
    }
}
