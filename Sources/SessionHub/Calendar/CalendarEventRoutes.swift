import HTTPTypes
import StrictJSON
import WebSocketServer

/// Events of the calendar over REST. Hosts write those of their courses, administrators and services all.
struct CalendarEventRoutes: Sendable {
    private let journal: Journal
    private let operations: CalendarOperations

    init(journal: Journal, operations: CalendarOperations) {
        self.journal = journal
        self.operations = operations
    }

    func add(to api: inout API) {
        api.add(.post, "/api/calendar/events", for: .platform, create)
        api.add(.put, "/api/calendar/events/{eventId}", for: .platform, update)
        api.add(.delete, "/api/calendar/events/{eventId}", for: .platform, delete)
    }

    private func create(_ call: Call) async throws -> Reply {
        let (change, caller) = (try CalendarEventChange(try call.body()), call.caller)
        let event = try await journal.write(.directory) { transaction in
            try operations.create(change, by: caller, in: transaction)
        }
        return Reply(.object(event.json), status: .created)
    }

    private func update(_ call: Call) async throws -> Reply {
        let (id, change, caller) = (try Self.id(call), try CalendarEventChange(try call.body()), call.caller)
        let event = try await journal.write(.directory) { transaction in
            try operations.update(id, change, by: caller, in: transaction)
        }
        return Reply(.object(event.json))
    }

    private func delete(_ call: Call) async throws -> Reply {
        let (id, caller) = (try Self.id(call), call.caller)
        try await journal.write(.directory) { try operations.delete(id, by: caller, in: $0) }
        return Reply(message: Localized(en: "The event is deleted.", fr: "L’événement est supprimé."))
    }

    /// The number of an event in `event-4` or `4`. A live session is no event that could be changed here.
    private static func id(_ call: Call) throws(HubError) -> Int64 {
        switch try call.calendarID("eventId") {
        case .event(let id), .number(let id): return id
        case .session: throw HubError(.eventNotFound)
        }
    }
}
