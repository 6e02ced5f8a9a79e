import Database

/// The part of the calendar that one person sees.
extension CalendarOperations {
    /// What a calendar asks for.
    struct Query: Sendable {
        let range: CalendarRange
        /// With `live_session` only live sessions are wanted, with another type only events of it, without one
        /// everything.
        var type: String?
        /// With a moment, whatever is over or called off by then is left out.
        var upcomingAt: Timestamp?
    }

    /// Events and live sessions together, sorted by their start.
    func items(_ query: Query, for caller: Caller, in connection: any SQLConnection) throws -> [CalendarItem] {
        let events =
            query.type == "live_session"
            ? []
            : try CalendarStore.events(
                in: query.range, type: query.type, endingAfter: query.upcomingAt, caller: caller, zones: zones,
                in: connection
            )
        let sessions =
            query.type == nil || query.type == "live_session"
            ? try sessions(
                .calendar(query.range, everything: caller.isAdministrator), in: query.range, for: caller, connection
            ) : []
        return CalendarItem.merged(
            events,
            sessions.filter { access in
                query.upcomingAt.map { SessionLifecycle.isUpcoming(access.session, now: $0, windows: windows) } ?? true
            }
        )
    }

    /// The live sessions of the courses in which somebody is enrolled.
    func enrolledSessions(
        in range: CalendarRange, for caller: Caller, in connection: any SQLConnection
    ) throws -> [SessionAccess] {
        try sessions(.enrolledCalendar(range), in: range, for: caller, connection)
    }

    private func sessions(
        _ scope: SessionStore.Scope, in range: CalendarRange, for caller: Caller, _ connection: any SQLConnection
    ) throws -> [SessionAccess] {
        try SessionStore.list(scope, caller: caller, limit: CalendarStore.limit, in: connection)
            .map(\.access).filter { access in
                // A plain date is a day of the course.
                range.overlaps(
                    start: access.session.scheduledStart, end: access.session.scheduledEnd,
                    in: zones.zone(access.courseTimeZone)
                )
            }
    }

    /// One entry. A number alone means an event, as in the seed. Where there is no event that the caller sees, it means
    /// a live session.
    func entry(_ id: CalendarID, for caller: Caller, in connection: any SQLConnection) throws -> CalendarItem {
        switch id {
        case .event(let number): return try event(number, for: caller, in: connection)
        case .session(let number): return try session(number, for: caller, in: connection)
        case .number(let number):
            do {
                return try event(number, for: caller, in: connection)
            } catch let refusal as HubError where refusal.code == .eventNotFound {
                do {
                    return try session(number, for: caller, in: connection)
                } catch let error as HubError where error.code == .sessionNotFound {
                    throw refusal
                }
            }
        }
    }

    /// Outsiders do not learn that an event exists.
    private func event(_ id: Int64, for caller: Caller, in connection: any SQLConnection) throws -> CalendarItem {
        let event = try CalendarStore.find(id, caller: caller, zones: zones, in: connection)
        guard let event, event.isShown else { throw HubError(.eventNotFound) }
        return .event(event)
    }

    private func session(_ id: Int64, for caller: Caller, in connection: any SQLConnection) throws -> CalendarItem {
        let access = try SessionAccess.load(session: id, for: caller, in: connection)
        _ = try access.requireMember()
        return .session(access)
    }
}
