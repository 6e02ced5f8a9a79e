import Foundation
import StrictJSON

/// A row of the seed's `live_sessions`.
struct SeedSession {
    let row: SeedRow
    /// The class as the row has it, without its room.
    let session: LiveSession
    let room, server, password: String?
    /// What is not taken as it stands in the row.
    let notes: [String]

    init(_ row: SeedRow, zone: TimeZone) throws(HubError) {
        let fields = SeedFields(row, zone: zone)
        var notes: [String] = []
        self.row = row
        var session = LiveSession(id: try fields.required("id", fields.id("id")))
        session.courseID = try fields.required("course_id", fields.id("course_id"))
        var details = SessionDetails()
        details.instructorID = try fields.required("instructor_id", fields.id("instructor_id"))
        details.title = try fields.required("title", fields.text("title"))
        details.description = try fields.text("description", .lines, limit: 20_000)
        details.thumbnailURL = fields.webAddress("thumbnail_url", &notes)
        details.recordingURL = fields.webAddress("recording_url", &notes)
        details.scheduledStart = try fields.required("scheduled_start_at", fields.moment("scheduled_start_at"))
        details.scheduledEnd = try fields.required("scheduled_end_at", fields.moment("scheduled_end_at"))
        session.actualStart = try fields.moment("actual_start_at")
        session.actualEnd = try fields.moment("actual_end_at")
        room = try fields.text("jitsi_room_name")
        server = fields.webAddress("jitsi_server_url", &notes)
        password = try fields.text("jitsi_room_password")
        let places = try fields.integer("max_participants") ?? CourseRoom.standard
        let taken = places < 1 ? CourseRoom.standard : min(places, 100_000)
        if places != taken { notes.append("max_participants is \(places), and becomes \(taken)") }
        details.maxParticipants = taken
        details.isRecordingEnabled = try fields.bool("is_recording_enabled") ?? false
        session.status = try fields.word("status", or: LiveSession.Status.scheduled)
        session.createdAt = try fields.moment("created_at") ?? details.scheduledStart
        session.updatedAt = try fields.moment("updated_at") ?? session.createdAt
        try details.checkDates()
        session.details = details
        (self.session, self.notes) = (session, notes)
        if let actualStart = session.actualStart, let actualEnd = session.actualEnd, actualEnd < actualStart {
            throw .invalid(
                "actual_end_at",
                Localized(en: "The class ended before it began.", fr: "La classe finit avant son début.")
            )
        }
    }

    /// What is not taken as it stands in the row; some of it depends on the moment.
    func remarks(now: Timestamp) -> [String] {
        let wasHeld = session.status == .ended || session.status == .live
        let isAhead = wasHeld && session.actualStart.map { $0 > now } ?? false
        return notes + (isAhead ? ["actual_start_at is ahead, and becomes now"] : [])
    }

    /// What a second run compares. It says nothing of how the file wrote it.
    var words: JSON {
        [
            .integer(session.id), .integer(session.courseID), .integer(session.instructorID), .string(session.title),
            .optional(session.description), .optional(session.thumbnailURL), .optional(session.recordingURL),
            .optional(session.scheduledStart), .optional(session.scheduledEnd), .optional(session.actualStart),
            .optional(session.actualEnd), .optional(room), .integer(session.maxParticipants),
            .bool(session.isRecordingEnabled), .string(session.status.rawValue), .optional(session.createdAt),
        ]
    }
}

/// A row of the seed's `live_session_participants`: the last stay, and the minutes of all.
struct SeedParticipant {
    let row: SeedRow
    let id, session, user: Int64
    let enrollment: Int64?
    let joinedAt, leftAt, createdAt: Timestamp?
    let minutes: Int64
    let isPresent: Bool
    let role: ClassRole

    init(_ row: SeedRow, zone: TimeZone) throws(HubError) {
        let fields = SeedFields(row, zone: zone)
        self.row = row
        id = try fields.required("id", fields.id("id"))
        session = try fields.required("session_id", fields.id("session_id"))
        user = try fields.required("user_id", fields.id("user_id"))
        enrollment = try fields.id("enrollment_id")
        joinedAt = try fields.moment("joined_at")
        leftAt = try fields.moment("left_at")
        createdAt = try fields.moment("created_at")
        minutes = try fields.minutes("attendance_duration") ?? 0
        isPresent = try fields.bool("is_present") ?? false
        role = try fields.word("role", or: ClassRole.participant)
        // The seed has no guests, and nobody is one here without a host's invitation.
        guard role != .guest else {
            throw .invalid("role", Localized(en: "A dump has no guests.", fr: "Une sauvegarde n’a pas d’invités."))
        }
        if let joinedAt, let leftAt, leftAt < joinedAt {
            throw .invalid(
                "left_at", Localized(en: "left_at is before joined_at.", fr: "left_at précède joined_at.")
            )
        }
    }

    var words: JSON {
        [
            .integer(id), .integer(session), .integer(user), .optional(enrollment), .optional(joinedAt),
            .optional(leftAt), .integer(minutes), .bool(isPresent), .string(role.rawValue),
        ]
    }
}

/// A row of the seed's `live_session_chat`.
struct SeedMessage {
    let row: SeedRow
    let id, session, user: Int64
    let text: String
    let kind: ChatContent.Kind
    let createdAt: Timestamp
    let notes: [String]

    /// Nil for a message in which nothing can be seen: nobody can post such a one here.
    init?(_ row: SeedRow, zone: TimeZone) throws(HubError) {
        let fields = SeedFields(row, zone: zone)
        self.row = row
        id = try fields.required("id", fields.id("id"))
        session = try fields.required("session_id", fields.id("session_id"))
        user = try fields.required("user_id", fields.id("user_id"))
        var notes: [String] = []
        // This is the longest text that AMPHI_LIMIT_TEXT may allow.
        let text = try fields.cutText("message", .lines, limit: 16_000, &notes)
        guard text != nil || row.object["message"]?.stringValue == nil else { return nil }
        self.text = try fields.required("message", text)
        let type = try fields.text("message_type")?.lowercased() ?? ChatContent.Kind.text.rawValue
        if let kind = ChatContent.Kind(rawValue: type) {
            self.kind = kind
        } else {
            kind = .text
            notes.append("message_type is not one of this hub, and becomes text")
        }
        self.notes = notes
        createdAt = try fields.required("created_at", fields.moment("created_at"))
    }

    var words: JSON {
        [
            .integer(id), .integer(session), .integer(user), .string(text), .string(kind.rawValue),
            .optional(createdAt),
        ]
    }
}

/// A row of the seed's `events`.
struct SeedEvent {
    let row: SeedRow
    let event: CalendarEvent
    /// What the row says, for its digest.
    let words: JSON
    let notes: [String]

    init(_ row: SeedRow, zone: TimeZone) throws(HubError) {
        let fields = SeedFields(row, zone: zone)
        self.row = row
        var event = CalendarEvent(id: try fields.required("id", fields.id("id")))
        event.title = try fields.required("title", fields.text("title"))
        event.description = try fields.text("description", .lines, limit: 20_000)
        let type = try fields.text("event_type", limit: 64) ?? "other"
        // Live sessions stand in the calendar by themselves.
        event.type = type == "live_session" ? "other" : type
        event.start = try fields.required("start_date", fields.moment("start_date"))
        event.end = try fields.moment("end_date")
        event.isAllDay = try fields.bool("is_all_day") ?? false
        event.location = try fields.text("location")
        event.isPublic = try fields.bool("is_public") ?? false
        event.isOnline = try fields.bool("is_online") ?? false
        event.courseID = try fields.id("course_id")
        event.createdBy = try fields.id("created_by")
        event.createdAt = try fields.moment("created_at") ?? event.start
        event.updatedAt = try fields.moment("updated_at") ?? event.createdAt
        if let end = event.end, end < event.start {
            throw .invalid(
                "end_date", Localized(en: "The event ends before it begins.", fr: "L’événement finit avant son début."))
        }
        let isGone = event.end == event.start && !event.isAllDay
        let isNoted = isGone && row.object["start_date"] != row.object["end_date"]
        notes = isNoted ? ["the clocks of the zone skip from start_date to end_date, which is left out"] : []
        if isGone { event.end = nil }
        words = Self.words(event)
        if event.isAllDay { (event.start, event.end) = (zone.date(at: event.start), event.end.map(zone.date)) }
        try event.requireWritableDays()
        self.event = event
    }

    private static func words(_ event: CalendarEvent) -> JSON {
        [
            .integer(event.id), .string(event.title), .optional(event.description), .string(event.type),
            .optional(event.start), .optional(event.end), .bool(event.isAllDay), .optional(event.location),
            .bool(event.isPublic), .bool(event.isOnline), .optional(event.courseID), .optional(event.createdBy),
        ]
    }
}
