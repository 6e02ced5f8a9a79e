package import Database
import Foundation

/// The services of the platform whose tokens this hub knows by name, and what was revoked.
///
/// A service that is not in the table may come in as well: the platform's back end has the secret and may mint its own
/// tokens. A name that was revoked is refused, however new the token, until `amphi token --service` mints one for it
/// here.
package enum ServiceTokens {
    package struct Entry: Sendable {
        package let name: String
        package let createdAt: Timestamp
        package let revokedAt: Timestamp?
    }

    /// Whether a service may have this name.
    package static func isPlausible(_ name: String) -> Bool {
        name == name.trimmed && 1...64 ~= name.characterCount && !name.hasControlCharacters
    }

    /// A name in the one form in which the store compares it: a revocation must meet every spelling of the same
    /// letters.
    static func clean(_ name: String) -> String { name.precomposedStringWithCanonicalMapping }

    /// Refuses a revoked service (`token_revoked`). This is read on every request and never cached, so that a
    /// revocation, also one by another process, holds from the next request on.
    static func requireValid(
        _ caller: Caller, now: Timestamp, in connection: any SQLConnection
    ) throws {
        guard let name = caller.service else { throw HubError(.unauthenticated) }
        let row = try connection.first(
            "SELECT tokens_after, revoked_at FROM service_tokens WHERE name = $1", [.text(name)]
        )
        guard let row else { return }
        guard row.optionalTimestamp("revoked_at") == nil else { throw HubError(.tokenRevoked) }
        guard let after = row.optionalTimestamp("tokens_after") else { return }
        guard let issuedAt = caller.issuedAt else { throw HubError(.tokenRevoked) }
        guard issuedAt >= after else { throw HubError.revoked(issuedAt, before: after, first: after, now: now) }
    }

    /// Whether nothing has revoked the service's word of that moment.
    static func isTrusted(_ name: String, since moment: Timestamp, in connection: any SQLConnection) throws -> Bool {
        let row = try connection.first(
            "SELECT tokens_after, revoked_at FROM service_tokens WHERE name = $1", [.text(name)]
        )
        guard let row else { return true }
        return row.optionalTimestamp("revoked_at") == nil
            && row.optionalTimestamp("tokens_after").map { $0 < moment } ?? true
    }

    /// Notes the service. One that was revoked may come in again with tokens issued from now on, but not with any
    /// issued within the clocks' tolerance after the revocation: such a token may be older than it says.
    ///
    /// - Returns: the time of issue that a token minted now must carry.
    package static func register(_ name: String, now: Timestamp, in connection: any SQLConnection) throws -> Timestamp {
        let row = try connection.first(
            """
            INSERT INTO service_tokens (name, created_at) VALUES ($1, $2)
            ON CONFLICT (name) DO UPDATE SET revoked_at = NULL,
                tokens_after = CASE WHEN service_tokens.revoked_at IS NULL THEN service_tokens.tokens_after
                    WHEN service_tokens.revoked_at + $3 > excluded.created_at
                        THEN (service_tokens.revoked_at + $3) / 1000 * 1000
                    ELSE excluded.created_at END
            RETURNING tokens_after
            """,
            [.text(clean(name)), .timestamp(now), .integer(Caller.clockTolerance)]
        )
        // A time of issue has whole seconds, so that it is rounded up: a fraction too early would be refused.
        let after = row?.optionalTimestamp("tokens_after").map { $0 + 999 }
        return Timestamp(seconds: max(now.seconds, after?.seconds ?? now.seconds))
    }

    /// Refuses every token of this name from now on, also when the hub has never heard of it.
    package static func revoke(_ name: String, now: Timestamp, in connection: any SQLConnection) throws {
        try connection.execute(
            """
            INSERT INTO service_tokens (name, created_at, revoked_at) VALUES ($1, $2, $2)
            ON CONFLICT (name) DO UPDATE SET revoked_at = COALESCE(service_tokens.revoked_at, excluded.revoked_at)
            """,
            [.text(clean(name)), .timestamp(now)]
        )
    }

    static func list(in connection: any SQLConnection) throws -> [Entry] {
        try connection.query("SELECT name, created_at, revoked_at FROM service_tokens ORDER BY name", []).map { row in
            Entry(
                name: row.text("name"), createdAt: row.timestamp("created_at"),
                revokedAt: row.optionalTimestamp("revoked_at")
            )
        }
    }
}
