import Database
import HTTPTypes
import Tokens
import WebSocketServer

/// The key of the request that this task works for. Every `Journal.write` in the task claims it.
struct IdempotencyClaim: Sendable {
    struct Name: Sendable, Hashable {
        let caller: String
        let key: String
    }

    @TaskLocal static var current: IdempotencyClaim?

    /// How long a key is kept, in milliseconds.
    static let lifetime: Int64 = 24 * 3_600_000
    static let underway = Localized(
        en: "The first request with this Idempotency-Key is under way. Try again.",
        fr: "La première demande avec cette Idempotency-Key est en cours. Réessayez."
    )

    let name: Name
    let request: String
    /// Names this attempt: another one with the same key may run at another hub of the database.
    let run = Hex.encode(Random.bytes(16))

    /// Notes that the work with this key is done, while its answer is still to come. The item's scope need not allow
    /// it, because nobody else writes the key. Throws `conflict` when another attempt was here first.
    func record(in transaction: JournalTransaction) throws {
        try record(at: transaction.now, in: transaction.unwatched)
    }

    /// - Parameter response: the answer; nil as long as there is none.
    func record(_ response: Response? = nil, at now: Timestamp, in connection: any SQLConnection) throws {
        let isOurs = try connection.execute(
            """
            INSERT INTO idempotency_keys (caller, key, request, status, body, at, run)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT (caller, key) DO UPDATE SET request = excluded.request, status = excluded.status,
                body = excluded.body, at = excluded.at, run = excluded.run
            WHERE idempotency_keys.run = excluded.run OR idempotency_keys.at <= $8
            """,
            [
                .text(name.caller), .text(name.key), .text(request),
                .optional(response.map { Int64($0.status.code) }),
                .optional(response.map { String(decoding: $0.body.bytes, as: UTF8.self) }), .timestamp(now),
                .text(run), .timestamp(now - Self.lifetime),
            ]
        )
        guard isOurs > 0 else { throw HubError(.conflict, Self.underway, retryAfter: 1000) }
    }
}
