/// Who was expected in a class and who came, and what that comes to.
struct RollCall: Sendable {
    /// Somebody who was expected, or came, or whose attendance was corrected.
    struct Entry: Sendable {
        let person: Person
        let email: String
        let isExpected: Bool
        /// Nil for somebody who was never let in.
        var participant: Participant?
        /// The newest.
        var correction: AttendanceCorrection?

        /// What the person was in the class when they were there.
        var role: ClassRole { participant?.role ?? .participant }
        /// When they first attended, or were let in to wait.
        var firstJoinedAt: Timestamp? { participant?.joinedAt }
    }

    /// What the record alone says of somebody.
    struct Record: Sendable {
        let sum: AttendanceSum
        let percent: Int64
        let status: AttendanceStatus

        /// Whether the person is in the class, or was when it is over.
        var isThere: Bool {
            switch status {
            case .here, .late, .present, .leftEarly: true
            case .expected, .left, .absent, .excused: false
            }
        }
    }

    let session: LiveSession
    let course: DirectoryCourse
    /// By name.
    let entries: [Entry]

    /// - Parameter now: by the class's own time.
    func record(of entry: Entry, now: Timestamp) -> Record {
        let segments = entry.participant?.segments ?? []
        let sum = AttendanceSum(of: segments, start: session.actualStart, end: session.actualEnd, now: now)
        let percent = segments.isEmpty ? 0 : sum.percent(of: session.length(now: now))
        let status = course.attendance.status(
            in: session.status, start: session.actualStart, first: segments.map(\.joinedAt).min(), percent: percent,
            isSeated: entry.participant?.isSeated ?? false
        )
        return Record(sum: sum, percent: percent, status: status)
    }
}
