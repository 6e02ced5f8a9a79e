import WebSocketServer

/// How an entry of the calendar is named: `event-4` and `live-session-7`, as the seed writes them, or by a number
/// alone.
enum CalendarID: Sendable, Equatable {
    case event(Int64)
    case session(Int64)
    /// The seed's client sends the number without the word before it.
    case number(Int64)

    private static let (eventPrefix, sessionPrefix) = ("event-", "live-session-")

    init?(_ text: String) {
        let kinds: [(prefix: String, make: (Int64) -> CalendarID)] = [
            (Self.sessionPrefix, CalendarID.session), (Self.eventPrefix, CalendarID.event), ("", CalendarID.number),
        ]
        for (prefix, make) in kinds where text.hasPrefix(prefix) {
            let digits = text.dropFirst(prefix.count)
            guard digits.utf8.allSatisfy({ (48...57).contains($0) }), let id = Int64(digits), id > 0 else { return nil }
            self = make(id)
            return
        }
        return nil
    }

    var text: String {
        switch self {
        case .event(let id): "\(Self.eventPrefix)\(id)"
        case .session(let id): "\(Self.sessionPrefix)\(id)"
        case .number(let id): "\(id)"
        }
    }
}

extension Call {
    /// A `{name}` of the route's pattern that names an entry of the calendar.
    func calendarID(_ name: String) throws(HubError) -> CalendarID {
        guard let id = CalendarID(request.parameters.text(name)) else { throw HubError(.notFound) }
        return id
    }
}
