package import Database
import Tokens

/// One-use codes of sign-in links: 32 random bytes that only their holder knows; the store keeps their SHA-256.
package enum SignInCodes {
    /// A new code for `user`, in the writer's transaction. Forgets expired ones on the way.
    package static func create(
        user: Int64, now: Timestamp, expiresAt: Timestamp, in connection: any SQLConnection
    ) throws -> String {
        try connection.execute("DELETE FROM sign_in_codes WHERE expires_at <= $1", [.timestamp(now)])
        let code = Base64URL.encode(Random.bytes(32))
        try connection.execute(
            "INSERT INTO sign_in_codes (code_hash, user_id, expires_at) VALUES ($1, $2, $3)",
            [.text(hash(code)), .integer(user), .timestamp(expiresAt)]
        )
        return code
    }

    /// The person of a code, once: the row goes with the look-up, so two exchanges at the same time cannot both succeed.
    ///
    /// Nil for an unknown, used or expired code. (Nil and no error, because an error would undo the deletion.)
    package static func consume(_ code: String, now: Timestamp, in connection: any SQLConnection) throws -> Int64? {
        let row = try connection.first(
            "DELETE FROM sign_in_codes WHERE code_hash = $1 RETURNING user_id, expires_at", [.text(hash(code))]
        )
        guard let row, row.timestamp("expires_at") > now else { return nil }
        return row.integer("user_id")
    }

    private static func hash(_ code: String) -> String { Hex.encode(SHA256.hash(Array(code.utf8))) }
}
