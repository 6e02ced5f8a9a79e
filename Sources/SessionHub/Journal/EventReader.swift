import Database
import StrictJSON

/// Reads the journal's events as everybody inside their audience sees them. It knows the kinds of event of all
/// features, and joins what they say beside their rows page by page.
struct EventReader: Sendable {
    private let kinds: [String: EventKind]

    init(_ kinds: [EventKind]) {
        self.kinds = Dictionary(uniqueKeysWithValues: kinds.map { ($0.name, $0) })
    }

    /// The names that an event's `type` may have.
    var names: Set<String> { Set(kinds.keys) }

    func kind(named name: String) -> EventKind? { kinds[name] }

    /// Events with `after < seq <= through`, ascending, at most `limit`.
    func events(
        session: Int64, after: Int64, through: Int64 = Int64.max, limit: Int, in connection: any SQLConnection
    ) throws -> [ServerEvent] {
        let rows = try connection.query(
            "\(Self.select) WHERE e.session_id = $1 AND e.seq > $2 AND e.seq <= $3 ORDER BY e.seq LIMIT $4",
            [.integer(session), .integer(after), .integer(through), .integer(Int64(limit))]
        )
        return try events(of: session, rows, in: connection)
    }

    /// The newest events with `seq < before`, ascending, at most `limit`.
    func newest(
        session: Int64, before: Int64 = Int64.max, limit: Int, in connection: any SQLConnection
    ) throws -> [ServerEvent] {
        let rows = try connection.query(
            "\(Self.select) WHERE e.session_id = $1 AND e.seq < $2 ORDER BY e.seq DESC LIMIT $3",
            [.integer(session), .integer(before), .integer(Int64(limit))]
        )
        return try events(of: session, rows.reversed(), in: connection)
    }

    /// The event at `seq`, or nil.
    func event(session: Int64, seq: Int64, in connection: any SQLConnection) throws -> ServerEvent? {
        try events(session: session, after: seq - 1, through: seq, limit: 1, in: connection).first
    }

    private static let select = """
        SELECT e.seq, e.type, e.payload, e.user_id, e.audience, e.at, u.first_name, u.last_name, u.avatar
        FROM live_session_events e
        LEFT JOIN users u ON u.id = e.user_id
        """

    private func events(
        of session: Int64, _ rows: [SQLRow], in connection: any SQLConnection
    ) throws -> [ServerEvent] {
        let events = try rows.map { row in
            guard let kind = kinds[row.text("type")],
                let payload = try JSON.parse(Array(row.text("payload").utf8), limits: .stored).objectValue
            else { throw HubError(.internal) }
            return (kind: kind, row: EventRow(seq: row.integer("seq"), payload: payload))
        }
        var contents: [Int64: JSONObject] = [:]
        for (name, group) in Dictionary(grouping: events, by: \.kind.name) {
            guard let read = kinds[name]?.content else { continue }
            try contents.merge(read(session, group.map(\.row), connection)) { $1 }
        }
        return try zip(rows, events).map { row, event in
            guard let audience = Audience(row.text("audience")) else { throw HubError(.internal) }
            return ServerEvent(
                session: session, seq: event.row.seq, kind: event.kind, at: row.timestamp("at"), audience: audience,
                actor: Self.actor(row, event.row.payload), payload: event.row.payload,
                content: contents[event.row.seq] ?? JSONObject([])
            )
        }
    }

    private static func actor(_ row: SQLRow, _ payload: JSONObject) -> Actor? {
        let role = payload["actor_role"]?.stringValue.flatMap(ClassRole.init(rawValue:))
        return row.optionalInteger("user_id").map { Actor(Person($0, of: row), role: role) }
    }
}
