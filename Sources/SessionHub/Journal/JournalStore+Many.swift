import Database

/// The same for many events at once, on a server: PostgreSQL's own SQL.
extension JournalStore {
    /// Moves the heads of classes from the seq that the store has to another. Throws `SQLError` when one is not there.
    static func advance(
        _ heads: [Int64: (from: Int64, to: Int64)], in connection: any SQLConnection
    ) throws {
        // In the order in which everybody else would lock them.
        let heads = heads.sorted { $0.key < $1.key }
        let count = try connection.execute(
            """
            UPDATE live_session_heads h SET head_seq = q.new
            FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS q (session_id, old, new)
            WHERE h.session_id = q.session_id AND h.head_seq = q.old
            """,
            [
                .list(heads.map { .integer($0.key) }), .list(heads.map { .integer($0.value.from) }),
                .list(heads.map { .integer($0.value.to) }),
            ])
        guard count == heads.count else { throw SQLError(.other, "a class is not where its events end") }
    }

    /// Appends rows (`row`), in their order.
    static func append(_ rows: [[SQLValue]], in connection: any SQLConnection) throws {
        try connection.execute(
            """
            INSERT INTO live_session_events (\(columns))
            SELECT * FROM unnest(
                $1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::bigint[])
            """,
            (0..<7).map { column in .list(rows.map { $0[column] }) })
    }
}
