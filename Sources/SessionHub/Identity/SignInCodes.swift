import Database
import Tokens

/// One-use codes of sign-in links: 32 random bytes that only their holder knows; the store keeps their SHA-256.
enum SignInCodes {
    /// What a link is for, and how many seconds it may live.
    enum Purpose: String, Sendable, CaseIterable {
        case signIn = "sign_in"
        case resetPassword = "reset_password"

        var standardLifetime: Int64 { self == .signIn ? 24 * 3600 : 3600 }
        var longestLifetime: Int64 { self == .signIn ? 30 * 86_400 : 24 * 3600 }
    }

    /// How many links of one person work at the same time. One more ends the link that would expire first.
    static let mostPerPerson = 20

    /// The person whom a code lets in, and what the link was made for.
    struct Entrance: Sendable, Equatable {
        let user: Int64
        let purpose: Purpose
        /// Whether a teacher made the link, and not an administrator or the command line.
        let isByHost: Bool
    }

    /// Makes a code for `user`, in the writer's transaction. The person's expired codes are deleted; others stay good.
    ///
    /// - Parameter maker: whoever asked for it; nil for the command line of the hub's own machine.
    static func create(
        user: Int64, purpose: Purpose = .signIn, by maker: Caller? = nil, now: Timestamp, expiresAt: Timestamp,
        in connection: any SQLConnection
    ) throws -> String {
        try connection.execute(
            """
            DELETE FROM sign_in_codes WHERE user_id = $1 AND (expires_at <= $2 OR code_hash NOT IN (
                SELECT code_hash FROM sign_in_codes WHERE user_id = $1 ORDER BY expires_at DESC LIMIT $3))
            """,
            [.integer(user), .timestamp(now), .integer(Int64(mostPerPerson - 1))]
        )
        let code = Base64URL.encode(Random.bytes(32))
        try connection.execute(
            """
            INSERT INTO sign_in_codes
                (code_hash, user_id, purpose, made_by_host, expires_at, made_by, made_by_service, made_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """,
            [
                .text(hash(code)), .integer(user), .text(purpose.rawValue),
                .bool(maker.map { !$0.isAdministrator } ?? false), .timestamp(expiresAt),
                .optional(maker.flatMap { $0.role == .service ? nil : $0.userID }), .optional(maker?.service),
                .timestamp(now),
            ]
        )
        return code
    }

    /// Uses up a code. Looking it up deletes the row, so that of two exchanges at the same time only one succeeds.
    ///
    /// Nil for a code that is unknown, used or expired, and for one that its maker could not make any more. An error in
    /// place of nil would undo the deletion.
    static func consume(
        _ code: String, now: Timestamp, in connection: any SQLConnection
    ) throws -> Entrance? {
        let row = try connection.first(
            """
            DELETE FROM sign_in_codes WHERE code_hash = $1
            RETURNING user_id, purpose, made_by_host, expires_at, made_by, made_by_service, made_at
            """,
            [.text(hash(code))]
        )
        guard let row, row.timestamp("expires_at") > now else { return nil }
        let entrance = Entrance(
            user: row.integer("user_id"), purpose: row.word("purpose"), isByHost: row.bool("made_by_host")
        )
        return try isGood(entrance, row, in: connection) ? entrance : nil
    }

    /// Whether whoever made the link could make it now: whatever ends their tokens or their right ends their links.
    private static func isGood(
        _ entrance: Entrance, _ row: SQLRow, in connection: any SQLConnection
    ) throws -> Bool {
        guard try !entrance.isByHost || Teaching.isOnlyStudent(entrance.user, in: connection) else { return false }
        let madeAt = row.optionalTimestamp("made_at") ?? Timestamp(milliseconds: 0)
        if let service = row.optionalText("made_by_service") {
            return try ServiceTokens.isTrusted(service, since: madeAt, in: connection)
        }
        guard let maker = row.optionalInteger("made_by") else { return true }
        let found = try connection.first("SELECT role, tokens_after FROM users WHERE id = $1", [.integer(maker)])
        guard let found, found.optionalTimestamp("tokens_after").map({ $0 < madeAt }) ?? true else { return false }
        if found.text("role") == Caller.Role.admin.rawValue { return true }
        return try entrance.isByHost && ClassList.teaches(maker, student: entrance.user, in: connection)
    }

    private static func hash(_ code: String) -> String { Hex.encode(SHA256.hash(Array(code.utf8))) }
}

extension Login.Way {
    init(_ entrance: SignInCodes.Entrance) {
        self =
            switch entrance.purpose {
            case .resetPassword: .reset
            case .signIn: entrance.isByHost ? .link : .invitation
            }
    }
}
