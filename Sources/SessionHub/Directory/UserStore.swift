package import Database

/// Reads and writes `users` for the Directory.
package enum UserStore {
    package static func find(_ id: Int64, in connection: any SQLConnection) throws -> DirectoryUser? {
        try connection.first(
            "SELECT id, email, first_name, last_name, role, avatar FROM users WHERE id = $1", [.integer(id)]
        ).map(user)
    }

    /// A page of people by name, and how many there are; `search` looks into names and addresses.
    package static func list(
        _ page: Page, search: SearchText, role: String?, in connection: any SQLConnection
    ) throws -> (users: [DirectoryUser], total: Int64) {
        let filter = """
            FROM users
            WHERE (lower(first_name || ' ' || last_name) LIKE $1 ESCAPE '\\' OR email_key LIKE $1 ESCAPE '\\')
                AND ($2 = '' OR role = $2)
            """
        let parameters: [SQLValue] = [.text(search.pattern), .text(role ?? "")]
        let rows = try connection.query(
            """
            SELECT id, email, first_name, last_name, role, avatar \(filter)
            ORDER BY last_name, first_name, id LIMIT $3 OFFSET $4
            """,
            parameters + [.integer(page.limit), .integer(page.offset)]
        )
        let total = try connection.first("SELECT count(*) AS total \(filter)", parameters)?.integer("total") ?? 0
        return (rows.map(user), total)
    }

    /// From now on only tokens issued later count, and no sign-in link made until now. Throws `user_not_found`.
    package static func revokeTokens(of id: Int64, now: Timestamp, in connection: any SQLConnection) throws {
        let changed = try connection.execute(
            "UPDATE users SET tokens_after = $2, updated_at = $2 WHERE id = $1", [.integer(id), .timestamp(now)]
        )
        guard changed > 0 else { throw HubError(.userNotFound) }
        try SignInCodes.deleteAll(of: id, in: connection)
    }

    /// Creates or changes a person by the platform's word, which is newer than every token issued until now.
    ///
    /// A new id with the address of somebody made here binds them to it (`LocalPeople`).
    ///
    /// - Returns: the person, and by which id, if any, they are known to whom this may change what they are allowed to do.
    package static func put(
        _ id: Int64, _ change: UserChange, now: Timestamp, in connection: any SQLConnection
    ) throws -> (user: DirectoryUser, accessChanged: Int64?) {
        var old = try find(id, in: connection)
        var bound: Int64?
        if old == nil, !LocalPeople.isLocal(id), let email = change.email {
            let owner = try connection.first("SELECT id FROM users WHERE email_key = $1", [.text(Email.key(email))])
            bound = owner.map { $0.integer("id") }.flatMap { LocalPeople.isLocal($0) ? $0 : nil }
            if let bound {
                try LocalPeople.bind(bound, to: id, now: now, in: connection)
                old = try find(id, in: connection)
            }
        }
        guard let user = change.applied(to: old, id: id) else {
            throw HubError.invalid("email", Localized(en: "email is required.", fr: "email est obligatoire."))
        }
        let key = Email.key(user.email)
        let owner = try connection.first("SELECT id FROM users WHERE email_key = $1", [.text(key)])
        guard owner.map({ $0.integer("id") == id }) ?? true else {
            throw HubError(
                .identityConflict, field: "email",
                Localized(
                    en: "This e-mail address belongs to another person.",
                    fr: "Cette adresse e-mail appartient à une autre personne."
                )
            )
        }
        try connection.execute(
            """
            INSERT INTO users (id, email, email_key, first_name, last_name, role, avatar, name_at, created_at, updated_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $8)
            ON CONFLICT (id) DO UPDATE SET email = excluded.email, email_key = excluded.email_key,
                first_name = excluded.first_name, last_name = excluded.last_name, role = excluded.role,
                avatar = excluded.avatar, name_at = excluded.name_at, updated_at = excluded.updated_at
            """,
            [
                .integer(id), .text(user.email), .text(key), .text(user.firstName), .text(user.lastName),
                .text(user.role.rawValue), .optional(user.avatar), .timestamp(now),
            ]
        )
        return (user, bound ?? (old.map { $0.role != user.role } == true ? id : nil))
    }

    package static func exists(_ id: Int64, in connection: any SQLConnection) throws -> Bool {
        try connection.first("SELECT id FROM users WHERE id = $1", [.integer(id)]) != nil
    }

    static func user(_ row: SQLRow) -> DirectoryUser {
        var user = DirectoryUser(id: row.integer("id"), email: row.text("email"))
        user.firstName = row.text("first_name")
        user.lastName = row.text("last_name")
        user.role = row.word("role")
        user.avatar = row.optionalText("avatar")
        return user
    }
}

/// What somebody typed into a search field, as a pattern for LIKE; empty finds everything.
package struct SearchText: Sendable {
    package let pattern: String

    package init(_ text: String?) {
        var escaped = ""
        for character in (text ?? "").trimmed.lowercased() {
            if character == "%" || character == "_" || character == "\\" { escaped.append("\\") }
            escaped.append(character)
        }
        pattern = "%\(escaped)%"
    }
}
