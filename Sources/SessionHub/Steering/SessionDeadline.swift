/// When a class that nobody ends ends by itself: pure rules over what is stored, so that a restart changes nothing.
///
/// It is due `autoEnd` after its scheduled end, its start, its reopening, or the last time that a host was there,
/// whichever is latest; while one is there, on the channel or by a join over REST, it is not due at all. After
/// `longest` it is due in any case. The end is announced `notice` before; what postpones it meanwhile takes the
/// announcement back.
package struct SessionDeadline: Sendable {
    package enum Action: Sendable, Equatable {
        case announce(Timestamp)
        /// Takes the announcement back.
        case cancel
        case end
    }

    package let scheduledEnd: Timestamp
    package let actualStart: Timestamp
    package let reopenedAt: Timestamp?
    /// When the end comes that was announced.
    package let endingAt: Timestamp?
    /// The last time that a host was known to be there.
    package let hostSeenAt: Timestamp?
    package let isHostPresent: Bool

    package init(
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

    /// Milliseconds; what postpones the end by less does not take the announcement back. Two clocks are read one after
    /// the other, so that the same moment can come out a millisecond later the next time.
    private static let tolerance: Int64 = 1000

    package func due(_ windows: ClassWindows) -> Timestamp {
        let longest = actualStart + windows.longest
        guard windows.autoEnd > 0, !isHostPresent else { return longest }
        let lastSign = [scheduledEnd, actualStart, reopenedAt, hostSeenAt].compactMap(\.self).max() ?? scheduledEnd
        return min(lastSign + windows.autoEnd, longest)
    }

    /// What is to be done now; nil: nothing.
    package func action(now: Timestamp, windows: ClassWindows) -> Action? {
        let due = due(windows)
        guard let endingAt else { return now >= due - windows.notice ? .announce(max(due, now + windows.notice)) : nil }
        if due > endingAt + Self.tolerance { return .cancel }
        return now >= endingAt ? .end : nil
    }

    /// When a class that ends by itself ended: the last presence of anybody, so that empty hours count for nobody.
    ///
    /// Who attends over REST alone says nothing between `join` and `leave`. Who has not left is believed until the
    /// scheduled end, and as long after it as anybody else is known to have been there: not through hours of which
    /// nobody tells anything.
    package static func end(
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
