import StrictJSON

/// What the channel shows of a class and of somebody in it.
extension SessionAccess {
    /// The person as the class sees them; nil for an outsider.
    var entry: Presence.Entry? { role.map { Presence.Entry(person: user, role: $0) } }

    /// Lets a member in as far as no seat is needed. Throws `session_not_found` for an outsider, `not_open`,
    /// `session_over`, `session_cancelled`.
    func requireOpenChannel(
        at moment: HubClock.Moment, windows: ClassWindows
    ) throws(HubError) -> Presence.Entry {
        let role = try requireMember()
        try SessionLifecycle.channelOpening(
            for: session, isHost: isHost, now: session.time(at: moment), windows: windows
        )
        return Presence.Entry(person: user, role: role)
    }

    /// The class as its welcome shows it. Since the admission it may have ended or been called off, and the event of
    /// that has passed before the reader listened. Therefore it is checked again whether the channel is open.
    func state(at moment: HubClock.Moment, windows: ClassWindows) throws(HubError) -> ClassState {
        let entry = try requireOpenChannel(at: moment, windows: windows)
        try requirePresent()
        return ClassState(
            seq: session.headSeq, entry: entry, isTeacher: isHost && courseStanding >= .teacher,
            session: SessionRendering.state(self),
            me: ["muted": muted(at: session.time(at: moment))]
        )
    }
}

extension SessionAccess {
    /// The welcome's `me.muted`: null, or until when, which is null as well until a host takes it back.
    private func muted(at now: Timestamp) -> JSON {
        guard sanctions.isMuted(at: now) else { return .null }
        if case .until(let end) = sanctions.mute { return ["until": .string(end.text)] }
        return ["until": .null]
    }
}

extension LiveSession {
    /// When the class ended, by the steady clock; nil while it has not.
    func end(at moment: HubClock.Moment) -> Timestamp? {
        guard status == .ended else { return nil }
        return actualEnd.map { $0 - clockShift } ?? moment.steady
    }
}
