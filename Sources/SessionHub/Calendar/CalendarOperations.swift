import Database
import Foundation

/// Who may see, make and change what is in the calendar: hosts for their courses, administrators and services for all.
struct CalendarOperations: Sendable {
    let zones: TimeZones
    let windows: ClassWindows

    // MARK: - Events, inside the writer's transaction

    /// Makes an event. Throws `forbidden`, `course_not_found`, `invalid_field`.
    func create(
        _ change: CalendarEventChange, by caller: Caller, in transaction: JournalTransaction
    ) throws -> CalendarEvent {
        let connection = transaction.connection
        let zone = try authorize(change, over: nil, caller, in: connection)
        var event = try change.applied(to: nil, zone: zone)
        event.createdBy = caller.role == .service ? nil : caller.userID
        let id = try CalendarStore.insert(event, now: transaction.now, in: connection)
        return try find(id, for: caller, in: connection)
    }

    /// Changes an event. Throws `event_not_found`, `forbidden`, `course_not_found`, `invalid_field`.
    func update(
        _ id: Int64, _ change: CalendarEventChange, by caller: Caller, in transaction: JournalTransaction
    ) throws -> CalendarEvent {
        let connection = transaction.connection
        let old = try find(id, for: caller, in: connection)
        try requireHost(of: old, caller, in: connection)
        guard change.saysSomething else { throw HubError.nothingToChange }
        let zone = try authorize(change, over: old, caller, in: connection)
        try CalendarStore.update(change.applied(to: old, zone: zone), now: transaction.now, in: connection)
        return try find(id, for: caller, in: connection)
    }

    func delete(_ id: Int64, by caller: Caller, in transaction: JournalTransaction) throws {
        try requireHost(of: find(id, for: caller, in: transaction.connection), caller, in: transaction.connection)
        try CalendarStore.delete(id, in: transaction.connection)
    }

    private func find(_ id: Int64, for caller: Caller, in connection: any SQLConnection) throws -> CalendarEvent {
        guard let event = try CalendarStore.find(id, caller: caller, zones: zones, in: connection) else {
            throw HubError(.eventNotFound)
        }
        return event
    }

    /// Checks whether the caller may turn the event into this one. Hosts may in a course of theirs. What everybody
    /// sees, and what belongs to no course, is for administrators.
    ///
    /// - Returns: the zone of the event after the change.
    private func authorize(
        _ change: CalendarEventChange, over old: CalendarEvent?, _ caller: Caller, in connection: any SQLConnection
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
    private func requireHost(of event: CalendarEvent, _ caller: Caller, in connection: any SQLConnection) throws {
        if caller.isAdministrator { return }
        do {
            guard let course = event.courseID else { throw HubError(.courseNotFound) }
            try CourseAccess.load(course, caller: caller, in: connection).requireHost()
        } catch let error as HubError where error.code == .courseNotFound {
            throw HubError(event.isPublic ? .forbidden : .eventNotFound)
        }
    }
}
