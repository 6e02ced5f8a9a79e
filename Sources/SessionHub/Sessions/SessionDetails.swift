import StrictJSON

/// The part of a live session that a host writes: read from a request, compared with the row, checked as a whole.
struct SessionDetails: Sendable, Equatable {
    /// The fields by their names in JSON.
    enum Field: String, Sendable, CaseIterable {
        case title, description
        case thumbnailURL = "thumbnail_url"
        case scheduledStart = "scheduled_start_at"
        case scheduledEnd = "scheduled_end_at"
        case maxParticipants = "max_participants"
        case isRecordingEnabled = "is_recording_enabled"
        case recordingURL = "recording_url"
        case isChatEnabled = "is_chat_enabled"
        case chatMode = "chat_mode"
        case slowModeSeconds = "slow_mode_seconds"
        case needsApproval = "questions_need_approval"
        case isAnonymousAllowed = "is_anonymous_allowed"
        case instructorID = "instructor_id"
    }

    var title = ""
    var description: String?
    var thumbnailURL: String?
    var scheduledStart = Timestamp(milliseconds: 0)
    var scheduledEnd = Timestamp(milliseconds: 0)
    var maxParticipants: Int64 = CourseRoom.standard
    var isRecordingEnabled = false
    var recordingURL: String?
    var isChatEnabled = true
    var chatMode = ChatMode.open
    var slowModeSeconds: Int64 = 0
    /// Whether a question waits until a host lets everybody see it.
    var needsApproval = false
    var isAnonymousAllowed = true
    /// The instructor's id; 0 in a request that creates a session and names nobody.
    var instructorID: Int64 = 0

    static let columns = Columns<SessionDetails>(
        .text("title", \.title), .text("description", \.description), .text("thumbnail_url", \.thumbnailURL),
        .time("scheduled_start_at", \.scheduledStart), .time("scheduled_end_at", \.scheduledEnd),
        .integer("max_participants", \.maxParticipants), .bool("is_recording_enabled", \.isRecordingEnabled),
        .text("recording_url", \.recordingURL), .bool("is_chat_enabled", \.isChatEnabled),
        .word("chat_mode", \.chatMode), .integer("slow_mode_seconds", \.slowModeSeconds),
        .bool("questions_need_approval", \.needsApproval), .bool("is_anonymous_allowed", \.isAnonymousAllowed),
        .integer("instructor_id", \.instructorID)
    )
}

extension SessionDetails {
    /// The details of a session to create: the title and both dates are required, and the dates must be in order.
    init(creating fields: Fields) throws(HubError) {
        self.init()
        title = try fields.required("title", fields.text("title"))
        scheduledStart = try fields.required("scheduled_start_at", fields.timestamp("scheduled_start_at"))
        scheduledEnd = try fields.required("scheduled_end_at", fields.timestamp("scheduled_end_at"))
        try apply(fields)
        try checkDates()
    }

    /// Takes over every field that the request names. `null` clears an optional text and is ignored elsewhere.
    mutating func apply(_ fields: Fields) throws(HubError) {
        title = try fields.filled("title") ?? title
        if fields.has("description") { description = try fields.text("description", .lines, limit: 20_000) }
        if fields.has("thumbnail_url") { thumbnailURL = try fields.webAddress("thumbnail_url") }
        if fields.has("recording_url") { recordingURL = try fields.webAddress("recording_url") }
        scheduledStart = try fields.timestamp("scheduled_start_at") ?? scheduledStart
        scheduledEnd = try fields.timestamp("scheduled_end_at") ?? scheduledEnd
        maxParticipants = try fields.integer("max_participants", in: 1...100_000) ?? maxParticipants
        isRecordingEnabled = try fields.bool("is_recording_enabled") ?? isRecordingEnabled
        isChatEnabled = try fields.bool("is_chat_enabled") ?? isChatEnabled
        chatMode = try fields.word("chat_mode") ?? chatMode
        slowModeSeconds = try fields.integer("slow_mode_seconds", in: 0...600) ?? slowModeSeconds
        needsApproval = try fields.bool("questions_need_approval") ?? needsApproval
        isAnonymousAllowed = try fields.bool("is_anonymous_allowed") ?? isAnonymousAllowed
        instructorID = try fields.integer("instructor_id") ?? instructorID
    }

    /// Refuses a change that names no field that there is.
    static func requireSomething(in fields: Fields) throws(HubError) {
        let names = Field.allCases.map(\.rawValue) + ["follows_course"]
        guard names.contains(where: fields.has) else { throw .nothingToChange }
    }

    func checkDates() throws(HubError) {
        guard scheduledEnd > scheduledStart else {
            throw .invalid(
                Field.scheduledEnd.rawValue,
                Localized(en: "The class must end after its start.", fr: "La classe doit finir après son début.")
            )
        }
    }

    func value(_ field: Field) -> JSON {
        switch field {
        case .title: .string(title)
        case .description: .optional(description)
        case .thumbnailURL: .optional(thumbnailURL)
        case .scheduledStart: .string(scheduledStart.text)
        case .scheduledEnd: .string(scheduledEnd.text)
        case .maxParticipants: .integer(maxParticipants)
        case .isRecordingEnabled: .bool(isRecordingEnabled)
        case .recordingURL: .optional(recordingURL)
        case .isChatEnabled: .bool(isChatEnabled)
        case .chatMode: .string(chatMode.rawValue)
        case .slowModeSeconds: .integer(slowModeSeconds)
        case .needsApproval: .bool(needsApproval)
        case .isAnonymousAllowed: .bool(isAnonymousAllowed)
        case .instructorID: .integer(instructorID)
        }
    }

    /// The fields in which the two differ, in their order.
    func changes(from old: SessionDetails) -> [Field] {
        Field.allCases.filter { value($0) != old.value($0) }
    }
}

extension HubError {
    /// A PUT of the seed's routes without a field that could change.
    static var nothingToChange: HubError {
        .invalid("body", Localized(en: "There is nothing to change.", fr: "Il n’y a rien à modifier."))
    }
}

extension Fields {
    /// An address that a page may put into `href` or `src`: `https:`, `http:` or a path of the platform itself.
    /// Anything else (`javascript:` above all) is refused.
    func webAddress(_ name: String) throws(HubError) -> String? {
        guard let text = try text(name, .exact, limit: 2048) else { return nil }
        let lower = text.lowercased()
        // Browsers read a backslash as a slash: "/\\host" is no path.
        let isPath = text.hasPrefix("/") && !text.hasPrefix("//")
        let rest = ["https://", "http://"].first { lower.hasPrefix($0) }.map { text.dropFirst($0.count) }
        guard isPath || rest.map({ !$0.isEmpty && !"/?#:".contains($0.first ?? "/") }) ?? false,
            !text.contains(where: { $0.isWhitespace || $0 == "\\" })
        else {
            throw .invalid(
                path(name),
                Localized(
                    en: "\(name) must be an address that starts with https://.",
                    fr: "\(name) doit être une adresse qui commence par https://."
                )
            )
        }
        return text
    }
}
