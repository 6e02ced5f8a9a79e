import Database
import HTTPTypes
import StrictJSON
import WebSocketServer

/// The seed's calendars: a student's live sessions, and everything merged and sorted.
struct CalendarRoutes: Sendable {
    private let database: any SQLDatabase
    private let clock: HubClock
    private let address: PublicAddress
    private let operations: CalendarOperations

    init(
        database: any SQLDatabase, clock: HubClock, address: PublicAddress, operations: CalendarOperations
    ) {
        self.database = database
        self.clock = clock
        self.address = address
        self.operations = operations
    }

    func add(to api: inout API) {
        api.add(.get, "/api/student/calendar/live-sessions", for: .platform, studentSessions)
        api.add(.get, "/api/calendar/events", for: .platform, everything)
        api.add(.get, "/api/calendar", for: .platform, everything)
        api.add(.get, "/api/calendar/events/{eventId}", for: .platform, show)
        api.add(.get, "/api/calendar/{eventId}", for: .platform, show)
    }

    private func studentSessions(_ call: Call) async throws -> Reply {
        let (range, caller) = (try call.calendarRange(), call.caller)
        let rows = try await database.read { try operations.enrolledSessions(in: range, for: caller, in: $0) }
        return Reply(.array(rows.map { CalendarItem.studentJSON($0, address) }))
    }

    private func show(_ call: Call) async throws -> Reply {
        let (id, caller) = (try call.calendarID("eventId"), call.caller)
        let item = try await database.read { try operations.entry(id, for: caller, in: $0) }
        return Reply(item.json(address))
    }

    /// `type=live_session` shows only live sessions, any other type only events of it; `upcoming=true` leaves out what
    /// is over or called off.
    private func everything(_ call: Call) async throws -> Reply {
        let caller = call.caller
        var query = CalendarOperations.Query(range: try call.calendarRange())
        query.type = call.request.query.first("type").flatMap { $0.isEmpty ? nil : $0 }
        if try call.flag("upcoming") { query.upcomingAt = clock.now }
        let items = try await database.read { [query] in try operations.items(query, for: caller, in: $0) }
        return Reply(.array(items.map { $0.json(address) }))
    }
}
