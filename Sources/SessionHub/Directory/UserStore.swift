package import Database

/// Reads and writes `users` for the Directory.
package enum UserStore {
    package static func find(_ id: Int64, in connection: any SQLConnection) throws -> DirectoryUser? {
        try connection.first(
            "SELECT id, email, first_name, last_name, role, avatar FROM users WHERE id = $1", [.integer(id)]
        ).map(user)
    }

    /// Which people a list holds.
    package struct Filter: Sendable {
        package var search = SearchText(nil)
        package var role: Caller.Role?
        /// Members of this course.
        package var course: Int64?

        package init() {}
    }

    /// A page of people by name, and how many there are.
    package static func list(
        _ page: Page, _ wanted: Filter, in connection: any SQLConnection
    ) throws -> (users: [DirectoryUser], total: Int64) {
        let filter = """
            FROM users
            WHERE ($1 = '' OR role = $1) AND ($2 = 0 OR EXISTS (SELECT 1 FROM enrollments e
                WHERE e.course_id = $2 AND e.user_id = users.id AND e.is_active = 1))
                \(wanted.search.condition(on: "search_text", first: 3))
            """
        let parameters: [SQLValue] =
            [.text(wanted.role?.rawValue ?? ""), .integer(wanted.course ?? 0)] + wanted.search.values
        let rows = try connection.query(
            """
            SELECT id, email, first_name, last_name, role, avatar \(filter)
            ORDER BY search_text, id \(page.clause(after: parameters))
            """,
            parameters + page.values
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
        let owner = try self.owner(of: key, in: connection)
        guard owner == nil || owner == id else { throw emailTaken(.identityConflict) }
        try connection.execute(
            """
            INSERT INTO users (id, email, email_key, first_name, last_name, role, avatar, name_at, created_at, updated_at,
                search_text)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $8, $9)
            ON CONFLICT (id) DO UPDATE SET email = excluded.email, email_key = excluded.email_key,
                first_name = excluded.first_name, last_name = excluded.last_name, role = excluded.role,
                avatar = excluded.avatar, name_at = excluded.name_at, updated_at = excluded.updated_at,
                search_text = excluded.search_text
            """,
            [
                .integer(id), .text(user.email), .text(key), .text(user.firstName), .text(user.lastName),
                .text(user.role.rawValue), .optional(user.avatar), .timestamp(now), .text(SearchText.of(user)),
            ]
        )
        return (user, bound ?? (old.map { $0.role != user.role } == true ? id : nil))
    }

    /// A person whom the platform has not named yet, with an id of ours. Throws `conflict` for an e-mail that somebody has.
    package static func create(
        _ change: UserChange, now: Timestamp, in connection: any SQLConnection
    ) throws -> DirectoryUser {
        if let email = change.email, try owner(of: Email.key(email), in: connection) != nil {
            throw emailTaken(.conflict)
        }
        return try put(MadeID.users.take(in: connection), change, now: now, in: connection).user
    }

    static func owner(of key: String, in connection: any SQLConnection) throws -> Int64? {
        try connection.first("SELECT id FROM users WHERE email_key = $1", [.text(key)])?.integer("id")
    }

    static func emailTaken(_ code: ErrorCode) -> HubError {
        HubError(
            code, field: "email",
            Localized(
                en: "This e-mail address belongs to another person.",
                fr: "Cette adresse e-mail appartient à une autre personne."
            )
        )
    }

    /// Removes a person, with their enrollments and sign-in links.
    ///
    /// Throws `user_not_found`, and `conflict` for somebody who teaches or who was in a class: what a school must keep names
    /// them. What they did as a host over REST alone does not hold them; it is then told of `#id`.
    package static func delete(_ id: Int64, in connection: any SQLConnection) throws {
        do {
            guard try connection.execute("DELETE FROM users WHERE id = $1", [.integer(id)]) > 0 else {
                throw HubError(.userNotFound)
            }
        } catch let error as SQLError where error.code == .foreignKeyViolation {
            throw HubError(
                .conflict,
                Localized(
                    en: "This person teaches, or was in a class: what must be kept names them. "
                        + "End their enrollments instead.",
                    fr: "Cette personne enseigne ou a suivi une classe : ce qui doit être conservé la nomme. "
                        + "Mettez plutôt fin à ses inscriptions."
                )
            )
        }
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
