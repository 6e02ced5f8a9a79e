/// Proof of attendance: an interval [joined, left) of one person in one session.
package struct AttendanceSegment: Sendable, Equatable {
    package var user: Int64
    package var joinedAt: Timestamp
    /// The newest heartbeat, or the loss of the last connection: what a crash of the hub cannot take away.
    package var lastSeenAt: Timestamp
    /// Nil while open.
    package var leftAt: Timestamp?
    package var source: AttendanceSource
    /// Open, and nobody is connected: in the grace, or since before a restart of the hub. Only what was seen counts.
    package var isHeld: Bool

    package init(
        user: Int64, joinedAt: Timestamp, lastSeenAt: Timestamp, leftAt: Timestamp?, source: AttendanceSource,
        isHeld: Bool = false
    ) {
        self.user = user
        self.joinedAt = joinedAt
        self.lastSeenAt = lastSeenAt
        self.leftAt = leftAt
        self.source = source
        self.isHeld = isHeld
    }

    /// Until when it counts, seen from `now`.
    package func end(now: Timestamp) -> Timestamp {
        leftAt ?? (isHeld ? lastSeenAt : now)
    }
}
