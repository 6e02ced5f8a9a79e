import Database

/// What one person is to one live session, read in one query, so that every rule sees one state.
struct SessionAccess: Sendable {
    let session: LiveSession
    let user: Person
    /// The person's role in the class; nil for an outsider.
    let role: ClassRole?
    let standing: Standing
    /// What the person is to the course, in all its classes: nobody is co-host there, and only whoever leads it is
    /// `instructor`.
    let courseStanding: Standing
    let sanctions: Sanctions
    let enrollmentID: Int64?
    /// Whether the person holds a place now (`seat`).
    let isSeated: Bool
    let courseTitle: String
    let courseTimeZone: String?
    let courseSlug: String?
    let instructor: Person
    let instructorEmail: String
    /// Whether the person was ever let in.
    let isParticipant: Bool
    /// Whether the session was deleted and is kept for its attendance.
    let isHidden: Bool
    /// When the stay of a guest of this class ends; nil for everybody else.
    let guestUntil: Timestamp?

    var isHost: Bool { role?.isHost == true && !sanctions.isBanned }

    /// Whether the person belongs to the class and nobody has banned them from it.
    var isWelcome: Bool { role != nil && !sanctions.isBanned }

    /// Outsiders learn nothing, not even that the session exists. Whoever is banned is told so.
    func requireMember() throws(HubError) -> ClassRole {
        guard let role else { throw HubError(.sessionNotFound) }
        guard !sanctions.isBanned else { throw HubError(.banned) }
        return role
    }

    /// Whoever was sent away does nothing in the class until they come in again, not even what was queued before.
    func requirePresent() throws(HubError) {
        guard !sanctions.isRemoved else { throw HubError(.removed) }
    }

    /// Whether a seat can be taken: hosts need none, and whoever has one keeps it.
    var hasPlace: Bool { isHost || isSeated || session.seatedCount < session.maxParticipants }

    /// Members who are no hosts may know that the session exists, so they get 403.
    func requireHost() throws(HubError) {
        _ = try requireMember()
        guard isHost else { throw HubError(.forbidden) }
    }

    /// Hosts who teach the course, or administer: a co-host of this class alone gets 403.
    func requireTeacher() throws(HubError) {
        try requireHost()
        guard courseStanding >= .teacher else { throw HubError(.forbidden) }
    }
}

extension SessionAccess {
    /// What the caller is to the session, or `session_not_found` when there is no such session or it is hidden.
    ///
    /// A person's rights come from the Directory as it is in this transaction, not from what their token said: a right
    /// that was taken away a moment ago no longer counts. Throws `token_revoked` for a token from before a revocation.
    ///
    /// - Parameter includingHidden: also finds a deleted session that is kept for its attendance.
    static func load(
        session sessionID: Int64, for caller: Caller, includingHidden: Bool = false, in connection: any SQLConnection
    ) throws -> SessionAccess {
        let row = try connection.first(
            query, [.integer(caller.userID), .integer(sessionID), .bool(includingHidden)]
        )
        guard let row else { throw HubError(.sessionNotFound) }
        return try checked(row, for: caller)
    }

    /// The same for an item of the journal, which may have been told already (`Prospect`).
    static func load(
        session: Int64, for caller: Caller, in transaction: JournalTransaction
    ) throws -> SessionAccess {
        guard let prospect = transaction.prospect, let row = prospect.row(session: session, user: caller.userID) else {
            return try load(session: session, for: caller, in: transaction.connection)
        }
        return try checked(row, for: caller, head: prospect.head)
    }

    private static func checked(_ row: SQLRow, for caller: Caller, head: Int64? = nil) throws -> SessionAccess {
        try caller.requireValid(since: row.optionalTimestamp("tokens_after"))
        try caller.requireValid(as: row.optionalText("user_role").flatMap(Caller.Role.init(rawValue:)))
        return SessionAccess(row: row, for: caller, head: head)
    }

    /// What a person is to a class now, for work that the person did not ask for; nil when there is no such class.
    static func load(
        session: Int64, of user: Int64, in connection: any SQLConnection
    ) throws -> SessionAccess? {
        let row = try connection.first(query, [.integer(user), .integer(session), .bool(true)])
        let person = Caller(userID: user, role: .student, email: "", expiresAt: Timestamp(milliseconds: 0))
        return row.map { SessionAccess(row: $0, for: person) }
    }

    /// Reads a row that has `columns`, selected from `tables` for the person `$1`.
    ///
    /// - Parameter head: the newest seq of the class, when the row was read before that one was given.
    init(row: SQLRow, for caller: Caller, head: Int64? = nil) {
        let userID = caller.userID
        var session = LiveSession(row: row)
        session.headSeq = head ?? row.integer("head_seq")
        session.seatedCount = row.integer("seated_count")
        let userRole = row.optionalText("user_role").flatMap(Caller.Role.init(rawValue:)) ?? .student
        let isNamed = row.integer("course_instructor_id") == userID || row.optionalInteger("co_instructor") != nil
        // Only the right to teach the course counts: a session may still name somebody who has lost it.
        let mayTeach = userRole == .admin || isNamed && Teaching.isTeacher(userRole)
        let isModerator = caller.role == .service || mayTeach || row.optionalInteger("cohost") != nil
        let isMember = row.optionalInteger("is_active") == 1
        self.session = session
        user = Person(userID, of: row)
        let isInstructor = mayTeach && session.instructorID == userID
        guestUntil = userRole == .guest ? row.optionalTimestamp("guest_until") : nil
        // A guest is nothing else, anywhere.
        role =
            userRole == .guest
            ? guestUntil == nil ? nil : .guest
            : isInstructor ? .instructor : isModerator ? .moderator : isMember ? .participant : nil
        let leads = mayTeach && row.integer("course_instructor_id") == userID
        courseStanding =
            caller.role == .service || userRole == .admin
            ? .administrator : leads ? .instructor : mayTeach ? .teacher : .none
        // Whoever leads the course stands as high in every class of it: a colleague who gives one has no say over them.
        standing =
            isInstructor
            ? max(courseStanding, .instructor) : courseStanding > .none ? courseStanding : isModerator ? .coHost : .none
        sanctions = standing == .administrator ? Sanctions() : Sanctions(row: row)
        enrollmentID = isMember ? row.optionalInteger("enrollment_id") : nil
        isSeated = row.optionalText("seat") != nil
        courseTitle = row.text("course_title")
        courseTimeZone = row.optionalText("course_time_zone")
        instructor = Person(session.instructorID, of: row, prefix: "i_")
        courseSlug = row.optionalText("course_slug")
        instructorEmail = row.text("i_email")
        isParticipant = row.optionalInteger("first_joined_at") != nil
        isHidden = row.optionalInteger("deleted_at") != nil
    }

    private static let query = "SELECT \(columns) \(tables) WHERE s.id = $2 AND (s.deleted_at IS NULL OR $3 = 1)"

    static let columns = """
        s.id, \(LiveSession.columns.list(of: "s")), c.title AS course_title, c.time_zone AS course_time_zone, c.slug AS course_slug,
            c.instructor_id AS course_instructor_id, i.first_name AS i_first_name, i.last_name AS i_last_name,
            i.avatar AS i_avatar, i.email AS i_email,
            u.role AS user_role, u.tokens_after, u.first_name, u.last_name, u.avatar, k.user_id AS co_instructor,
            e.id AS enrollment_id, e.is_active, h.user_id AS cohost, p.seat, p.first_joined_at, s.deleted_at,
            x.is_muted, x.muted_until, x.removed_at, x.banned_at, b.banned_at AS course_banned_at,
            g.expires_at AS guest_until, o.head_seq, o.seated_count
        """

    /// Sessions `s` with their course `c` and instructor `i`, and what the person `$1` is to each.
    static let tables = tables(of: "$1")

    /// The same of a person whom another expression names.
    static func tables(of user: String) -> String {
        """
        FROM live_sessions s
        JOIN live_session_heads o ON o.session_id = s.id
        JOIN courses c ON c.id = s.course_id
        JOIN users i ON i.id = s.instructor_id
        LEFT JOIN users u ON u.id = \(user)
        LEFT JOIN course_instructors k ON k.course_id = s.course_id AND k.user_id = \(user)
        LEFT JOIN enrollments e ON e.course_id = s.course_id AND e.user_id = \(user)
        LEFT JOIN live_session_participants p ON p.session_id = s.id AND p.user_id = \(user)
        LEFT JOIN live_session_cohosts h ON h.session_id = s.id AND h.user_id = \(user)
        LEFT JOIN live_session_sanctions x ON x.session_id = s.id AND x.user_id = \(user)
        LEFT JOIN course_bans b ON b.course_id = s.course_id AND b.user_id = \(user)
        LEFT JOIN live_session_guests g ON g.user_id = \(user) AND g.session_id = s.id AND g.revoked_at IS NULL
        """
    }

    /// The sessions that `$1` gives or helps to give, as `role` has it.
    static let isTeaching = """
        (h.user_id IS NOT NULL OR (u.role IN \(Teaching.roles) AND (c.instructor_id = $1 OR k.user_id IS NOT NULL))
            OR (u.role = 'admin' AND s.instructor_id = $1))
        """
}
