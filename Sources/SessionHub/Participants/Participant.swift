import StrictJSON

/// One person who was ever let into a session, with the segments that prove it.
struct Participant: Sendable, Equatable {
    /// The id of the row, for clients that need a key. The person has an id of their own.
    var id: Int64 = 0
    var person: Person
    var email: String
    var role: ClassRole
    var enrollmentID: Int64?
    var isSeated: Bool
    var firstJoinedAt: Timestamp
    var segments: [AttendanceSegment]

    /// The seed's `joined_at`: when the person first attended, or was let in to wait.
    var joinedAt: Timestamp { segments.map(\.joinedAt).min() ?? firstJoinedAt }

    /// The seed's `left_at`: nil while the person is here.
    var leftAt: Timestamp? {
        guard !isSeated, segments.allSatisfy({ $0.leftAt != nil }) else { return nil }
        return segments.compactMap(\.leftAt).max()
    }

    /// The kinds of proof that there are of the person's attendance, each once. There are none of somebody who only
    /// waited.
    var sources: [AttendanceSource] {
        AttendanceSource.allCases.filter { source in segments.contains { $0.source == source } }
    }

    func sum(in session: LiveSession, now: Timestamp) -> AttendanceSum {
        AttendanceSum(of: segments, start: session.actualStart, end: session.actualEnd, now: now)
    }
}
