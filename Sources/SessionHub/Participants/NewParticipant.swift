import Database

/// Somebody who is let into a class for the first time: the row as it is first written.
struct NewParticipant: Sendable {
    let session: Int64
    let user: Int64
    let enrollmentID: Int64?
    let role: ClassRole
    /// How the seat was taken; nil for somebody who holds none.
    let seat: AttendanceSource?
    let firstJoinedAt: Timestamp

    static let columns = Columns<NewParticipant>(
        .computed("session_id") { .integer($0.session) }, .computed("user_id") { .integer($0.user) },
        .computed("enrollment_id") { .optional($0.enrollmentID) }, .computed("role") { .text($0.role.rawValue) },
        .computed("seat") { .optional($0.seat?.rawValue) },
        .computed("first_joined_at") { .timestamp($0.firstJoinedAt) }
    )
}
