import Database

/// Somebody from outside whom a host lets into one class, by name.
struct Guest: Sendable, Equatable {
    /// The person's id in `users`, one of this hub's own.
    let id: Int64
    let session: Int64
    let name: String
    /// The number of the newest link, which is the only one that works.
    let link: Int64
    /// The host who made it; nil for a service of the platform.
    let createdBy: Person?
    let createdAt: Timestamp
    let expiresAt: Timestamp
    let revokedAt: Timestamp?
    let erasedAt: Timestamp?
    /// When the guest was first let in; nil for one who has not come.
    let joinedAt: Timestamp?
    let isBanned: Bool

    func isGood(at now: Timestamp) -> Bool { revokedAt == nil && expiresAt > now }
}

/// Reads and writes guests: a row of `live_session_guests`, which says the class, beside one of `users` with the role
/// `guest`. What writes runs in the writer's transaction, in a scope with the Directory.
///
/// A guest has no e-mail. The key of addresses is one that no address has, so that no token and no list of the platform
/// can ever mean a guest.
enum GuestStore {
    /// What stands in the place of the name of a guest who was forgotten.
    static let nobody = "Guest"

    /// - Parameter maker: the host; nil for a service.
    static func create(
        _ name: String, in session: Int64, by maker: Int64?, now: Timestamp, expiresAt: Timestamp,
        connection: any SQLConnection
    ) throws -> Int64 {
        let id = try MadeID.users.take(in: connection)
        try connection.execute(
            """
            INSERT INTO users (id, email, email_key, first_name, role, is_local, search_text, name_at, created_at, updated_at)
            VALUES ($1, '', $2, $3, 'guest', 1, $4, $5, $5, $5)
            """,
            [
                .integer(id), .text("guest:\(id)"), .text(name), .text(searchText(of: id, name)), .timestamp(now),
            ]
        )
        try connection.execute(
            """
            INSERT INTO live_session_guests (user_id, session_id, created_by, created_at, expires_at)
            VALUES ($1, $2, $3, $4, $5)
            """,
            [.integer(id), .integer(session), .optional(maker), .timestamp(now), .timestamp(expiresAt)]
        )
        return id
    }

    private static func searchText(of id: Int64, _ name: String) -> String {
        var person = DirectoryUser(id: id, email: "")
        person.firstName = name
        return SearchText.of(person)
    }

    /// Refuses a guest who was let go, and one whose time is over. Throws `forbidden`, `token_expired`.
    static func requireGood(_ id: Int64, now: Timestamp, in connection: any SQLConnection) throws {
        let row = try connection.first(
            "SELECT expires_at FROM live_session_guests WHERE user_id = $1 AND revoked_at IS NULL", [.integer(id)]
        )
        guard let row else { throw HubError(.forbidden, ended) }
        guard row.timestamp("expires_at") > now else { throw HubError(.tokenExpired) }
    }

    private static let ended = Localized(
        en: "The host has ended your invitation to this class.",
        fr: "La personne qui tient cette classe a mis fin à votre invitation."
    )

    /// - Parameter includingHidden: also finds the guest of a class that was deleted and is kept for its attendance.
    static func find(
        _ id: Int64, includingHidden: Bool = false, in connection: any SQLConnection
    ) throws -> Guest? {
        try connection.first(
            "\(select) WHERE g.user_id = $1 AND (s.deleted_at IS NULL OR $2 = 1)",
            [.integer(id), .bool(includingHidden)]
        ).map(guest)
    }

    /// All guests of a class, the newest first.
    static func all(of session: Int64, in connection: any SQLConnection) throws -> [Guest] {
        try connection.query(
            "\(select) WHERE g.session_id = $1 ORDER BY g.created_at DESC, g.user_id DESC", [.integer(session)]
        ).map(guest)
    }

    private static let select = """
        SELECT g.user_id, g.session_id, g.link, g.created_by, g.created_at, g.expires_at, g.revoked_at, g.erased_at,
            u.first_name, c.first_name AS c_first_name, c.last_name AS c_last_name, c.avatar AS c_avatar,
            p.first_joined_at, x.banned_at, b.banned_at AS course_banned_at
        FROM live_session_guests g
        JOIN live_sessions s ON s.id = g.session_id
        JOIN users u ON u.id = g.user_id
        LEFT JOIN users c ON c.id = g.created_by
        LEFT JOIN live_session_participants p ON p.session_id = g.session_id AND p.user_id = g.user_id
        LEFT JOIN live_session_sanctions x ON x.session_id = g.session_id AND x.user_id = g.user_id
        LEFT JOIN course_bans b ON b.course_id = s.course_id AND b.user_id = g.user_id
        """

    private static func guest(_ row: SQLRow) -> Guest {
        Guest(
            id: row.integer("user_id"), session: row.integer("session_id"), name: row.text("first_name"),
            link: row.integer("link"),
            createdBy: row.optionalInteger("created_by").map { Person($0, of: row, prefix: "c_") },
            createdAt: row.timestamp("created_at"), expiresAt: row.timestamp("expires_at"),
            revokedAt: row.optionalTimestamp("revoked_at"), erasedAt: row.optionalTimestamp("erased_at"),
            joinedAt: row.optionalTimestamp("first_joined_at"),
            isBanned: row.optionalInteger("banned_at") != nil || row.optionalInteger("course_banned_at") != nil
        )
    }

    /// How many guests of a class can come in.
    static func countGood(in session: Int64, now: Timestamp, connection: any SQLConnection) throws -> Int64 {
        try connection.first(
            """
            SELECT COUNT(*) AS total FROM live_session_guests g
            WHERE g.session_id = $1 AND g.revoked_at IS NULL AND g.expires_at > $2 AND NOT EXISTS (
                SELECT 1 FROM live_session_sanctions x
                WHERE x.session_id = $1 AND x.user_id = g.user_id AND x.banned_at IS NOT NULL)
            """,
            [.integer(session), .timestamp(now)]
        )?.integer("total") ?? 0
    }

    // MARK: - Changes

    /// Makes another link: the one before and every token of the guest end.
    static func renew(_ id: Int64, expiresAt: Timestamp, in transaction: JournalTransaction) throws {
        try transaction.connection.execute(
            "UPDATE live_session_guests SET link = link + 1, expires_at = $2 WHERE user_id = $1",
            [.integer(id), .timestamp(expiresAt)]
        )
        try UserStore.revokeTokens(of: id, in: transaction)
    }

    static func revoke(_ id: Int64, in transaction: JournalTransaction) throws {
        try transaction.connection.execute(
            "UPDATE live_session_guests SET revoked_at = $2 WHERE user_id = $1 AND revoked_at IS NULL",
            [.integer(id), .timestamp(transaction.now)]
        )
        transaction.accessChanged([id])
    }

    /// Takes the guest's name out of the store. The person stays, because attendance and the journal name them.
    static func forget(_ id: Int64, in transaction: JournalTransaction) throws {
        let (connection, now) = (transaction.connection, transaction.now)
        try connection.execute(
            "UPDATE users SET first_name = $2, search_text = $3, updated_at = $4 WHERE id = $1",
            [.integer(id), .text(nobody), .text(searchText(of: id, nobody)), .timestamp(now)]
        )
        try connection.execute(
            "UPDATE live_session_guests SET erased_at = $2 WHERE user_id = $1", [.integer(id), .timestamp(now)]
        )
    }

    /// Removes the guests of a class that nobody attended, together with it. Nobody gets their ids again.
    ///
    /// - Parameter delete: deletes the class.
    static func deleteAll(
        of session: Int64, now: Timestamp, in connection: any SQLConnection, with delete: () throws -> Void
    ) throws {
        let guests = try connection.query(
            "SELECT user_id FROM live_session_guests WHERE session_id = $1", [.integer(session)]
        ).map { SQLValue.integer($0.integer("user_id")) }
        try delete()
        for guest in guests {
            try connection.execute(
                "INSERT INTO retired_user_ids (id, retired_at) VALUES ($1, $2)", [guest, .timestamp(now)]
            )
            try connection.execute("DELETE FROM users WHERE id = $1", [guest])
        }
    }
}
