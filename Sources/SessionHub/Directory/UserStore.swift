import Database

/// Reads and writes `users` for the Directory.
enum UserStore {
    static let columns = Columns<DirectoryUser>(
        .text("email", \.email), .text("first_name", \.firstName), .text("last_name", \.lastName),
        .word("role", \.role),
        .text("avatar", \.avatar), .bool("is_local", \.isLocal),
        .computed("email_key") { .text(Email.key($0.email)) }, .computed("search_text") { .text(SearchText.of($0)) }
    )

    /// A person of the Directory. Guests of a class are none, and found here by nobody.
    static func find(_ id: Int64, in connection: any SQLConnection) throws -> DirectoryUser? {
        try connection.first(
            "SELECT id, \(columns.list) FROM users WHERE id = $1 AND role <> 'guest'", [.integer(id)]
        ).map(user)
    }

    /// Which people a list holds.
    struct Filter: Sendable {
        var search = SearchText(nil)
        var role: Caller.Role?
        /// Only members of this course.
        var course: Int64?
        /// Only the person who has this address.
        var email: String?

        init() {}
    }

    /// A page of people by name, and how many there are.
    static func list(
        _ page: Page, _ wanted: Filter, in connection: any SQLConnection
    ) throws -> (users: [DirectoryUser], total: Int64) {
        let filter = """
            FROM users
            WHERE role <> 'guest' AND ($1 = '' OR role = $1) AND ($2 = 0 OR EXISTS (SELECT 1 FROM enrollments e
                WHERE e.course_id = $2 AND e.user_id = users.id AND e.is_active = 1))
                AND ($3 = '' OR email_key = $3)
                \(wanted.search.condition(on: "search_text", first: 4))
            """
        let parameters: [SQLValue] =
            [
                .text(wanted.role?.rawValue ?? ""), .integer(wanted.course ?? 0),
                .text(wanted.email.map(Email.key) ?? ""),
            ] + wanted.search.values
        let rows = try connection.query(
            """
            SELECT id, \(columns.list) \(filter)
            ORDER BY search_text, id \(page.clause(after: parameters))
            """,
            parameters + page.values
        )
        let total = try connection.first("SELECT count(*) AS total \(filter)", parameters)?.integer("total") ?? 0
        return (rows.map(user), total)
    }

    /// Ends every token and every sign-in link that the person has. Throws `user_not_found`.
    ///
    /// - Returns: the time of the revocation, before which no token of the person may be issued to count.
    @discardableResult
    static func revokeTokens(of id: Int64, in transaction: JournalTransaction) throws -> Timestamp {
        let now = transaction.latest
        let changed = try transaction.connection.execute(
            "UPDATE users SET tokens_after = $2, updated_at = $2 WHERE id = $1", [.integer(id), .timestamp(now)]
        )
        guard changed > 0 else { throw HubError(.userNotFound) }
        try transaction.connection.execute("DELETE FROM sign_in_codes WHERE user_id = $1", [.integer(id)])
        transaction.accessChanged([id])
        return now
    }

    /// Creates or changes a person by the platform's word, which is newer than every token issued until now.
    ///
    /// A new id with the address of somebody made here binds them to it (`LocalPeople`).
    ///
    /// - Parameters:
    ///   - isPlatform: whether a service asks. A service that sends another address for somebody made here means
    ///     another person; somebody who administers may well correct the address.
    ///   - isLocal: whether a new person is made here.
    /// - Returns: the person; whether nobody had the id before; and whether the person was made here and has just been
    ///   bound to the id, so that their tokens name an older one.
    static func put(
        _ id: Int64, _ change: UserChange, isPlatform: Bool = false, isLocal: Bool = false,
        in transaction: JournalTransaction
    ) throws -> (user: DirectoryUser, isNew: Bool, isBound: Bool) {
        let (connection, now) = (transaction.connection, transaction.now)
        var old = try find(id, in: connection)
        try requireSamePerson(id, old, change, isPlatform: isPlatform, in: connection)
        let isNew = old == nil
        let isBound = try isNew && !isLocal && bindOwner(of: change.email, to: id, in: transaction)
        if isBound { old = try find(id, in: connection) }
        guard var user = change.applied(to: old, id: id) else {
            throw HubError.invalid("email", Localized(en: "email is required.", fr: "email est obligatoire."))
        }
        if old == nil { user.isLocal = isLocal }
        let owner = try self.owner(of: Email.key(user.email), in: connection)
        guard owner == nil || owner == id else { throw emailTaken(.identityConflict) }
        if old?.role == .admin, user.role != .admin { try LastAdministrator.require(besides: id, in: connection) }
        try connection.execute(
            """
            INSERT INTO users (id, name_at, created_at, updated_at, \(columns.list))
            VALUES ($1, $2, $3, $3, \(columns.parameters(from: 4)))
            ON CONFLICT (id) DO UPDATE SET \(columns.excluded), name_at = excluded.name_at, updated_at = excluded.updated_at
            """,
            [.integer(id), .timestamp(nameAt(now)), .timestamp(now)] + columns.values(of: user)
        )
        // Nobody can be on a channel under an id that they got just now.
        if !isBound, let old, user.isSeenOtherwise(than: old) { transaction.accessChanged([id]) }
        return (user, isNew, isBound)
    }

    /// The time after which a token of the platform is newer than what the Directory says at `now`. It is later than
    /// `now`: a clock that is ahead must not let an old token give back a role or an address that was taken away.
    static func nameAt(_ now: Timestamp) -> Timestamp { now + Caller.clockTolerance }

    /// Refuses an id that means two people. One that this hub gave out stays with its person: a service that sends it
    /// with another address means somebody else, to whom the platform gave the same number.
    private static func requireSamePerson(
        _ id: Int64, _ old: DirectoryUser?, _ change: UserChange, isPlatform: Bool, in connection: any SQLConnection
    ) throws {
        guard let old else { return try LocalPeople.requireFree(id, in: connection) }
        guard isPlatform, old.isLocal, let email = change.email else { return }
        guard Email.key(email) == Email.key(old.email) else { throw LocalPeople.taken(id) }
    }

    /// - Returns: whether somebody made here had the address; they have the new id now.
    private static func bindOwner(
        of email: String?, to id: Int64, in transaction: JournalTransaction
    ) throws -> Bool {
        let connection = transaction.connection
        guard let email, let owner = try owner(of: Email.key(email), in: connection),
            try find(owner, in: connection)?.isLocal == true
        else { return false }
        try LocalPeople.bind(owner, to: id, in: transaction)
        return true
    }

    /// Creates a person whom the platform has not named yet, with an id of this hub's own. Throws `conflict` when
    /// somebody has the e-mail address.
    static func create(_ change: UserChange, in transaction: JournalTransaction) throws -> DirectoryUser {
        let connection = transaction.connection
        if let email = change.email, try owner(of: Email.key(email), in: connection) != nil {
            throw emailTaken(.conflict)
        }
        return try put(MadeID.users.take(in: connection), change, isLocal: true, in: transaction).user
    }

    /// When somebody with this id was deleted; nil when nobody was.
    static func deletion(of id: Int64, in connection: any SQLConnection) throws -> Timestamp? {
        try connection.first("SELECT tokens_after FROM deleted_users WHERE id = $1", [.integer(id)])?
            .timestamp("tokens_after")
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

    /// Removes a person, with their enrollments and sign-in links. The tokens issued until now end for good.
    ///
    /// Throws `user_not_found`, and `conflict` for the last administrator and for somebody who teaches or who was in a
    /// class: what a school must keep names them. Somebody who only acted as a host over REST can be removed; what they
    /// did is then told of `#id`.
    static func delete(_ id: Int64, in transaction: JournalTransaction) throws {
        let (connection, now) = (transaction.connection, transaction.latest)
        guard let person = try find(id, in: connection) else { throw HubError(.userNotFound) }
        if person.role == .admin {
            try LastAdministrator.require(besides: id, in: connection)
        }
        try connection.execute(
            "INSERT INTO retired_user_ids (id, retired_at) SELECT id, $2 FROM users WHERE id = $1 AND is_local = 1",
            [.integer(id), .timestamp(now)]
        )
        try connection.execute(
            """
            INSERT INTO deleted_users (id, tokens_after) VALUES ($1, $2)
            ON CONFLICT (id) DO UPDATE SET tokens_after = excluded.tokens_after
            """,
            [.integer(id), .timestamp(now)]
        )
        do {
            // Where an error ends the whole transaction, as on PostgreSQL, the savepoint keeps the rest of it.
            try connection.savepoint {
                guard try connection.execute("DELETE FROM users WHERE id = $1", [.integer(id)]) > 0 else {
                    throw HubError(.userNotFound)
                }
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
        transaction.accessChanged([id])
    }

    static func exists(_ id: Int64, in connection: any SQLConnection) throws -> Bool {
        try find(id, in: connection) != nil
    }

    static func user(_ row: SQLRow) -> DirectoryUser {
        var user = DirectoryUser(id: row.integer("id"), email: "")
        columns.read(row, into: &user)
        return user
    }
}
