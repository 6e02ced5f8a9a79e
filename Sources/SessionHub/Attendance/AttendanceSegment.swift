/// Proof of attendance: an interval [joined, left) of one person in one session.
struct AttendanceSegment: Sendable, Equatable {
    var user: Int64
    var joinedAt: Timestamp
    /// The newest heartbeat, or the loss of the last connection. A crash of the hub cannot take away attendance before
    /// it.
    var lastSeenAt: Timestamp
    /// When the person left; nil while the segment is open.
    var leftAt: Timestamp?
    var source: AttendanceSource
    /// Whether the segment is open without a connection: during the grace, or since before a restart of the hub. Then
    /// it counts only up to `lastSeenAt`.
    var isHeld: Bool

    init(
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

    /// The moment up to which the segment counts, as of `now`.
    func end(now: Timestamp) -> Timestamp {
        leftAt ?? (isHeld ? lastSeenAt : now)
    }
}
