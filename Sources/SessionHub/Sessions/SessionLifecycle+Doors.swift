import StrictJSON

/// Who may come in when, by join (and the Jitsi token) and by the channel.
extension SessionLifecycle {
    /// The rule of join: a class is open while it is live. Hosts are let in before, from the join window on, to
    /// prepare.
    static func join(
        _ session: LiveSession, isHost: Bool, now: Timestamp, windows: ClassWindows
    ) throws(HubError) {
        switch session.status {
        case .live: return
        case .ended: throw HubError(.sessionOver)
        case .cancelled: throw HubError(.sessionCancelled)
        case .scheduled:
            try start(.scheduled, now: now, scheduledEnd: session.scheduledEnd, windows: windows)
            guard isHost, now >= session.scheduledStart - windows.joinWindow else {
                throw HubError(
                    .sessionNotStarted, details: JSONObject([("starts_at", .string(session.scheduledStart.text))])
                )
            }
        }
    }

    /// The rule of the channel: it is open from the join window before the scheduled start, for hosts at any time
    /// before it, until `aftertalk` after the actual end (Protocol.md, Opening 5).
    ///
    /// Throws `not_open` with the time to wait and `starts_at`, `session_over` or `session_cancelled`.
    static func channelOpening(
        for session: LiveSession, isHost: Bool, now: Timestamp, windows: ClassWindows
    ) throws(HubError) {
        switch session.status {
        case .live: return
        case .cancelled: throw HubError(.sessionCancelled)
        case .ended:
            guard now < (session.actualEnd ?? session.scheduledEnd) + windows.aftertalk else {
                throw HubError(.sessionOver)
            }
        case .scheduled:
            if isHost { return }
            let opening = session.scheduledStart - windows.joinWindow
            guard now >= opening else {
                throw HubError(
                    .notOpen, retryAfter: opening - now,
                    details: JSONObject([("starts_at", .string(session.scheduledStart.text))])
                )
            }
            // A class that nobody started and nobody can start any more is over as well.
            guard now <= session.scheduledEnd + windows.lateStart else { throw HubError(.sessionOver) }
        }
    }

    /// The rule of inviting guests: before and during a class, and as long as an ended one can be reopened.
    ///
    /// - Parameter endedAt: when the class was ended, by its own time.
    static func inviting(
        _ session: LiveSession, endedAt: Timestamp?, at moment: HubClock.Moment, windows: ClassWindows
    ) throws(HubError) {
        switch session.status {
        case .live: return
        case .cancelled: throw HubError(.sessionCancelled)
        case .scheduled:
            guard moment.wall <= session.scheduledEnd + windows.lateStart else { throw HubError(.sessionOver) }
        case .ended:
            guard let endedAt, session.time(at: moment) <= reopeningEnd(endedAt, windows: windows) else {
                throw HubError(.sessionOver)
            }
        }
    }

    /// The end of a `channel_token` that is minted now, late enough for a class that overruns. The session's own end
    /// closes the channel earlier (`channelOpening`), whatever the token says.
    static func channelTokenExpiry(
        for session: LiveSession, now: Timestamp, windows: ClassWindows
    ) -> Timestamp {
        max(session.scheduledEnd, now) + overrun + windows.aftertalk
    }

    private static let overrun: Int64 = 6 * 3_600_000
}

extension SessionLifecycle {
    /// Whether a class is live, or scheduled and can still start: what a timetable has ahead. The student's lists say
    /// the same in SQL.
    static func isUpcoming(_ session: LiveSession, now: Timestamp, windows: ClassWindows) -> Bool {
        switch session.status {
        case .live: true
        case .scheduled: now <= session.scheduledEnd + windows.lateStart
        case .ended, .cancelled: false
        }
    }
}
