import Database
import Foundation
import HTTPTypes
import StrictJSON
import WebSocketServer

/// Events of the calendar over REST: hosts for their courses, administrators and services for all.
package struct CalendarEventRoutes: Sendable {
    private let journal: Journal
    private let zones: TimeZones

    package init(journal: Journal, zones: TimeZones) {
        self.journal = journal
        self.zones = zones
    }

    package func add(to api: inout API) {
        api.add(.post, "/api/calendar/events", create)
        api.add(.put, "/api/calendar/events/{eventId}", update)
        api.add(.delete, "/api/calendar/events/{eventId}", delete)
    }

    private func create(_ call: Call) async throws -> Reply {
        let change = try CalendarEventChange(try call.body())
        let (caller, zones) = (call.caller, zones)
        let event = try await journal.write { transaction in
            let connection = transaction.connection
            let zone = try Self.authorize(change, over: nil, caller, zones, in: connection)
            var event = try change.applied(to: nil, zone: zone)
            event.createdBy = caller.role == .service ? nil : caller.userID
            let id = try CalendarStore.insert(event, now: transaction.now, in: connection)
            return try Self.find(id, caller, zones, in: connection)
        }
        return Reply(.object(event.json), status: .created)
    }

    private func update(_ call: Call) async throws -> Reply {
        let (id, fields) = (try Self.id(call), try call.body())
        let change = try CalendarEventChange(fields)
        let (caller, zones) = (call.caller, zones)
        let event = try await journal.write { transaction in
            let connection = transaction.connection
            let old = try Self.find(id, caller, zones, in: connection)
            try Self.requireHost(of: old, caller, in: connection)
            try CalendarEventChange.requireSomething(in: fields)
            let zone = try Self.authorize(change, over: old, caller, zones, in: connection)
            try CalendarStore.update(change.applied(to: old, zone: zone), now: transaction.now, in: connection)
            return try Self.find(id, caller, zones, in: connection)
        }
        return Reply(.object(event.json))
    }

    private func delete(_ call: Call) async throws -> Reply {
        let (id, caller, zones) = (try Self.id(call), call.caller, zones)
        try await journal.write { transaction in
            let event = try Self.find(id, caller, zones, in: transaction.connection)
            try Self.requireHost(of: event, caller, in: transaction.connection)
            try CalendarStore.delete(id, in: transaction.connection)
        }
        return Reply(message: Localized(en: "The event is deleted.", fr: "L’événement est supprimé."))
    }

    /// `event-4`, or 4. A live session is no event that could be changed here.
    private static func id(_ call: Call) throws(HubError) -> Int64 {
        switch try call.calendarID("eventId") {
        case .event(let id), .number(let id): return id
        case .session: throw HubError(.eventNotFound)
        }
    }

    private static func find(
        _ id: Int64, _ caller: Caller, _ zones: TimeZones, in connection: any SQLConnection
    ) throws -> CalendarEvent {
        guard let event = try CalendarStore.find(id, caller: caller, zones: zones, in: connection) else {
            throw HubError(.eventNotFound)
        }
        return event
    }

    /// Whether the caller may make this event of it: hosts in a course of theirs; what everybody sees, and what belongs to
    /// no course, is for administrators.
    ///
    /// - Returns: the zone of the event as it will be.
    private static func authorize(
        _ change: CalendarEventChange, over old: CalendarEvent?, _ caller: Caller, _ zones: TimeZones,
        in connection: any SQLConnection
    ) throws -> TimeZone {
        let course = change.course ?? old?.courseID
        if !caller.isAdministrator {
            guard course != nil, change.isPublic != true || old?.isPublic == true else { throw HubError(.forbidden) }
        }
        guard let course else { return zones.standard }
        try CourseAccess.load(course, caller: caller, in: connection).requireHost()
        return zones.zone(try CourseStore.find(course, in: connection)?.timeZone)
    }

    /// Outsiders do not learn that an event exists, unless everybody sees it.
    private static func requireHost(
        of event: CalendarEvent, _ caller: Caller, in connection: any SQLConnection
    ) throws {
        if caller.isAdministrator { return }
        do {
            guard let course = event.courseID else { throw HubError(.courseNotFound) }
            try CourseAccess.load(course, caller: caller, in: connection).requireHost()
        } catch let error as HubError where error.code == .courseNotFound {
            throw HubError(event.isPublic ? .forbidden : .eventNotFound)
        }
    }
}
