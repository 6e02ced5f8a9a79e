import Database

/// A scheduled or running class: one row of `live_sessions`.
///
/// What a host writes of it (`details`) is read as the session's own: `session.title`.
@dynamicMemberLookup
struct LiveSession: Sendable, Equatable {
    typealias Status = ClassStatus

    var id: Int64 = 0
    var courseID: Int64 = 0
    var details = SessionDetails()
    var actualStart: Timestamp?
    var actualEnd: Timestamp?
    var roomName = ""
    var serverURL = ""
    var roomPassword = ""
    /// Whether the number of places grows with the course, because nobody has set one (`CourseRoom`).
    var followsCourse = false
    var status = Status.scheduled
    var endedBy: String?
    /// When the class will end by itself, once that is announced.
    var endingAt: Timestamp?
    /// The newest seq of the journal, 0 while it is empty.
    var headSeq: Int64 = 0
    /// Participants who hold a seat; hosts take none.
    var seatedCount: Int64 = 0
    var createdAt = Timestamp(milliseconds: 0)
    var updatedAt = Timestamp(milliseconds: 0)
    /// Whether the class has ever had a material or a task.
    var hasMaterials = false
    /// What must be added to the steady clock for the class's own times.
    var clockShift: Int64 = 0
    /// For how many milliseconds the class was over before it was reopened.
    var closedFor: Int64 = 0

    subscript<Field>(dynamicMember path: KeyPath<SessionDetails, Field>) -> Field { details[keyPath: path] }

    /// The moment by the class's own time (`Status.time`), in which its attendance, its start and its end are stored.
    func time(at moment: HubClock.Moment) -> Timestamp { status.time(at: moment, shift: clockShift) }

    /// How many milliseconds the class lasted, so far while it is live; 0 before its start.
    func length(now: Timestamp) -> Int64 { actualStart.map { max(0, (actualEnd ?? now) - $0 - closedFor) } ?? 0 }

    /// Seats are taken before and during the class.
    var hasSeats: Bool { status == .scheduled || status == .live }
}

extension LiveSession {
    static let columns = Columns<LiveSession>(
        .integer("course_id", \.courseID), .time("actual_start_at", \.actualStart), .time("actual_end_at", \.actualEnd),
        .text("jitsi_room_name", \.roomName), .text("jitsi_server_url", \.serverURL),
        .text("jitsi_room_password", \.roomPassword), .bool("follows_course", \.followsCourse),
        .word("status", \.status), .text("ended_by", \.endedBy), .time("ending_at", \.endingAt),
        .time("created_at", \.createdAt), .time("updated_at", \.updatedAt), .bool("has_materials", \.hasMaterials),
        .integer("clock_shift", \.clockShift),
        .integer("closed_for", \.closedFor)
    ).with(\.details, SessionDetails.columns)

    /// Reads a row that has `id` and `columns`.
    init(row: SQLRow) {
        self.init(id: row.integer("id"))
        Self.columns.read(row, into: &self)
    }
}
