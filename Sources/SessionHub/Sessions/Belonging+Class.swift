import Database

/// Who may ask for a route of a class, which the path names by `sessionId`.
extension Belonging where Access == SessionAccess {
    /// Whoever is in the class. Everybody else is told that there is no such class.
    static let members = inClass { access, _ in _ = try access.requireMember() }

    /// The members who are people: a service is nobody who could sit in a class.
    static let peopleInClass = inClass { access, caller in
        _ = try access.requireMember()
        guard caller.role != .service else { throw HubError(.forbidden) }
    }

    static let hosts = inClass { access, _ in try access.requireHost() }

    /// Hosts of the class, also when it was deleted and is kept for its attendance.
    static let keepers = inClass(includingHidden: true) { access, _ in
        guard access.isHost || !access.isHidden else { throw HubError(.sessionNotFound) }
        try access.requireHost()
    }

    /// Whoever is in the class, or was let in before their enrollment ended.
    static let attendees = inClass(requireAttendee)

    /// The same, and hosts also when the class was deleted and is kept for its attendance.
    static let attendeesAndKeepers = inClass(includingHidden: true) { access, caller in
        guard access.isHost || !access.isHidden else { throw HubError(.sessionNotFound) }
        try requireAttendee(access, caller)
    }

    private static func requireAttendee(_ access: SessionAccess, _ caller: Caller) throws {
        if !access.isParticipant { _ = try access.requireMember() }
    }

    private static func inClass(
        includingHidden: Bool = false, _ require: @escaping @Sendable (SessionAccess, Caller) throws -> Void
    ) -> Belonging {
        Belonging { call in
            try call.id("sessionId")
        } check: { id, caller, connection in
            let access = try SessionAccess.load(
                session: id, for: caller, includingHidden: includingHidden, in: connection
            )
            try require(access, caller)
            return access
        }
    }
}
