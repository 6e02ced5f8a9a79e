import Database
import HTTPTypes
import WebSocketServer

/// The key of the request that this task works for. Every `Journal.write` in the task claims it.
struct IdempotencyClaim: Sendable {
    struct Name: Sendable, Hashable {
        let caller: String
        let key: String
    }

    @TaskLocal static var current: IdempotencyClaim?

    let name: Name
    let request: String

    /// Notes that the work with this key is done, while its answer is still to come. The item's scope need not allow
    /// it, because nobody else writes the key.
    func record(in transaction: JournalTransaction) throws {
        try record(at: transaction.now, in: transaction.unwatched)
    }

    /// - Parameter response: the answer; nil as long as there is none.
    func record(_ response: Response? = nil, at now: Timestamp, in connection: any SQLConnection) throws {
        try connection.execute(
            """
            INSERT INTO idempotency_keys (caller, key, request, status, body, at) VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (caller, key) DO UPDATE
            SET request = excluded.request, status = excluded.status, body = excluded.body, at = excluded.at
            """,
            [
                .text(name.caller), .text(name.key), .text(request),
                .optional(response.map { Int64($0.status.code) }),
                .optional(response.map { String(decoding: $0.body.bytes, as: UTF8.self) }), .timestamp(now),
            ]
        )
    }
}
