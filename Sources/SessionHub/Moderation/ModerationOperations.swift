import Database
import StrictJSON

/// What hosts do to people, inside the writer's transaction. This is the one place that decides who may.
///
/// Nobody moderates somebody of equal or higher standing, nor themselves. What is imposed on somebody is read in the
/// transaction of everything that they do afterwards, so that nothing that was queued behind it is committed.
struct ModerationOperations: Sendable {
    /// Throws `user_not_found` for somebody who is not of the class and never was, and `forbidden`.
    ///
    /// - Returns: the seq of `moderation.updated`; of the newest event when everything is so already.
    func carryOut(
        _ request: ModerationRequest, as access: SessionAccess, by caller: Caller,
        in transaction: JournalTransaction
    ) throws -> Int64 {
        let (session, connection) = (access.session, transaction.connection)
        var request = request
        // A page may still know somebody by the id from before a binding.
        request.user = try LocalPeople.boundID(request.user, in: connection) ?? request.user
        guard request.user != access.user.id else { throw HubError(.forbidden, field: "user_id") }
        guard let target = try SessionAccess.load(session: session.id, of: request.user, in: connection),
            target.role != nil || target.isParticipant || target.sanctions.isBanned
        else { throw HubError(.userNotFound, field: "user_id") }
        // What holds in every class of the course is judged by what both are to the course: a class of one's own gives
        // no say over a colleague in theirs, and a co-host of one class has none in the others.
        let isAboutCourse =
            request.action == .ban && request.scope == .course
            || request.action == .unban && target.sanctions.isBannedFromCourse
        if isAboutCourse, access.courseStanding < .teacher { throw HubError(.forbidden, field: "scope") }
        let (own, other) =
            isAboutCourse
            ? (access.courseStanding, target.courseStanding) : (access.standing, target.standing)
        guard own > other else { throw HubError(.forbidden, field: "user_id") }
        let now = session.time(at: transaction.moment)
        let until = request.seconds.map { now + $0 * 1000 }
        guard Self.isChange(request, for: target, now: now) else { return session.headSeq }
        let place = try transaction.place(in: session.id)
        try impose(request, on: target, until: until, now: now, in: transaction)
        let act = ModerationAct(
            action: request.action, target: request.user, scope: request.action == .ban ? request.scope : nil,
            until: until, reason: request.reason
        )
        let isService = caller.role == .service
        try ModerationStore.note(
            act, session: session.id, seq: place.seq, by: isService ? nil : access.user.id, at: now, in: connection
        )
        return try transaction.append(
            .moderationUpdated, at: place, payload: ["action": .string(request.action.rawValue)],
            by: isService ? nil : Actor(access.user, role: access.role), audience: .user(request.user),
            content: act.members
        ).seq
    }

    private static func isChange(_ request: ModerationRequest, for target: SessionAccess, now: Timestamp) -> Bool {
        let sanctions = target.sanctions
        switch request.action {
        case .mute: return request.seconds != nil || sanctions.mute != .endless
        case .unmute: return sanctions.isMuted(at: now)
        // Whoever is not there needs no removal. After the class nobody has a seat, and people may still talk.
        case .remove: return !sanctions.isRemoved && (target.isSeated || target.session.status == .ended)
        case .ban: return request.scope == .course ? !sanctions.isBannedFromCourse : !sanctions.isBanned
        case .unban: return sanctions.isBanned
        case .chatMode, .slowMode, .approvalRule, .anonymityRule, .cohost, .guest, .deletion, .questionApproval,
            .questionAuthor, .correction:
            return false
        }
    }

    private func impose(
        _ request: ModerationRequest, on target: SessionAccess, until: Timestamp?, now: Timestamp,
        in transaction: JournalTransaction
    ) throws {
        let (session, user, connection) = (target.session, request.user, transaction.connection)
        switch request.action {
        case .mute: try ModerationStore.mute(user, in: session.id, until: until, connection: connection)
        case .unmute: try ModerationStore.unmute(user, in: session.id, connection: connection)
        case .remove:
            try ModerationStore.remove(user, from: session.id, at: now, connection: connection)
            try sendAway(user, from: session.id, now: now, in: transaction)
        case .ban where request.scope == .course:
            try ModerationStore.ban(user, fromCourse: session.courseID, at: now, connection: connection)
            try sendAway(user, from: session.id, now: now, in: transaction)
        case .ban:
            try ModerationStore.ban(user, from: session.id, at: now, connection: connection)
            try sendAway(user, from: session.id, now: now, in: transaction)
        case .unban:
            try ModerationStore.unban(user, in: session.id, course: session.courseID, connection: connection)
        case .chatMode, .slowMode, .approvalRule, .anonymityRule, .cohost, .guest, .deletion, .questionApproval,
            .questionAuthor, .correction:
            break
        }
    }

    /// Frees the place and ends the attendance, over the channel and over REST. The person's connections close when
    /// their access is looked at again, on every loop; so do those to other classes of a course that they are banned
    /// from.
    func sendAway(
        _ user: Int64, from session: Int64, now: Timestamp, in transaction: JournalTransaction
    ) throws {
        try AttendanceStore.leave(session: session, user: user, at: now, in: transaction.connection)
        try AttendanceStore.depart(
            session: session, user: user, at: transaction.moment.steady, in: transaction.connection
        )
        // The store lowers a hand with the seat. Whoever is away for a moment still has a place in the presence.
        transaction.show(.hand(of: user, at: nil, in: session))
        transaction.accessChanged([user])
    }
}
