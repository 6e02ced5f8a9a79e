/// What became of one class of the seed's, as this hub tells it. These are pure rules.
///
/// The seed often knew no end: a class stayed `scheduled` although it was held, or `live` for ever. What is over
/// arrives as ended, with the times that its participants prove, else with those of its schedule.
struct SeedHistory {
    let status: LiveSession.Status
    let start: Timestamp?
    let end: Timestamp?
    /// Who ended the class. It is the host only where the seed knows when; nil for a class that has not ended.
    let endedBy: String?

    init(_ session: LiveSession, _ participants: [SeedParticipant], now: Timestamp, windows: ClassWindows) {
        let isOver = session.scheduledEnd + windows.lateStart < now
        switch session.status {
        case .cancelled:
            (status, start, end, endedBy) = (.cancelled, nil, nil, nil)
            return
        case .scheduled where !isOver:
            (status, start, end, endedBy) = (.scheduled, nil, nil, nil)
            return
        case .live where !isOver:
            (status, start, end) = (.live, min(session.actualStart ?? session.scheduledStart, now), nil)
            endedBy = nil
            return
        case .scheduled, .live, .ended: break
        }
        // Scheduled classes could be joined at any time, so that a stay of another day proves nothing of this class.
        // When a class had ended before its schedule has even come, the schedule says nothing of it.
        let isEarly = session.status == .ended && session.scheduledStart > now
        let earliest = isEarly ? Timestamp(milliseconds: .min / 2) : session.scheduledStart - windows.longest
        let around = earliest...(session.scheduledEnd + windows.longest)
        let stays = participants.filter { $0.joinedAt.map(around.contains) ?? false }
        let closing = Self.closing(of: session, stays, now: now)
        let first = min(
            session.actualStart ?? stays.compactMap(\.joinedAt).min() ?? min(session.scheduledStart, closing), now)
        var last = session.actualEnd ?? stays.compactMap(\.leftAt).filter(around.contains).max() ?? closing
        if session.actualEnd == nil, stays.contains(where: { $0.leftAt == nil }) { last = max(last, closing) }
        (status, start, end) = (.ended, first, max(first, min(last, now)))
        endedBy = session.status == .ended && session.actualEnd != nil ? "host" : "system"
    }

    /// The end by the schedule, but for a class that the seed had ended no later than what is known of it: its row was
    /// last written then or after. A row that was last written before the class says nothing of its end, unless that is
    /// ahead.
    private static func closing(of session: LiveSession, _ stays: [SeedParticipant], now: Timestamp) -> Timestamp {
        let (written, planned) = (session.updatedAt, session.scheduledEnd)
        guard session.status == .ended, written > session.scheduledStart || planned > now else { return planned }
        let told = stays.flatMap { [$0.joinedAt, $0.leftAt] }.compactMap(\.self).max()
        return min(planned, max(written, told ?? written))
    }

    /// The stays that a row proves, oldest first. It has the times of the last one only. Minutes beyond that were
    /// earlier stays, whose times the seed overwrote; they are put right before the last one, and not before the class
    /// began.
    func segments(of participant: SeedParticipant, now: Timestamp) -> [(from: Timestamp, to: Timestamp)] {
        guard let start, let joined = participant.joinedAt else { return [] }
        let closing = end ?? now
        // Whoever never left was there until the end. When that lies before the arrival, because a clock is behind, the
        // stay has no length.
        let left = max(joined, participant.leftAt ?? closing)
        let counted = participant.leftAt == nil ? 0 : (left - joined) / 60_000
        let earlier = max(participant.minutes - counted, 0) * 60_000
        let from = max(start, joined - earlier)
        return (earlier > 0 && from < joined ? [(from, joined)] : []) + [(joined, left)]
    }
}
