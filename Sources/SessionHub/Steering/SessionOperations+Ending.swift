import Database
import StrictJSON

/// Ends that come by themselves, and ends that are taken back.
extension SessionOperations {
    /// Announces, takes back or carries out the end of every class that is due for it; in the writer's transaction, on
    /// the hub's heartbeat.
    package func endForgotten(in transaction: JournalTransaction) throws {
        let (connection, now) = (transaction.connection, transaction.now)
        let due = try SessionDeadlineStore.candidates(at: transaction.moment, windows: windows, in: connection)
        for candidate in due {
            let (session, deadline, lead) = (candidate.session, candidate.deadline, candidate.lead)
            switch deadline.action(now: now, windows: windows) {
            case nil: continue
            case .announce(let end): try announce(end, session, at: now - lead, in: transaction)
            case .cancel: try announce(nil, session, at: now - lead, in: transaction)
            case .end:
                // By the class's own time, in which its attendance stands; the deadline is by the wall's.
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

    /// - Parameter own: now, by the class's own time.
    private func announce(
        _ end: Timestamp?, _ session: Int64, at own: Timestamp, in transaction: JournalTransaction
    ) throws {
        try SessionStore.setEnding(session, at: end, now: own, in: transaction.connection)
        try transaction.append(.sessionEnding, to: session, payload: ["ends_at": .optional(end)], by: nil)
    }

    /// Ends a class at `end`: the row, every open attendance segment, the event.
    ///
    /// - Parameter own: now; both by the class's own time.
    func close(
        _ id: Int64, at end: Timestamp, now own: Timestamp, by endedBy: String, recordingURL: String?, actor: Actor?,
        in transaction: JournalTransaction
    ) throws -> ServerEvent {
        try SessionStore.setEnded(
            id, at: end, by: endedBy, recordingURL: recordingURL, now: own, in: transaction.connection
        )
        try AttendanceStore.closeAll(session: id, at: end, in: transaction.connection)
        var payload: JSONObject = ["actual_end_at": .string(end.text), "ended_by": .string(endedBy)]
        if let recordingURL { payload["recording_url"] = .string(recordingURL) }
        return try transaction.append(.sessionEnded, to: id, payload: payload, by: actor)
    }

    /// Takes an end back: the class is live again, as if since its first start. Who is on the channel attends again
    /// from now on (`SessionChannel`); a join over REST is asked for anew.
    package func reopen(
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
