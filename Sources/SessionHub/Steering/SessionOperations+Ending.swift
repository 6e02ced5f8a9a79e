import Database
import StrictJSON

/// Ends that come by themselves, and ends that are taken back.
extension SessionOperations {
    /// Announces, takes back or carries out the end of every class for which that is due. Runs in the writer's
    /// transaction, on the hub's heartbeat.
    func endForgotten(in transaction: JournalTransaction) throws {
        let (connection, now) = (transaction.connection, transaction.now)
        let due = try SessionDeadlineStore.candidates(at: transaction.moment, windows: windows, in: connection)
        for candidate in due {
            let (session, deadline, lead) = (candidate.session, candidate.deadline, candidate.lead)
            switch deadline.action(now: now, windows: windows) {
            case nil: continue
            case .announce(let end): try announce(end, session, at: now - lead, in: transaction)
            case .cancel: try announce(nil, session, at: now - lead, in: transaction)
            case .end:
                // Attendance is in the class's own time and the deadline in the wall clock's, so that the end is
                // computed in the former.
                let end = SessionDeadline.end(
                    of: try AttendanceStore.segments(session: session, in: connection),
                    actualStart: deadline.actualStart - lead, scheduledEnd: deadline.scheduledEnd - lead,
                    now: now - lead
                )
                _ = try close(
                    session, at: end, now: now - lead, by: "system", recordingURL: nil, actor: nil, in: transaction)
            }
        }
    }

    /// - Parameter own: the present, by the class's own time.
    private func announce(
        _ end: Timestamp?, _ session: Int64, at own: Timestamp, in transaction: JournalTransaction
    ) throws {
        try SessionStore.setEnding(session, at: end, now: own, in: transaction.connection)
        try transaction.append(.sessionEnding, to: session, payload: ["ends_at": .optional(end)], by: nil)
    }

    /// Ends a class at `end`: changes the row, closes every open attendance segment and appends the event.
    ///
    /// - Parameters:
    ///   - end: the end, by the class's own time.
    ///   - own: the present, by the same time.
    func close(
        _ id: Int64, at end: Timestamp, now own: Timestamp, by endedBy: String, recordingURL: String?, actor: Actor?,
        in transaction: JournalTransaction
    ) throws -> ServerEvent {
        try SessionStore.setEnded(
            id, at: end, by: endedBy, recordingURL: recordingURL, now: own, in: transaction.connection
        )
        try AttendanceStore.closeAll(session: id, at: end, in: transaction.connection)
        transaction.show(.handsDown(in: id))
        var payload: JSONObject = ["actual_end_at": .string(end.text), "ended_by": .string(endedBy)]
        if let recordingURL { payload["recording_url"] = .string(recordingURL) }
        return try transaction.append(.sessionEnded, to: id, payload: payload, by: actor)
    }

    /// Takes an end back: the class is live again, with its first start. Whoever is on the channel attends again from
    /// now on (`SessionChannel`). Somebody who had joined over REST has to join again.
    func reopen(
        _ access: SessionAccess, by caller: Caller, in transaction: JournalTransaction
    ) throws -> ServerEvent {
        let id = access.session.id
        let endedAt = try JournalStore.newest(.sessionEnded, of: id, in: transaction.connection)
        let own = access.session.time(at: transaction.moment)
        try SessionLifecycle.reopen(access.session.status, endedAt: endedAt, now: own, windows: windows)
        try SessionStore.setReopened(id, at: own, in: transaction.connection)
        return try transaction.append(.sessionReopened, to: id, by: Self.actor(access, caller))
    }
}
