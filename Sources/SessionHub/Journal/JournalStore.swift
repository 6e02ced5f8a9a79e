import Database
import StrictJSON

/// Appends rows of `live_session_events`, and says up to where a journal goes.
enum JournalStore {
    /// Takes the next seq of a session; must run in the writer's transaction, which then appends an event there.
    ///
    /// - Parameter latest: the latest time that the hub's wall clock has shown.
    /// - Returns: the seq and the event's time, which is the class's own and never earlier than the event before it.
    ///   Throws `session_not_found` when the session is gone.
    static func place(
        in session: Int64, at moment: HubClock.Moment, latest: Timestamp, in connection: any SQLConnection
    ) throws -> EventPlace {
        guard
            let row = try connection.first(
                """
                UPDATE live_session_heads SET head_seq = head_seq + 1 WHERE session_id = $1
                RETURNING head_seq, (SELECT status FROM live_sessions WHERE id = $1) AS status,
                    (SELECT clock_shift FROM live_sessions WHERE id = $1) AS clock_shift
                """,
                [.integer(session)]
            )
        else { throw HubError(.sessionNotFound) }
        let seq = row.integer("head_seq")
        let status: ClassStatus = row.word("status")
        var at = status.time(at: moment, shift: row.integer("clock_shift"))
        if mayPrecede(at, latest) { at = max(at, try time(of: seq - 1, in: session, connection) ?? at) }
        return EventPlace(session: session, seq: seq, at: at)
    }

    /// Whether the event before may be later than this time: only after the wall clock was set, and only then it is
    /// looked up.
    static func mayPrecede(_ at: Timestamp, _ latest: Timestamp) -> Bool { latest - at >= 1000 }

    /// Makes the head of a new session, with an empty journal and no seats.
    static func begin(_ session: Int64, in connection: any SQLConnection) throws {
        try connection.execute("INSERT INTO live_session_heads (session_id) VALUES ($1)", [.integer(session)])
    }

    /// The row of an event, in the order of `columns`. Throws `too_large` for one that no reader could be sent.
    static func row(
        _ kind: EventKind, at place: EventPlace, payload: JSONObject, actor: Actor?, audience: Audience
    ) throws -> [SQLValue] {
        var stored = payload
        if let role = actor?.role { stored["actor_role"] = .string(role.rawValue) }
        let text = JSON.object(stored).text
        guard text.utf8.count <= ServerEvent.mostBytes else { throw HubError(.tooLarge, ServerEvent.tooLarge) }
        return [
            .integer(place.session), .integer(place.seq), .text(kind.name), .text(text),
            .optional(actor?.person.id), .text(audience.text), .timestamp(place.at),
        ]
    }

    static let columns = "session_id, seq, type, payload, user_id, audience, at"

    /// Appends one event. Throws `too_large`.
    static func append(
        _ kind: EventKind, at place: EventPlace, payload: JSONObject, actor: Actor?, audience: Audience,
        in connection: any SQLConnection
    ) throws {
        try append(row(kind, at: place, payload: payload, actor: actor, audience: audience), in: connection)
    }

    /// Appends one row.
    static func append(_ row: [SQLValue], in connection: any SQLConnection) throws {
        try connection.execute(
            "INSERT INTO live_session_events (\(columns)) VALUES ($1, $2, $3, $4, $5, $6, $7)", row)
    }

    private static func time(of seq: Int64, in session: Int64, _ connection: any SQLConnection) throws -> Timestamp? {
        try connection.first(
            "SELECT at FROM live_session_events WHERE session_id = $1 AND seq = $2", [.integer(session), .integer(seq)]
        )?.timestamp("at")
    }

    /// The newest seq, 0 while the journal is empty.
    static func head(of session: Int64, in connection: any SQLConnection) throws -> Int64 {
        try connection.first("SELECT head_seq FROM live_session_heads WHERE session_id = $1", [.integer(session)])?
            .integer("head_seq") ?? 0
    }

    /// When the newest event of a kind was appended, or nil.
    static func newest(_ kind: EventKind, of session: Int64, in connection: any SQLConnection) throws -> Timestamp? {
        try connection.first(
            "SELECT at FROM live_session_events WHERE session_id = $1 AND type = $2 ORDER BY seq DESC LIMIT 1",
            [.integer(session), .text(kind.name)]
        )?.timestamp("at")
    }
}

/// A place in a session's order, and the time of the event there by the class's own clock.
struct EventPlace: Sendable {
    let session: Int64
    let seq: Int64
    let at: Timestamp
}
