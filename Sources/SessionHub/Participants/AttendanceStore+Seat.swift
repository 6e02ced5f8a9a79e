import Database

/// Taking a seat: the one change of attendance that depends on what somebody is to the class.
extension AttendanceStore {
    /// Takes a seat, and opens a segment when the class is live. Hosts and people who have a seat already always pass.
    ///
    /// A seat of the channel stays one when the same person joins over REST as well. Throws `session_full`.
    static func seat(
        session: LiveSession, access: SessionAccess, source: AttendanceSource, now: Timestamp,
        in connection: any SQLConnection
    ) throws {
        guard access.hasPlace else { throw HubError(.sessionFull) }
        try sit(session: session, access: access, source: source, now: now, in: connection)
    }

    /// Takes a seat for somebody about whose place was decided before.
    static func sit(
        session: LiveSession, access: SessionAccess, source: AttendanceSource, now: Timestamp,
        in connection: any SQLConnection
    ) throws {
        let (user, role) = (access.user.id, try access.requireMember())
        let participant = NewParticipant(
            session: session.id, user: user, enrollmentID: access.enrollmentID, role: role,
            seat: source == .channel ? .channel : .rest, firstJoinedAt: now
        )
        try SeatCount.keep(session: session.id, user: user, in: connection) {
            try connection.execute(insertParticipant, NewParticipant.columns.values(of: participant))
        }
        guard session.status == .live else { return }
        try connection.execute(
            insertSegment,
            values(
                of: AttendanceSegment(user: user, joinedAt: now, lastSeenAt: now, leftAt: nil, source: source),
                session: session.id
            )
        )
    }

    private static let insertParticipant = """
        INSERT INTO live_session_participants (\(NewParticipant.columns.list))
        VALUES (\(NewParticipant.columns.parameters(from: 1)))
        ON CONFLICT (session_id, user_id) DO UPDATE SET enrollment_id = excluded.enrollment_id, role = excluded.role,
            seat = CASE WHEN live_session_participants.seat = 'channel' THEN 'channel' ELSE excluded.seat END
        """

    private static let insertSegment = """
        \(insert)
        ON CONFLICT (session_id, user_id, source) WHERE left_at IS NULL DO UPDATE SET is_held = 0,
            last_seen_at = CASE WHEN excluded.last_seen_at > live_session_attendance.last_seen_at
                THEN excluded.last_seen_at ELSE live_session_attendance.last_seen_at END
        """

    /// Gives somebody who is on the channel a seat and a segment again when the class is reopened, unless they may no
    /// longer be there.
    static func sitAgain(
        session: Int64, user: Int64, since: Timestamp, in connection: any SQLConnection
    ) throws {
        // There is no token here, since the person asks for nothing. This caller only names them: what counts is what
        // the Directory has of them.
        let newest = Timestamp(milliseconds: .max)
        let caller = Caller(userID: user, role: .student, email: "", issuedAt: newest, expiresAt: newest)
        let access = try SessionAccess.load(session: session, for: caller, in: connection)
        guard access.isWelcome, access.session.status == .live else { return }
        try sit(session: access.session, access: access, source: .channel, now: since, in: connection)
    }
}
