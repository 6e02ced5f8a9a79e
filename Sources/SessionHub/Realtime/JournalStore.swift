package import Database
import StrictJSON

/// Reads and appends rows of `live_session_events`.
package enum JournalStore {
    /// Appends one row at the next seq of its session; must run in the writer's transaction.
    ///
    /// - Parameter latest: the latest time that the hub's wall clock has shown.
    /// - Returns: the seq and the event's time, which is the class's own and never earlier than the event before it. Throws
    ///   `session_not_found` when the session is gone, `too_large` for what no reader could be sent.
    static func append(
        _ type: EventType, to session: Int64, payload: JSONObject, actor: Actor?, audience: Audience,
        at moment: HubClock.Moment, latest: Timestamp, in connection: any SQLConnection
    ) throws -> (seq: Int64, at: Timestamp) {
        var stored = payload
        if let role = actor?.role { stored["actor_role"] = .string(role.rawValue) }
        let text = JSON.object(stored).text
        guard text.utf8.count <= ServerEvent.mostBytes else { throw HubError(.tooLarge, ServerEvent.tooLarge) }
        guard
            let row = try connection.first(
                """
                UPDATE live_sessions SET head_seq = head_seq + 1 WHERE id = $1 RETURNING head_seq, status, clock_shift
                """,
                [.integer(session)]
            )
        else { throw HubError(.sessionNotFound) }
        let seq = row.integer("head_seq")
        let status: LiveSession.Status = row.word("status")
        var at = status.time(at: moment, shift: row.integer("clock_shift"))
        // Only after the wall was set.
        if latest - at >= 1000 { at = max(at, try time(of: seq - 1, in: session, connection) ?? at) }
        try connection.execute(
            """
            INSERT INTO live_session_events (session_id, seq, type, payload, user_id, audience, at)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            """,
            [
                .integer(session), .integer(seq), .text(type.rawValue), .text(text),
                .optional(actor?.person.id), .text(audience.text), .timestamp(at),
            ]
        )
        return (seq, at)
    }

    private static func time(of seq: Int64, in session: Int64, _ connection: any SQLConnection) throws -> Timestamp? {
        try connection.first(
            "SELECT at FROM live_session_events WHERE session_id = $1 AND seq = $2", [.integer(session), .integer(seq)]
        )?.timestamp("at")
    }

    /// Events with `after < seq <= through`, ascending, at most `limit`.
    package static func events(
        session: Int64, after: Int64, through: Int64 = Int64.max, limit: Int, in connection: any SQLConnection
    ) throws -> [ServerEvent] {
        try connection.query(
            "\(select) WHERE e.session_id = $1 AND e.seq > $2 AND e.seq <= $3 ORDER BY e.seq LIMIT $4",
            [.integer(session), .integer(after), .integer(through), .integer(Int64(limit))]
        ).map { try event(session: session, row: $0, in: connection) }
    }

    /// The newest events with `seq < before`, ascending, at most `limit`.
    package static func newest(
        session: Int64, before: Int64 = Int64.max, limit: Int, in connection: any SQLConnection
    ) throws -> [ServerEvent] {
        try connection.query(
            "\(select) WHERE e.session_id = $1 AND e.seq < $2 ORDER BY e.seq DESC LIMIT $3",
            [.integer(session), .integer(before), .integer(Int64(limit))]
        ).reversed().map { try event(session: session, row: $0, in: connection) }
    }

    /// The newest seq, 0 while the journal is empty.
    static func head(of session: Int64, in connection: any SQLConnection) throws -> Int64 {
        try connection.first("SELECT head_seq FROM live_sessions WHERE id = $1", [.integer(session)])?
            .integer("head_seq") ?? 0
    }

    /// When the newest event of a type was appended, or nil.
    static func newest(_ type: EventType, of session: Int64, in connection: any SQLConnection) throws -> Timestamp? {
        try connection.first(
            "SELECT at FROM live_session_events WHERE session_id = $1 AND type = $2 ORDER BY seq DESC LIMIT 1",
            [.integer(session), .text(type.rawValue)]
        )?.timestamp("at")
    }

    /// The one at `seq`, or nil.
    package static func event(session: Int64, seq: Int64, in connection: any SQLConnection) throws -> ServerEvent? {
        try events(session: session, after: seq - 1, through: seq, limit: 1, in: connection).first
    }

    private static let select = """
        SELECT e.seq, e.type, e.payload, e.user_id, e.audience, e.at, u.first_name, u.last_name, u.avatar,
            m.id AS message_id, m.message, m.message_type, m.client_id, m.reply_to, m.is_anonymous
        FROM live_session_events e
        LEFT JOIN users u ON u.id = e.user_id
        LEFT JOIN live_session_chat m ON m.session_id = e.session_id AND m.seq = e.seq
        """

    private static func event(
        session: Int64, row: SQLRow, in connection: any SQLConnection
    ) throws -> ServerEvent {
        let text = row.text("payload")
        guard let payload = try JSON.parse(Array(text.utf8), limits: .stored).objectValue,
            let audience = Audience(row.text("audience"))
        else { throw HubError(.internal) }
        let role = payload["actor_role"]?.stringValue.flatMap(SessionAccess.Role.init(rawValue:))
        let actor = row.optionalInteger("user_id").map { id in
            Actor(
                Person(
                    id: id, firstName: row.optionalText("first_name") ?? "",
                    lastName: row.optionalText("last_name") ?? "",
                    avatar: row.optionalText("avatar")
                ),
                role: role
            )
        }
        var event = ServerEvent(
            session: session, seq: row.integer("seq"), type: row.word("type"), at: row.timestamp("at"),
            audience: audience, actor: actor, payload: payload, message: content(row)
        )
        if event.type == .sessionUpdated, let id = payload["changes"]?["instructor_id"]?.integerValue {
            event.instructor = try instructor(id, in: connection)
        }
        return event
    }

    /// Under the id that they have now: the payload keeps the one of then.
    private static func instructor(_ id: Int64, in connection: any SQLConnection) throws -> Person? {
        let user =
            try UserStore.find(id, in: connection)
            ?? LocalPeople.boundID(id, in: connection).flatMap { try UserStore.find($0, in: connection) }
        return user.map(Person.init)
    }

    private static func content(_ row: SQLRow) -> ChatContent? {
        guard let id = row.optionalInteger("message_id") else { return nil }
        return ChatContent(
            id: id, kind: row.word("message_type"), text: row.optionalText("message"), clientID: row.text("client_id"),
            replyTo: row.optionalInteger("reply_to"), isAnonymous: row.bool("is_anonymous")
        )
    }
}
