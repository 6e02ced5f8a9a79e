import Database

/// The same for many events at once, on a server: PostgreSQL's own SQL.
extension JournalStore {
    /// Moves the heads of classes from the seq that the store has to another, and appends rows (`row`), in their order;
    /// together with the next statement that is waited for. When a head is not where it is said to be, the session of
    /// each row is NULL, which the table refuses.
    static func append(
        _ rows: [[SQLValue]], moving heads: [Int64: (from: Int64, to: Int64)], in connection: any SQLConnection
    ) throws -> any SQLAnswer {
        // In the order in which everybody else would lock them.
        let heads = heads.sorted { $0.key < $1.key }
        return try connection.later(
            """
            WITH moved AS (
                UPDATE live_session_heads h SET head_seq = q.new
                FROM unnest($8::bigint[], $9::bigint[], $10::bigint[]) AS q (session_id, old, new)
                WHERE h.session_id = q.session_id AND h.head_seq = q.old
                RETURNING 1
            )
            INSERT INTO live_session_events (\(columns))
            SELECT CASE WHEN (SELECT COUNT(*) FROM moved) = $11 THEN e.session_id END,
                e.seq, e.type, e.payload, e.user_id, e.audience, e.at
            FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::bigint[])
                AS e (session_id, seq, type, payload, user_id, audience, at)
            """,
            (0..<7).map { column in .list(rows.map { $0[column] }) } + [
                .list(heads.map { .integer($0.key) }), .list(heads.map { .integer($0.value.from) }),
                .list(heads.map { .integer($0.value.to) }), .integer(Int64(heads.count)),
            ])
    }
}
