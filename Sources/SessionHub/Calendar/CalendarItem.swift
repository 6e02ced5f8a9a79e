import StrictJSON

/// One entry of a calendar: an event of the platform, or a live session.
enum CalendarItem: Sendable {
    case event(CalendarEvent)
    case session(SessionAccess)

    private var order: (Int64, Int, Int64) {
        switch self {
        case .event(let event): (event.begins.milliseconds, 0, event.id)
        case .session(let access): (access.session.scheduledStart.milliseconds, 1, access.session.id)
        }
    }

    /// All items sorted by their start. Those that start at the same moment have an order that is always the same.
    static func merged(_ events: [CalendarEvent], _ sessions: [SessionAccess]) -> [CalendarItem] {
        (events.map { CalendarItem.event($0) } + sessions.map { CalendarItem.session($0) })
            .sorted { $0.order < $1.order }
    }

    func json(_ address: PublicAddress) -> JSON {
        switch self {
        case .event(let event): .object(event.json)
        case .session(let access): .object(Self.json(access, address))
        }
    }

    /// What the seed's calendars show of a live session. Its `id` says that it is no event.
    static func json(_ access: SessionAccess, _ address: PublicAddress) -> JSONObject {
        let session = access.session
        let (start, end) = (session.scheduledStart.text, session.scheduledEnd.text)
        var instructor = access.instructor.json.objectValue ?? JSONObject()
        if access.isHost { instructor["email"] = .string(access.instructorEmail) }
        return [
            "id": .string(CalendarID.session(session.id).text), "session_id": .integer(session.id),
            "title": .string(session.title), "description": .optional(session.description),
            "type": "live_session", "event_type": "live_session", "status": .string(session.status.rawValue),
            "start": .string(start), "end": .string(end), "start_date": .string(start), "end_date": .string(end),
            "is_all_day": false, "is_online": true, "is_public": false, "location": nil,
            "course_id": .integer(session.courseID), "course_title": .string(access.courseTitle),
            "course": [
                "id": .integer(session.courseID), "title": .string(access.courseTitle),
                "slug": .optional(access.courseSlug),
            ],
            "instructor": .object(instructor), "url": .string(address.classPage(session.id)),
            "created_at": .string(session.createdAt.text), "updated_at": .string(session.updatedAt.text),
        ]
    }

    /// A live session in a student's calendar, which holds nothing else and names it by its number.
    static func studentJSON(_ access: SessionAccess, _ address: PublicAddress) -> JSON {
        var object = json(access, address)
        object["id"] = .integer(access.session.id)
        return .object(object)
    }
}
