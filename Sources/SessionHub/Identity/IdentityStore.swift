import Database

/// What the Directory knows of a caller: their row in `users`, and when a token may change it.
///
/// The Directory's role and names win. A token of the platform changes them and the e-mail address only when its `iat`
/// is newer than `name_at`. A token that this hub minted itself, for a channel or a sign-in, changes nothing.
///
/// A student made here (`LocalPeople`) is bound to the platform's id by the first token with their e-mail address. Any
/// other token whose id and address belong to two people is an identity conflict. Teachers and administrators are bound
/// by the Directory alone: an address in a token is too little proof for their rights.
struct IdentityStore: Sendable {
    private let conflicts: IdentityConflicts
    private let clock: HubClock

    /// - Parameter conflicts: keeps the tokens that were refused for an identity conflict.
    init(conflicts: IdentityConflicts, clock: HubClock) {
        self.conflicts = conflicts
        self.clock = clock
    }

    private struct Row {
        let id: Int64
        let email: String
        let firstName: String
        let lastName: String
        let role: Caller.Role
        let nameAt: Timestamp

        init(_ row: SQLRow) {
            id = row.integer("id")
            email = row.text("email")
            firstName = row.text("first_name")
            lastName = row.text("last_name")
            role = row.word("role")
            nameAt = row.timestamp("name_at")
        }

        /// `caller` as the Directory has them.
        func merged(_ caller: Caller) -> Caller {
            Caller(
                userID: id, role: role, email: email, firstName: firstName, lastName: lastName,
                issuedAt: caller.issuedAt, expiresAt: caller.expiresAt, channelSession: caller.channelSession,
                login: caller.login
            )
        }

        /// Whether the token says something new and is new enough to be believed.
        func isChanged(by caller: Caller) -> Bool {
            guard caller.changesDirectory, let issuedAt = caller.issuedAt, issuedAt > nameAt else { return false }
            return Email.key(caller.email) != Email.key(email) || caller.role != role
                || !caller.firstName.isEmpty && caller.firstName != firstName
                || !caller.lastName.isEmpty && caller.lastName != lastName
        }
    }

    /// Whom a token's id means: a stored person, somebody made here whom it names for the first time, or nobody yet.
    private enum Identity {
        case known(Row)
        case unbound(local: Int64)
        case unknown
    }

    /// The caller with the Directory's role and names, or nil when an upsert is needed first.
    ///
    /// Throws `token_revoked`, `identity_conflict`, or `unauthenticated` for a token of this hub's own for somebody who
    /// is gone.
    func resolve(_ caller: Caller, in connection: any SQLConnection) throws -> Caller? {
        guard caller.role != .service else {
            try ServiceTokens.requireValid(caller, now: clock.now, in: connection)
            return caller
        }
        return try known(caller, in: connection) { conflicts.add($0) }
    }

    /// The same inside a write. A write may run more than once, so that a conflict is noted only after it.
    func resolve(_ caller: Caller, in transaction: JournalTransaction) throws -> Caller? {
        guard caller.role != .service else { return try resolve(caller, in: transaction.connection) }
        return try known(caller, in: transaction.connection) { note($0, behind: transaction) }
    }

    private func known(
        _ caller: Caller, in connection: any SQLConnection, telling tell: (IdentityConflicts.Conflict) -> Void
    ) throws -> Caller? {
        guard case .known(let row) = try identity(of: caller, in: connection, telling: tell) else { return nil }
        return row.isChanged(by: caller) ? nil : row.merged(caller)
    }

    private func note(_ conflict: IdentityConflicts.Conflict, behind transaction: JournalTransaction) {
        transaction.afterwards { [conflicts] in conflicts.add(conflict) }
    }

    /// The caller as the store has them, while nothing can be written and a newer token brings only another name or
    /// address. Somebody who is not stored yet, or whose role has changed, is told to come again: what the store says
    /// of them is out of date.
    ///
    /// Throws as `resolve`, and `store_unavailable`.
    func resolveUnwritten(_ caller: Caller, in connection: any SQLConnection) throws -> Caller {
        if let known = try resolve(caller, in: connection) { return known }
        // `resolve` has noted a conflict already.
        guard case .known(let row) = try identity(of: caller, in: connection, telling: { _ in }),
            row.role == caller.role
        else {
            throw HubError(.storeUnavailable, retryAfter: 1000)
        }
        return row.merged(caller)
    }

    /// Creates the row on first sight, binds somebody made here, or takes over what a newer token says.
    func upsert(_ caller: Caller, in transaction: JournalTransaction) throws -> Caller {
        let (connection, now) = (transaction.connection, transaction.now)
        guard caller.role != .service else { return caller }
        let tell = { (conflict: IdentityConflicts.Conflict) in note(conflict, behind: transaction) }
        var identity = try identity(of: caller, in: connection, telling: tell)
        if case .unbound(let local) = identity {
            try LocalPeople.bind(local, to: caller.userID, in: transaction)
            identity = try self.identity(of: caller, in: connection, telling: tell)
        }
        guard case .known(let row) = identity else {
            try insert(caller, now: now, in: connection)
            transaction.accessChanged([caller.userID])
            return caller
        }
        guard row.isChanged(by: caller) else { return row.merged(caller) }
        let changed = Caller(
            userID: row.id, role: caller.role, email: caller.email,
            firstName: caller.firstName.isEmpty ? row.firstName : caller.firstName,
            lastName: caller.lastName.isEmpty ? row.lastName : caller.lastName,
            issuedAt: caller.issuedAt, expiresAt: caller.expiresAt, login: caller.login
        )
        try connection.execute(
            """
            UPDATE users SET email = $2, email_key = $3, first_name = $4, last_name = $5, role = $6, name_at = $7,
                updated_at = $8, search_text = $9
            WHERE id = $1
            """,
            [
                .integer(changed.userID), .text(changed.email), .text(Email.key(changed.email)),
                .text(changed.firstName), .text(changed.lastName), .text(changed.role.rawValue),
                // `name_at` may lie after now (`UserStore.nameAt`), and must not go back.
                .timestamp(max(row.nameAt, min(caller.issuedAt ?? now, now))), .timestamp(now),
                .text(SearchText.of(changed)),
            ]
        )
        transaction.accessChanged([row.id])
        return changed
    }

    /// The caller inside a write of something else, such as the admission to a channel. They are brought up to date if
    /// need be; nil when the transaction's scope does not allow that.
    func known(_ caller: Caller, in transaction: JournalTransaction) throws -> Caller? {
        if let known = try resolve(caller, in: transaction) { return known }
        guard transaction.scope.parts.contains(.directory) else { return nil }
        return try upsert(caller, in: transaction)
    }

    /// A caller who was let in a moment ago, as they are in this write. Throws as `resolve`, and `unauthenticated` for
    /// somebody who was deleted meanwhile.
    func confirm(_ caller: Caller, in transaction: JournalTransaction) throws -> Caller {
        guard let known = try resolve(caller, in: transaction) else { throw HubError(.unauthenticated) }
        return known
    }

    private func insert(_ caller: Caller, now: Timestamp, in connection: any SQLConnection) throws {
        try connection.execute(
            """
            INSERT INTO users (id, email, email_key, first_name, last_name, role, name_at, created_at, updated_at,
                search_text)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9)
            """,
            [
                .integer(caller.userID), .text(caller.email), .text(Email.key(caller.email)), .text(caller.firstName),
                .text(caller.lastName), .text(caller.role.rawValue),
                // A token without `iat` counts as infinitely old, so that any token with one may correct it.
                .integer(min(caller.issuedAt?.milliseconds ?? 0, now.milliseconds)), .timestamp(now),
                .text(SearchText.of(caller)),
            ]
        )
    }

    /// Refuses revoked tokens, a sign-in by a teacher's link of somebody who is more than a student now, a guest who
    /// was let go, an e-mail address or an id that belongs to somebody else, and a token of this hub's own for somebody
    /// who is gone.
    private func identity(
        of caller: Caller, in connection: any SQLConnection, telling tell: (IdentityConflicts.Conflict) -> Void
    ) throws -> Identity {
        let row = try row("id = $1", .integer(caller.userID), in: connection) ?? boundRow(caller.userID, in: connection)
        try caller.requireValid(since: row?.optionalTimestamp("tokens_after"), now: clock.now)
        try caller.requireValid(as: row?.word("role"))
        guard caller.changesDirectory else {
            guard let row else { throw HubError(.unauthenticated) }
            if row.text("role") == Caller.Role.guest.rawValue {
                try GuestStore.requireGood(row.integer("id"), now: clock.now, in: connection)
            }
            return .known(Row(row))
        }
        let key = Email.key(caller.email)
        if let row, row.text("email_key") == key { return .known(Row(row)) }
        let owner = try self.row("email_key = $1", .text(key), in: connection)
        // An id that this hub gave out stays with its person, whomever the platform calls by the same number.
        let isOurs =
            try row.map { $0.bool("is_local") || $0.integer("id") != caller.userID }
            ?? LocalPeople.isReserved(caller.userID, in: connection)
        guard !isOurs, row == nil || owner == nil else { throw conflict(caller, with: owner, telling: tell) }
        if let row { return .known(Row(row)) }
        try caller.requireValid(since: UserStore.deletion(of: caller.userID, in: connection), now: clock.now)
        guard let owner else { return .unknown }
        guard owner.bool("is_local"), try Teaching.isOnlyStudent(owner.integer("id"), in: connection) else {
            throw conflict(caller, with: owner, telling: tell)
        }
        try caller.requireValid(since: owner.optionalTimestamp("tokens_after"), now: clock.now)
        return .unbound(local: owner.integer("id"))
    }

    private func conflict(
        _ caller: Caller, with owner: SQLRow?, telling tell: (IdentityConflicts.Conflict) -> Void
    ) -> HubError {
        tell(
            IdentityConflicts.Conflict(
                userID: caller.userID, email: caller.email, ownerID: owner?.integer("id"), lastAt: clock.now
            )
        )
        return HubError(.identityConflict)
    }

    /// The row of somebody who was bound to another id after their token was issued: the token still has the id from
    /// here.
    private func boundRow(_ id: Int64, in connection: any SQLConnection) throws -> SQLRow? {
        guard let bound = try LocalPeople.boundID(id, in: connection) else { return nil }
        return try row("id = $1", .integer(bound), in: connection)
    }

    private func row(_ condition: String, _ value: SQLValue, in connection: any SQLConnection) throws -> SQLRow? {
        try connection.first(
            """
            SELECT id, email, email_key, first_name, last_name, role, name_at, tokens_after, is_local
            FROM users WHERE \(condition)
            """,
            [value]
        )
    }
}
