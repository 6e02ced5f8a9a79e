import Database

/// Reads and writes posts together, on a server: PostgreSQL's own SQL.
struct ChatForesight: Foresight {
    /// For each post what `SessionAccess.load` and `ChatStore.posted` would read, and the id that its message will
    /// have.
    ///
    /// OFFSET 0 keeps the planner from joining the parts in another order: each is read row by row, by its indexes,
    /// as it would be for one post, also while a table is so new that the planner takes it for empty. The SELECT around
    /// each list keeps it from counting the list, which would have it plan the statement anew each time (1.5 ms).
    ///
    /// The session stands twice in the search for the key: for a table without statistics every index that begins with
    /// the session costs the same to the planner, and it took the one by `seq`, which reads the whole class for each
    /// post until the table is analyzed. For two sessions it expects that to cost more; PostgreSQL removes the twin.
    static let look = """
        SELECT q.n, a.*, k.id AS known_id, k.seq AS known_seq, nextval('live_session_chat_id_seq') AS new_id
        FROM unnest((SELECT $1::bigint[]), (SELECT $2::bigint[]), (SELECT $3::text[]))
            WITH ORDINALITY AS q (session_id, user_id, client_id, n)
        CROSS JOIN LATERAL (
            SELECT \(SessionAccess.columns) \(SessionAccess.tables(of: "q.user_id"))
            WHERE s.id = q.session_id AND s.deleted_at IS NULL OFFSET 0
        ) a
        LEFT JOIN LATERAL (
            SELECT c.id, c.seq FROM live_session_chat c
            WHERE c.session_id IN (q.session_id, q.session_id) AND c.user_id = q.user_id
                AND c.client_id = q.client_id OFFSET 0
        ) k ON TRUE
        """

    func look(for posts: [PostKey], in connection: any SQLConnection) throws -> () throws -> [SQLRow?] {
        let answer = try connection.later(
            Self.look,
            [
                .list(posts.map { .integer($0.session) }), .list(posts.map { .integer($0.user) }),
                .list(posts.map { .text($0.clientID) }),
            ])
        return {
            var found = [SQLRow?](repeating: nil, count: posts.count)
            for row in try answer.rows() { found[Int(row.integer("n")) - 1] = row }
            return found
        }
    }

    private static let insertion = """
        INSERT INTO live_session_chat (id, \(NewMessage.columns.list))
        SELECT * FROM unnest(
            $1::bigint[], \(NewMessage.types.enumerated().map { "$\($0.offset + 2)::\($0.element)[]" }.joined(separator: ", "))
        )
        """

    func write(_ messages: [[SQLValue]], in connection: any SQLConnection) throws {
        let columns = messages.first?.indices ?? 0..<0
        _ = try connection.later(Self.insertion, columns.map { column in .list(messages.map { $0[column] }) })
    }
}

extension Prospect {
    /// The message that was posted under the key before.
    var known: (id: Int64, seq: Int64)? {
        row.optionalInteger("known_id").map { ($0, row.integer("known_seq")) }
    }

    /// Leaves a new message.
    /// - Returns: its id; nil when there is one already.
    func leave(_ message: NewMessage) -> Int64? {
        let id = row.integer("new_id")
        return leave(message: [.integer(id)] + NewMessage.columns.values(of: message)) ? id : nil
    }
}
