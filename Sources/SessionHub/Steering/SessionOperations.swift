import Database
import StrictJSON
import Tokens

/// What a host does with a session, the same for REST and for the channel.
///
/// Every function runs inside the writer's transaction, with what the caller is to the class as read there. That this
/// is a host is declared by the route and the command (`for: .hosts`). A function changes the row, opens or closes
/// attendance, and appends the event. A service of the platform appears as nobody (`by` is absent).
struct SessionOperations: Sendable {
    private let jitsi: JitsiService
    let windows: ClassWindows
    private let room: CourseRoom

    init(jitsi: JitsiService, windows: ClassWindows, room: CourseRoom = CourseRoom()) {
        self.jitsi = jitsi
        self.windows = windows
        self.room = room
    }

    /// Schedules a class of a course. Throws `invalid_field`.
    func create(
        in access: CourseAccess, fields: Fields, caller: Caller, in transaction: JournalTransaction
    ) throws -> SessionAccess {
        let (course, connection) = (access.course, transaction.connection)
        var details = try SessionDetails(creating: fields)
        details.instructorID = try Self.instructor(named: details, caller: caller, access: access)
        let isNumberGiven = fields.value("max_participants") != nil
        // The copy of a row names both fields; if the original followed the course, the copy does, too.
        let followsCourse = try fields.bool("follows_course") ?? !isNumberGiven
        if followsCourse || !isNumberGiven { details.maxParticipants = try room.size(of: course, in: connection) }
        // The room's name contains the id, which exists only after the insert. A random name stands in its place until
        // then.
        let id = try SessionStore.insert(
            LiveSession(
                courseID: course, details: details, roomName: "new-\(Hex.encode(Random.bytes(16)))",
                serverURL: jitsi.serverURL, roomPassword: jitsi.generateRoomPassword(), followsCourse: followsCourse,
                createdAt: transaction.now, updatedAt: transaction.now
            ),
            in: connection
        )
        try SessionStore.setRoomName(
            jitsi.generateRoomName(course: course, session: id), session: id, in: connection
        )
        return try SessionAccess.load(session: id, for: caller, in: connection)
    }

    /// Who gives a new session: another teacher of the course whom the request names, or the person who creates it if
    /// they teach the course, or the course's instructor.
    private static func instructor(
        named details: SessionDetails, caller: Caller, access: CourseAccess
    ) throws(HubError) -> Int64 {
        let standard = access.teachers.contains(caller.userID) ? caller.userID : access.instructorID
        let instructor = details.instructorID == 0 ? standard : details.instructorID
        try requireTeacher(instructor, access)
        return instructor
    }

    private static func requireTeacher(_ person: Int64, _ access: CourseAccess) throws(HubError) {
        guard access.teachers.contains(person) else {
            throw .invalid(
                SessionDetails.Field.instructorID.rawValue,
                Localized(
                    en: "This person does not teach this course.", fr: "Cette personne n’enseigne pas ce cours."
                )
            )
        }
    }

    /// Changes what the request names. A value that is stored already is no change, and without any change there is no
    /// event.
    func update(
        _ access: SessionAccess, fields: Fields, by caller: Caller, in transaction: JournalTransaction
    ) throws -> ServerEvent? {
        let old = access.session.details
        var new = old
        try new.apply(fields)
        let (id, connection) = (access.session.id, transaction.connection)
        let follows = try follows(access.session, asked: fields.bool("follows_course"), new: &new, in: connection)
        let changed = new.changes(from: old)
        let isRoomChanged = follows != access.session.followsCourse
        let touched = isRoomChanged && !changed.contains(.maxParticipants) ? changed + [.maxParticipants] : changed
        try SessionLifecycle.update(access.session.status, changed: touched, to: new)
        if isRoomChanged { try SessionStore.setFollowsCourse(follows, session: id, in: connection) }
        guard !changed.isEmpty else { return nil }
        if changed.contains(.instructorID) {
            try Self.requireTeacher(
                new.instructorID, CourseAccess.load(access.session.courseID, caller: caller, in: connection)
            )
        }
        let own = access.session.time(at: transaction.moment)
        try SessionStore.update(access.session, to: new, now: own, in: transaction)
        let payload: JSONObject = ["changes": .object(JSONObject(changed.map { ($0.rawValue, new.value($0)) }))]
        let place = try transaction.place(in: id)
        try note(changed, new, at: place.seq, session: id, by: Self.actor(access, caller), own, in: connection)
        return try transaction.append(
            .sessionUpdated, at: place, payload: payload, by: Self.actor(access, caller),
            content: SessionUpdate.content(of: payload, in: connection) ?? [:]
        )
    }

    /// The rules of the chat are acts of moderation, by whichever way they are changed.
    private func note(
        _ changed: [SessionDetails.Field], _ new: SessionDetails, at seq: Int64, session: Int64, by actor: Actor?,
        _ now: Timestamp, in connection: any SQLConnection
    ) throws {
        let rules: [(field: SessionDetails.Field, action: ModerationAct.Action, value: String)] = [
            (.chatMode, .chatMode, new.chatMode.rawValue), (.slowModeSeconds, .slowMode, String(new.slowModeSeconds)),
            (.needsApproval, .approvalRule, String(new.needsApproval)),
            (.isAnonymousAllowed, .anonymityRule, String(new.isAnonymousAllowed)),
        ]
        for rule in rules where changed.contains(rule.field) {
            let act = ModerationAct(action: rule.action, value: rule.value)
            try ModerationStore.note(act, session: session, seq: seq, by: actor?.person.id, at: now, in: connection)
        }
    }

    /// Whether the number of places follows the course from now on; when that begins, the number is set. A request with
    /// a number other than the stored one sets that number, whatever it says of the course: it may be a row that was
    /// read before and in which only the number was changed.
    private func follows(
        _ session: LiveSession, asked: Bool?, new: inout SessionDetails, in connection: any SQLConnection
    ) throws -> Bool {
        guard new.maxParticipants == session.maxParticipants else { return false }
        guard asked == true, !session.followsCourse else { return asked ?? session.followsCourse }
        new.maxParticipants = try room.size(of: session.courseID, in: connection)
        return true
    }

    /// Makes the class live, and opens the attendance of everybody who waits in it.
    func start(
        _ access: SessionAccess, by caller: Caller, in transaction: JournalTransaction
    ) throws -> ServerEvent {
        let id = access.session.id
        try SessionLifecycle.start(
            access.session.status, now: transaction.now, scheduledEnd: access.session.scheduledEnd, windows: windows
        )
        try SessionStore.setLive(id, at: transaction.moment, in: transaction.connection)
        try AttendanceStore.openForSeated(session: id, at: transaction.now, in: transaction.connection)
        return try transaction.append(
            .sessionStarted, to: id, payload: ["actual_start_at": .string(transaction.now.text)],
            by: Self.actor(access, caller)
        )
    }

    /// Ends the class: every open attendance segment is closed in the same transaction.
    ///
    /// - Parameter fields: may have a `recording_url`.
    func end(
        _ access: SessionAccess, fields: Fields, by caller: Caller, in transaction: JournalTransaction
    ) throws -> ServerEvent {
        try SessionLifecycle.end(access.session.status)
        let recordingURL = try fields.webAddress("recording_url")
        let own = access.session.time(at: transaction.moment)
        return try close(
            access.session.id, at: own, now: own, by: caller.role == .service ? "service" : "host",
            recordingURL: recordingURL,
            actor: Self.actor(access, caller), in: transaction
        )
    }

    /// Calls off a scheduled class. Those who wait lose their places.
    func cancel(
        _ access: SessionAccess, by caller: Caller, in transaction: JournalTransaction
    ) throws -> ServerEvent {
        let id = access.session.id
        try SessionLifecycle.cancel(access.session.status)
        try SessionStore.setCancelled(id, now: transaction.now, in: transaction.connection)
        try AttendanceStore.closeAll(session: id, at: transaction.now, in: transaction.connection)
        return try transaction.append(.sessionCancelled, to: id, by: Self.actor(access, caller))
    }

    /// Deletes a class that is not live; its channel closes. Attendance outlives it (`SessionStore.delete`).
    func delete(_ access: SessionAccess, in transaction: JournalTransaction) throws {
        try SessionLifecycle.delete(access.session.status)
        try SessionStore.delete(access.session.id, in: transaction)
    }

    // MARK: -

    static func actor(_ access: SessionAccess, _ caller: Caller) -> Actor? {
        caller.role == .service ? nil : Actor(access.user, role: access.role)
    }
}
