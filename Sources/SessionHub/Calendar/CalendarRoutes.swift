package import Database
import HTTPTypes
import StrictJSON
import WebSocketServer

/// The seed's calendars: a student's live sessions, and everything merged and sorted.
package struct CalendarRoutes: Sendable {
    private let database: any SQLDatabase
    private let clock: HubClock
    private let address: PublicAddress
    private let windows: ClassWindows
    private let zones: TimeZones

    package init(
        database: any SQLDatabase, clock: HubClock, address: PublicAddress, windows: ClassWindows, zones: TimeZones
    ) {
        self.database = database
        self.clock = clock
        self.address = address
        self.windows = windows
        self.zones = zones
    }

    package func add(to api: inout API) {
        api.add(.get, "/api/student/calendar/live-sessions", studentSessions)
        api.add(.get, "/api/calendar/events", everything)
        api.add(.get, "/api/calendar", everything)
        api.add(.get, "/api/calendar/events/{eventId}", show)
        api.add(.get, "/api/calendar/{eventId}", show)
    }

    private func studentSessions(_ call: Call) async throws -> Reply {
        let (range, caller) = (try call.calendarRange(), call.caller)
        let rows = try await database.read { connection in
            try SessionStore.list(
                .enrolledCalendar(range), caller: caller, limit: CalendarStore.limit, in: connection
            )
        }
        return Reply(
            .array(rows.map(\.access).filter { isIn(range, $0) }.map { CalendarItem.studentJSON($0, address) }))
    }

    /// One entry. A number alone is an event's, as in the seed; where there is none that the caller sees, a live session's.
    private func show(_ call: Call) async throws -> Reply {
        let (id, caller, zones) = (try call.calendarID("eventId"), call.caller, zones)
        let item = try await database.read { connection -> CalendarItem in
            switch id {
            case .event(let number): return try Self.event(number, caller, zones, in: connection)
            case .session(let number): return try Self.session(number, caller, in: connection)
            case .number(let number):
                do {
                    return try Self.event(number, caller, zones, in: connection)
                } catch let refusal as HubError where refusal.code == .eventNotFound {
                    do {
                        return try Self.session(number, caller, in: connection)
                    } catch let error as HubError where error.code == .sessionNotFound {
                        throw refusal
                    }
                }
            }
        }
        return Reply(item.json(address))
    }

    /// Outsiders do not learn that an event exists.
    private static func event(
        _ id: Int64, _ caller: Caller, _ zones: TimeZones, in connection: any SQLConnection
    ) throws -> CalendarItem {
        let event = try CalendarStore.find(id, caller: caller, zones: zones, in: connection)
        guard let event, event.isShown else { throw HubError(.eventNotFound) }
        return .event(event)
    }

    private static func session(
        _ id: Int64, _ caller: Caller, in connection: any SQLConnection
    ) throws -> CalendarItem {
        let access = try SessionAccess.load(session: id, for: caller, in: connection)
        _ = try access.requireMember()
        return .session(access)
    }

    /// A plain date is a day of the course.
    private func isIn(_ range: CalendarRange, _ access: SessionAccess) -> Bool {
        let session = access.session
        return range.overlaps(
            start: session.scheduledStart, end: session.scheduledEnd, in: zones.zone(access.courseTimeZone)
        )
    }

    /// `type=live_session` shows only live sessions, any other type only events of it; `upcoming=true` leaves out what is
    /// over or called off.
    private func everything(_ call: Call) async throws -> Reply {
        let (range, caller, now) = (try call.calendarRange(), call.caller, clock.now)
        let type = call.request.query.first("type").flatMap { $0.isEmpty ? nil : $0 }
        let isUpcoming = try call.flag("upcoming")
        let items = try await database.read { connection in
            let events =
                type == "live_session"
                ? []
                : try CalendarStore.events(
                    in: range, type: type, endingAfter: isUpcoming ? now : nil, caller: caller, zones: zones,
                    in: connection
                )
            let sessions =
                type == nil || type == "live_session"
                ? try SessionStore.list(
                    .calendar(range, everything: caller.isAdministrator), caller: caller, limit: CalendarStore.limit,
                    in: connection
                ).map(\.access) : []
            return CalendarItem.merged(
                events,
                sessions.filter { isIn(range, $0) }.filter {
                    !isUpcoming || SessionLifecycle.isUpcoming($0.session, now: now, windows: windows)
                }
            )
        }
        return Reply(.array(items.map { $0.json(address) }))
    }
}
