import StrictJSON

/// Reads the tables of one class from PostgreSQL; blocks.
struct StoredClassReader {
    let postgres: ScratchPostgres
    let database: String

    func read(_ session: Int64) throws -> StoredClass {
        let filter = "WHERE session_id = \(session)"
        var stored = StoredClass()
        stored.events = try rows("SELECT seq, type, at FROM live_session_events \(filter) ORDER BY seq").map {
            StoredClass.Event(seq: $0.number("seq"), type: $0.text("type"), at: $0.number("at"))
        }
        stored.messages = try rows("SELECT user_id, client_id, seq FROM live_session_chat \(filter) ORDER BY seq").map {
            StoredClass.Message(user: $0.number("user_id"), clientID: $0.text("client_id"), seq: $0.number("seq"))
        }
        let columns = "user_id, source, joined_at, last_seen_at, left_at"
        stored.segments = try rows("SELECT \(columns) FROM live_session_attendance \(filter) ORDER BY id").map {
            StoredClass.Segment(
                user: $0.number("user_id"), source: $0.text("source"), joinedAt: $0.number("joined_at"),
                lastSeenAt: $0.number("last_seen_at"), leftAt: $0["left_at"]?.integerValue)
        }
        let counters = """
            SELECT h.head_seq, h.seated_count, s.max_participants, (SELECT count(*) FROM live_session_participants p \
            WHERE p.session_id = s.id AND p.seat IS NOT NULL AND p.role = 'participant') AS seats \
            FROM live_session_heads h JOIN live_sessions s ON s.id = h.session_id \(filter)
            """
        guard let row = try rows(counters).first else { throw SetupError("class \(session) has no counters") }
        (stored.head, stored.seated) = (row.number("head_seq"), row.number("seated_count"))
        (stored.seats, stored.capacity) = (row.number("seats"), row.number("max_participants"))
        return stored
    }

    private func rows(_ query: String) throws -> [JSON] { try postgres.rows(query, in: database) }
}

extension JSON {
    /// Of a column that is never NULL.
    fileprivate func number(_ name: String) -> Int64 { self[name]?.integerValue ?? -1 }

    fileprivate func text(_ name: String) -> String { self[name]?.stringValue ?? "" }
}
