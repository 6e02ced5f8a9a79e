import Database
import StrictJSON
import Tokens

/// Writes what was read of the seed's platform; in one transaction, on a file that no hub serves.
struct SeedStore {
    let connection: any SQLConnection
    let now: Timestamp

    // MARK: - What is there

    func courses() throws -> Set<Int64> {
        Set(try connection.query("SELECT id FROM courses", []).map { $0.integer("id") })
    }

    func users() throws -> Set<Int64> {
        Set(try connection.query("SELECT id FROM users", []).map { $0.integer("id") })
    }

    func digest(_ kind: String, _ id: Int64) throws -> String? {
        try connection.first(
            "SELECT digest FROM seed_imports WHERE kind = $1 AND id = $2", [.text(kind), .integer(id)]
        )?.text("digest")
    }

    func isTaken(_ id: Int64, in table: SeedTable) throws -> Bool {
        try connection.first("SELECT id FROM \(table.rawValue) WHERE id = $1", [.integer(id)]) != nil
    }

    /// Whether this very row was taken together with its class. If not, it was left out then.
    func has(_ id: Int64, of user: Int64, in session: Int64, _ table: SeedTable) throws -> Bool {
        try connection.first(
            "SELECT id FROM \(table.rawValue) WHERE id = $1 AND session_id = $2 AND user_id = $3",
            [.integer(id), .integer(session), .integer(user)]
        ) != nil
    }

    func isTaken(room: String) throws -> Bool {
        try connection.first("SELECT id FROM live_sessions WHERE jitsi_room_name = $1", [.text(room)]) != nil
    }

    // MARK: - Writing

    func remember(_ kind: String, _ id: Int64, _ digest: String) throws {
        try connection.execute(
            "INSERT INTO seed_imports (kind, id, digest, at) VALUES ($1, $2, $3, $4)",
            [.text(kind), .integer(id), .text(digest), .timestamp(now)]
        )
    }

    func insert(_ session: LiveSession) throws {
        try connection.execute(
            """
            INSERT INTO live_sessions (id, \(LiveSession.columns.list))
            VALUES ($1, \(LiveSession.columns.parameters(from: 2)))
            """,
            [.integer(session.id)] + LiveSession.columns.values(of: session)
        )
        try JournalStore.begin(session.id, in: connection)
    }

    func insert(_ participant: SeedParticipant, as role: ClassRole, of history: SeedHistory) throws {
        let (segments, columns) = (history.segments(of: participant, now: now), NewParticipant.columns)
        let first = segments.first?.from ?? participant.joinedAt ?? participant.createdAt ?? history.start ?? now
        try connection.execute(
            """
            INSERT INTO live_session_participants (id, \(columns.list)) VALUES ($1, \(columns.parameters(from: 2)))
            """,
            [.integer(participant.id)]
                + columns.values(
                    of: NewParticipant(
                        session: participant.session, user: participant.user, enrollmentID: participant.enrollment,
                        role: role, seat: nil, firstJoinedAt: first
                    ))
        )
        for (from, to) in segments {
            let segment = AttendanceSegment(
                user: participant.user, joinedAt: from, lastSeenAt: to, leftAt: to, source: .rest
            )
            try connection.execute(
                AttendanceStore.insert, AttendanceStore.values(of: segment, session: participant.session)
            )
        }
    }

    /// The class's journal: its start, what was said, its end, in the order of time.
    func tell(
        _ session: LiveSession, _ history: SeedHistory, _ messages: [SeedMessage], roles: [Int64: ClassRole]
    ) throws {
        if let start = history.start {
            try append(.sessionStarted, session.id, ["actual_start_at": .string(start.text)], at: start)
        }
        let sorted = messages.sorted { ($0.createdAt.milliseconds, $0.id) < ($1.createdAt.milliseconds, $1.id) }
        let end = history.end ?? Timestamp(milliseconds: .max)
        for message in sorted where message.createdAt <= end { try insert(message, roles[message.user]) }
        if let end = history.end {
            try append(
                .sessionEnded, session.id,
                ["actual_end_at": .string(end.text), "ended_by": .optional(history.endedBy)], at: end
            )
        }
        for message in sorted where message.createdAt > end { try insert(message, roles[message.user]) }
        if history.status == .cancelled { try append(.sessionCancelled, session.id, [:], at: session.updatedAt) }
    }

    private func insert(_ message: SeedMessage, _ role: ClassRole?) throws {
        let columns = NewMessage.columns
        let post = ChatPost(
            clientID: "seed-\(message.id)", kind: message.kind, text: message.text, replyTo: nil, isAnonymous: false
        )
        let person = Person(id: message.user, firstName: "", lastName: "", avatar: nil)
        let seq = try append(
            .chatMessage, message.session, [:], at: message.createdAt, by: Actor(person, role: role ?? .participant)
        )
        try connection.execute(
            """
            INSERT INTO live_session_chat (id, \(columns.list)) VALUES ($1, \(columns.parameters(from: 2)))
            """,
            [.integer(message.id)]
                + columns.values(
                    of: NewMessage(
                        post: post, state: message.kind == .question ? .open : nil,
                        isPublic: message.kind == .question, session: message.session, user: message.user, seq: seq,
                        at: message.createdAt
                    ))
        )
    }

    @discardableResult
    private func append(
        _ kind: EventKind, _ session: Int64, _ payload: JSONObject, at: Timestamp, by actor: Actor? = nil
    ) throws -> Int64 {
        // An old class has no shift of its own, so that its events have the times of the dump by both clocks.
        let place = try JournalStore.place(
            in: session, at: HubClock.Moment(wall: at, steady: at), latest: at, in: connection
        )
        try JournalStore.append(kind, at: place, payload: payload, actor: actor, audience: .all, in: connection)
        return place.seq
    }

    func insert(_ event: CalendarEvent) throws {
        try connection.execute(
            """
            INSERT INTO events (id, created_by, created_at, updated_at, \(CalendarEvent.columns.list))
            VALUES ($1, $2, $3, $4, \(CalendarEvent.columns.parameters(from: 5)))
            """,
            [
                .integer(event.id), .optional(event.createdBy), .timestamp(event.createdAt),
                .timestamp(event.updatedAt),
            ] + CalendarEvent.columns.values(of: event)
        )
    }
}
