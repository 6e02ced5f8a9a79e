import Foundation
import StrictJSON

/// A row of `events`: something in the platform's calendar that is no live session.
struct CalendarEvent: Sendable, Equatable {
    var id: Int64 = 0
    var title = ""
    var description: String?
    var type = "other"
    /// The start; for an event that lasts all day its first date, as midnight UTC. Such an event keeps its dates
    /// whatever zone its course gets.
    var start = Timestamp(milliseconds: 0)
    /// The end; for an event that lasts all day its last date, as midnight UTC.
    var end: Timestamp?
    var isAllDay = false
    var location: String?
    var isPublic = false
    var isOnline = false
    var courseID: Int64?
    var courseTitle: String?
    var courseSlug: String?
    /// The person who made the event; nil when a service of the platform did.
    var createdBy: Int64?
    var creator: DirectoryUser?
    var createdAt = Timestamp(milliseconds: 0)
    var updatedAt = Timestamp(milliseconds: 0)
    /// Whether the reader may see the event, and whether as a host of its course: hosts see e-mail addresses.
    var isShown = true
    var isHosted = false
    /// The zone of the course, or else the hub's.
    var zone = TimeZone.gmt

    static let columns = Columns<CalendarEvent>(
        .text("title", \.title), .text("description", \.description), .text("event_type", \.type),
        .time("start_date", \.start), .time("end_date", \.end), .bool("is_all_day", \.isAllDay),
        .text("location", \.location), .bool("is_public", \.isPublic), .bool("is_online", \.isOnline),
        .integer("course_id", \.courseID)
    )

    /// Refuses days that could not be written in every zone that the course may get: a date has four digits, and no
    /// zone is a whole day away from UTC.
    func requireWritableDays() throws(HubError) {
        let day: Int64 = 86_400_000
        for (field, date) in [("start_date", start), ("end_date", end ?? start)] where isAllDay {
            guard date - day >= .earliest, date + 2 * day <= .latest else {
                throw .invalid(
                    field,
                    Localized(
                        en: "The days of an event lie between 0000-01-02 and 9999-12-29.",
                        fr: "Les jours d’un événement sont entre 0000-01-02 et 9999-12-29."
                    )
                )
            }
        }
    }

    /// When the event begins: one that lasts all day does with its first day there.
    var begins: Timestamp { isAllDay ? zone.start(of: start) : start }

    /// When the event is over: one that lasts all day is with its last day there.
    var over: Timestamp? { isAllDay ? zone.end(of: end ?? start) : end }

    /// The columns of the row, with `start` and `end` as live sessions have them. An event that lasts all day has plain
    /// dates. `id` has the seed's form, which tells events from live sessions.
    var json: JSONObject {
        let date = { (moment: Timestamp) in JSON.string(isAllDay ? moment.plainDate : moment.text) }
        var object: JSONObject = [
            "id": .string(CalendarID.event(id).text), "event_id": .integer(id), "title": .string(title),
            "description": .optional(description), "type": "event", "event_type": .string(type),
            "start": .string(begins.text), "end": .optional(over),
            "start_date": date(start), "end_date": end.map(date) ?? .null, "is_all_day": .bool(isAllDay),
            "is_online": .bool(isOnline), "is_public": .bool(isPublic), "location": .optional(location),
            "course_id": .optional(courseID), "course_title": .optional(courseTitle), "course": .null,
            "created_by": creatorJSON, "created_at": .string(createdAt.text), "updated_at": .string(updatedAt.text),
        ]
        if let courseID, let courseTitle {
            object["course"] = [
                "id": .integer(courseID), "title": .string(courseTitle), "slug": .optional(courseSlug),
            ]
        }
        return object
    }

    private var creatorJSON: JSON {
        guard let creator else { return .null }
        var object: JSONObject = [
            "id": .integer(creator.id), "first_name": .string(creator.firstName),
            "last_name": .string(creator.lastName), "role": .string(creator.role.rawValue),
        ]
        if isHosted { object["email"] = .string(creator.email) }
        return .object(object)
    }
}

/// What a request wants an event to be. A field that is absent leaves the stored value as it is; null clears an
/// optional one.
struct CalendarEventChange: Sendable {
    let title: String?
    let description: String??
    let type: String?
    let start: CalendarRange.Bound?
    let end: CalendarRange.Bound??
    let isAllDay: Bool?
    let location: String??
    let isPublic: Bool?
    let isOnline: Bool?
    let course: Int64??
    /// Whether the request names at least one field that there is.
    let saysSomething: Bool

    private static let names = [
        "title", "description", "event_type", "start_date", "end_date", "is_all_day", "location", "is_public",
        "is_online", "course_id",
    ]

    init(_ fields: Fields) throws(HubError) {
        saysSomething = Self.names.contains(where: fields.has)
        title = try fields.filled("title")
        description = fields.has("description") ? .some(try fields.text("description", .lines, limit: 20_000)) : nil
        type = try fields.text("event_type", limit: 64)
        start = try Self.bound("start_date", fields)
        end = fields.has("end_date") ? .some(try Self.bound("end_date", fields)) : nil
        isAllDay = try fields.bool("is_all_day")
        location = fields.has("location") ? .some(try fields.text("location")) : nil
        isPublic = try fields.bool("is_public")
        isOnline = try fields.bool("is_online")
        course = fields.has("course_id") ? .some(try fields.integer("course_id")) : nil
        guard type != "live_session" else {
            throw .invalid(
                "event_type",
                Localized(
                    en: "A live session is scheduled in its course.", fr: "Une session live se planifie dans son cours."
                )
            )
        }
    }

    /// - Parameter zone: the zone of the event after the change.
    func applied(to old: CalendarEvent?, zone: TimeZone) throws(HubError) -> CalendarEvent {
        var event = old ?? CalendarEvent()
        let fields = Fields(JSONObject())
        event.title = try fields.required("title", title ?? old?.title)
        if let description { event.description = description }
        if let type { event.type = type }
        if let isAllDay { event.isAllDay = isAllDay }
        if let location { event.location = location }
        if let isPublic { event.isPublic = isPublic }
        if let isOnline { event.isOnline = isOnline }
        if let course { event.courseID = course }
        event.zone = zone
        let first = try fields.required("start_date", start ?? old.map { $0.bound($0.start) })
        event.start = try event.moment(of: first, field: "start_date")
        let last = end ?? old.flatMap { old in old.end.map(old.bound) }
        event.end = nil
        if let last { event.end = try event.moment(of: last, field: "end_date") }
        if let end = event.end, event.isAllDay ? end < event.start : end <= event.start {
            throw .invalid(
                "end_date", Localized(en: "The end must come after the start.", fr: "La fin doit suivre le début.")
            )
        }
        try event.requireWritableDays()
        return event
    }

    private static func bound(_ name: String, _ fields: Fields) throws(HubError) -> CalendarRange.Bound? {
        guard let value = fields.value(name) else { return nil }
        do throws(Timestamp.Fault) {
            guard let text = value.stringValue else { throw .form }
            return try CalendarRange.Bound(reading: text)
        } catch {
            throw error.refusal(
                name,
                Localized(
                    en:
                        "\(name) must be a time with its zone, or of an event that lasts all day a date such as 2026-03-15.",
                    fr:
                        "\(name) doit être une heure avec son fuseau ou, pour une journée entière, une date comme 2026-03-15."
                )
            )
        }
    }
}

extension CalendarEvent {
    /// A stored moment in the form in which it was sent.
    fileprivate func bound(_ moment: Timestamp) -> CalendarRange.Bound {
        isAllDay ? .date(moment) : .moment(moment)
    }

    fileprivate func moment(of bound: CalendarRange.Bound, field: String) throws(HubError) -> Timestamp {
        switch (bound, isAllDay) {
        case (.date(let date), true): return date
        case (.moment(let moment), false): return moment
        case (.moment, true):
            throw .invalid(
                field,
                Localized(
                    en: "\(field) of an event that lasts all day must be a date such as 2026-03-15.",
                    fr: "\(field) d’une journée entière doit être une date comme 2026-03-15."
                )
            )
        case (.date, false):
            throw .invalid(
                field,
                Localized(
                    en: "\(field) must be a time with its zone, unless is_all_day is true.",
                    fr: "\(field) doit être une heure avec son fuseau, sauf si is_all_day vaut true."
                )
            )
        }
    }
}
