import Database

/// A scheduled or running class: one row of `live_sessions`.
struct LiveSession: Sendable, Equatable {
    typealias Status = ClassStatus

    var id: Int64
    var courseID: Int64
    var instructorID: Int64
    var title: String
    var description: String?
    var thumbnailURL: String?
    var scheduledStart: Timestamp
    var scheduledEnd: Timestamp
    var actualStart: Timestamp?
    var actualEnd: Timestamp?
    var roomName: String
    var serverURL: String
    var roomPassword: String
    var maxParticipants: Int64
    /// Whether the number of places grows with the course, because nobody has set one (`CourseRoom`).
    var followsCourse = false
    var isRecordingEnabled: Bool
    var recordingURL: String?
    var isChatEnabled: Bool
    var chatMode: ChatMode
    /// How many seconds a member waits between two posts.
    var slowModeSeconds: Int64
    /// Whether a question waits until a host lets everybody see it.
    var needsApproval: Bool
    var isAnonymousAllowed: Bool
    var status: Status
    var endedBy: String?
    /// When the class will end by itself, once that is announced.
    var endingAt: Timestamp?
    /// The newest seq of the journal, 0 while it is empty.
    var headSeq: Int64
    /// Participants who hold a seat; hosts take none.
    var seatedCount: Int64
    var createdAt: Timestamp
    var updatedAt: Timestamp
    /// What must be added to the steady clock for the class's own times.
    var clockShift: Int64 = 0

    /// The moment by the class's own time (`Status.time`), in which its attendance, its start and its end are stored.
    func time(at moment: HubClock.Moment) -> Timestamp { status.time(at: moment, shift: clockShift) }

    /// Seats are taken before and during the class.
    var hasSeats: Bool { status == .scheduled || status == .live }

    /// The columns that `init(row:)` needs, for `SELECT`, each under its own name; `prefix` is the table's alias.
    static func columns(_ prefix: String) -> String {
        names.map { "\(prefix).\($0) AS s_\($0)" }.joined(separator: ", ")
    }

    private static let names = [
        "id", "course_id", "instructor_id", "title", "description", "thumbnail_url", "scheduled_start_at",
        "scheduled_end_at", "actual_start_at", "actual_end_at", "jitsi_room_name", "jitsi_server_url",
        "jitsi_room_password", "max_participants", "is_recording_enabled", "recording_url", "is_chat_enabled",
        "chat_mode", "slow_mode_seconds", "questions_need_approval", "is_anonymous_allowed", "status", "ended_by", "ending_at", "head_seq", "seated_count", "created_at",
        "updated_at", "clock_shift",
        "follows_course",
    ]
}

extension LiveSession {
    /// Reads a row that has `columns`.
    init(row: SQLRow) {
        id = row.integer("s_id")
        courseID = row.integer("s_course_id")
        instructorID = row.integer("s_instructor_id")
        title = row.text("s_title")
        description = row.optionalText("s_description")
        thumbnailURL = row.optionalText("s_thumbnail_url")
        scheduledStart = row.timestamp("s_scheduled_start_at")
        scheduledEnd = row.timestamp("s_scheduled_end_at")
        actualStart = row.optionalTimestamp("s_actual_start_at")
        actualEnd = row.optionalTimestamp("s_actual_end_at")
        roomName = row.text("s_jitsi_room_name")
        serverURL = row.text("s_jitsi_server_url")
        roomPassword = row.text("s_jitsi_room_password")
        maxParticipants = row.integer("s_max_participants")
        isRecordingEnabled = row.bool("s_is_recording_enabled")
        recordingURL = row.optionalText("s_recording_url")
        isChatEnabled = row.bool("s_is_chat_enabled")
        chatMode = row.word("s_chat_mode")
        slowModeSeconds = row.integer("s_slow_mode_seconds")
        needsApproval = row.bool("s_questions_need_approval")
        isAnonymousAllowed = row.bool("s_is_anonymous_allowed")
        status = row.word("s_status")
        endedBy = row.optionalText("s_ended_by")
        endingAt = row.optionalTimestamp("s_ending_at")
        headSeq = row.integer("s_head_seq")
        seatedCount = row.integer("s_seated_count")
        createdAt = row.timestamp("s_created_at")
        updatedAt = row.timestamp("s_updated_at")
        clockShift = row.integer("s_clock_shift")
        followsCourse = row.bool("s_follows_course")
    }
}
