/// When a class that nobody ends will end by itself. These are pure rules over what is stored, so that a restart
/// changes nothing.
///
/// The end is due `autoEnd` after the latest of these: the scheduled end, the start, a reopening, and the last time
/// that a host was there. While a host is there, on the channel or by a join over REST, no end is due, but after
/// `longest` it is due in any case. It is announced `notice` before. When something postpones it meanwhile, the
/// announcement is taken back.
struct SessionDeadline: Sendable {
    enum Action: Sendable, Equatable {
        case announce(Timestamp)
        /// Takes the announcement back.
        case cancel
        case end
    }

    let scheduledEnd: Timestamp
    let actualStart: Timestamp
    let reopenedAt: Timestamp?
    /// The time of an end that was announced.
    let endingAt: Timestamp?
    /// The last time that a host was known to be there.
    let hostSeenAt: Timestamp?
    let isHostPresent: Bool

    init(
        scheduledEnd: Timestamp, actualStart: Timestamp, reopenedAt: Timestamp? = nil, endingAt: Timestamp? = nil,
        hostSeenAt: Timestamp? = nil, isHostPresent: Bool = false
    ) {
        self.scheduledEnd = scheduledEnd
        self.actualStart = actualStart
        self.reopenedAt = reopenedAt
        self.endingAt = endingAt
        self.hostSeenAt = hostSeenAt
        self.isHostPresent = isHostPresent
    }

    /// An end that is postponed by fewer milliseconds stays announced. Two clocks are read one after the other, so that
    /// the same moment can come out a millisecond later the next time.
    private static let tolerance: Int64 = 1000

    func due(_ windows: ClassWindows) -> Timestamp {
        let longest = actualStart + windows.longest
        guard windows.autoEnd > 0, !isHostPresent else { return longest }
        let lastSign = [scheduledEnd, actualStart, reopenedAt, hostSeenAt].compactMap(\.self).max() ?? scheduledEnd
        return min(lastSign + windows.autoEnd, longest)
    }

    /// What must be done now, if anything.
    func action(now: Timestamp, windows: ClassWindows) -> Action? {
        let due = due(windows)
        guard let endingAt else { return now >= due - windows.notice ? .announce(max(due, now + windows.notice)) : nil }
        if due > endingAt + Self.tolerance { return .cancel }
        return now >= endingAt ? .end : nil
    }

    /// When a class that ends by itself has ended: at the last presence of anybody, so that empty hours count for
    /// nobody.
    ///
    /// About people who attend over REST alone nothing is known between `join` and `leave`. Somebody who has not left
    /// is believed to be there until the scheduled end, and after it only as long as somebody else is known to have
    /// been there.
    static func end(
        of segments: [AttendanceSegment], actualStart: Timestamp, scheduledEnd: Timestamp, now: Timestamp
    ) -> Timestamp {
        let seen = segments.map { segment in
            if let leftAt = segment.leftAt { return leftAt }
            if segment.isHeld { return segment.lastSeenAt }
            return segment.source == .rest ? max(segment.joinedAt, scheduledEnd) : now
        }
        return min(now, max(actualStart, seen.max() ?? actualStart))
    }
}
