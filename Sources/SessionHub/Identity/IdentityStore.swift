package import Database

/// What the Directory knows of a caller: their row in `users`, and when a token may change it.
///
/// The Directory's role and names win; a token changes them, and the e-mail, only when its `iat` is newer than
/// `name_at`. A channel token changes nothing. People made here (ids from 1,000,000,000) are not bound to a platform's id
/// yet: a token with their e-mail and another id is an identity conflict.
package struct IdentityStore: Sendable {
    package init() {}

    private struct Row {
        let email: String
        let firstName: String
        let lastName: String
        let role: Caller.Role
        let nameAt: Timestamp

        init(_ row: SQLRow) {
            email = row.text("email")
            firstName = row.text("first_name")
            lastName = row.text("last_name")
            role = row.word("role")
            nameAt = row.timestamp("name_at")
        }

        /// `caller` as the Directory has them.
        func merged(_ caller: Caller) -> Caller {
            Caller(
                userID: caller.userID, role: role, email: email, firstName: firstName, lastName: lastName,
                issuedAt: caller.issuedAt, expiresAt: caller.expiresAt, channelSession: caller.channelSession
            )
        }

        /// Whether the token says something new and is new enough to be believed.
        func isChanged(by caller: Caller) -> Bool {
            guard caller.channelSession == nil, let issuedAt = caller.issuedAt, issuedAt > nameAt else { return false }
            return Email.key(caller.email) != Email.key(email) || caller.role != role
                || !caller.firstName.isEmpty && caller.firstName != firstName
                || !caller.lastName.isEmpty && caller.lastName != lastName
        }
    }

    /// The caller with the Directory's role and names, or nil when an upsert is needed first.
    ///
    /// Throws `token_revoked`, `identity_conflict`, or `unauthenticated` for a channel token of somebody who is gone.
    package func resolve(_ caller: Caller, in connection: any SQLConnection) throws -> Caller? {
        guard caller.role != .service else { return caller }
        guard let row = try row(of: caller, in: connection) else {
            guard caller.channelSession == nil else { throw HubError(.unauthenticated) }
            return nil
        }
        return row.isChanged(by: caller) ? nil : row.merged(caller)
    }

    /// Creates the row on first sight, or takes over what a newer token says; in the writer's transaction.
    package func upsert(_ caller: Caller, now: Timestamp, in connection: any SQLConnection) throws -> Caller {
        guard caller.role != .service else { return caller }
        guard let row = try row(of: caller, in: connection) else {
            guard caller.channelSession == nil else { throw HubError(.unauthenticated) }
            try insert(caller, now: now, in: connection)
            return caller
        }
        guard row.isChanged(by: caller) else { return row.merged(caller) }
        let changed = Caller(
            userID: caller.userID, role: caller.role, email: caller.email,
            firstName: caller.firstName.isEmpty ? row.firstName : caller.firstName,
            lastName: caller.lastName.isEmpty ? row.lastName : caller.lastName,
            issuedAt: caller.issuedAt, expiresAt: caller.expiresAt
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
                .timestamp(min(caller.issuedAt ?? now, now)), .timestamp(now), .text(SearchText.of(changed)),
            ]
        )
        return changed
    }

    /// For a writer that wants the caller in its own transaction (admission to a channel).
    package func resolveOrUpsert(
        _ caller: Caller, now: Timestamp, in connection: any SQLConnection
    ) throws -> Caller {
        try resolve(caller, in: connection) ?? upsert(caller, now: now, in: connection)
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
                // A token without `iat` names somebody once; any token with one may correct it.
                .integer(min(caller.issuedAt?.milliseconds ?? 0, now.milliseconds)), .timestamp(now),
                .text(SearchText.of(caller)),
            ]
        )
    }

    /// The row of the caller's id; refuses revoked tokens, and an e-mail that is somebody else's.
    private func row(of caller: Caller, in connection: any SQLConnection) throws -> Row? {
        let found = try connection.first(
            """
            SELECT id, email, email_key, first_name, last_name, role, name_at, tokens_after
            FROM users WHERE id = $1
            """,
            [.integer(caller.userID)]
        )
        try caller.requireValid(since: found?.optionalTimestamp("tokens_after"))
        let key = Email.key(caller.email)
        if caller.channelSession == nil, found?.text("email_key") != key {
            let owner = try connection.first("SELECT id FROM users WHERE email_key = $1", [.text(key)])
            guard owner == nil else { throw HubError(.identityConflict) }
        }
        return found.map(Row.init)
    }
}
