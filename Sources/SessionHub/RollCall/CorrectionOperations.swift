/// Correcting somebody's attendance, inside the writer's transaction. This is the one place that decides whose.
struct CorrectionOperations: Sendable {
    /// Those whose attendance can be corrected. Whoever is in a class by a link for that class alone may be erased, and
    /// what is kept for good names none of them.
    private static let roles: Set<ClassRole> = [.instructor, .moderator, .participant]

    /// - Parameter user: whose attendance it is. Throws `user_not_found` for somebody who neither is expected nor came,
    ///   `forbidden`, `session_not_started`, `session_cancelled`.
    func correct(
        _ user: Int64, _ request: CorrectionRequest, as access: SessionAccess, by caller: Caller,
        in transaction: JournalTransaction
    ) throws -> AttendanceCorrection {
        let (session, connection) = (access.session, transaction.connection)
        guard user != access.user.id else { throw HubError(.forbidden, field: "user_id") }
        guard let target = try SessionAccess.load(session: session.id, of: user, in: connection),
            let entry = try RollCallStore.load(session, of: user, in: connection).entries.first,
            Self.roles.contains(entry.role)
        else { throw HubError(.userNotFound, field: "user_id") }
        guard access.standing > target.standing else { throw HubError(.forbidden, field: "user_id") }
        switch session.status {
        case .scheduled: throw HubError(.sessionNotStarted)
        case .cancelled: throw HubError(.sessionCancelled)
        case .live, .ended: break
        }
        let author = caller.role == .service ? nil : access.user
        let now = session.time(at: transaction.moment)
        let act = ModerationAct(
            action: .correction, target: user, value: request.status.rawValue, reason: request.reason
        )
        try ModerationStore.note(act, session: session.id, seq: nil, by: author?.id, at: now, in: connection)
        return try CorrectionStore.add(
            request, of: user, session: session.id, by: author, at: now, in: connection
        )
    }
}
