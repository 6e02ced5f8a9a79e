import Database

/// Who may ask for a route of a class, which the path names by `sessionId`.
extension Belonging where Access == SessionAccess {
    /// Whoever is in the class. Everybody else is told that there is no such class.
    static let members = inClass { access, _ in _ = try access.requireMember() }

    /// The members who are people: a service is nobody who could sit in a class. Whoever was sent away comes in first.
    static let peopleInClass = inClass(requirePerson) { access in try access.requirePresent() }

    /// The same, for the way in.
    static let arriving = inClass(requirePerson)

    /// A host who was sent away does nothing until they come in again; when the class is over there is nothing to come
    /// into.
    static let hosts = inClass { access, _ in
        try access.requireHost()
    } checkWriter: { access in
        if access.session.status != .ended { try access.requirePresent() }
    }

    /// Hosts of the class, also when it was deleted and is kept for its attendance.
    static let keepers = inClass(includingHidden: true) { access, _ in
        guard access.isHost || !access.isHidden else { throw HubError(.sessionNotFound) }
        try access.requireHost()
    }

    /// Whoever is in the class, or was let in before their enrollment ended.
    static let attendees = inClass { access, _ in
        if !access.isParticipant { _ = try access.requireMember() }
    }

    private static let requirePerson: @Sendable (SessionAccess, Caller) throws -> Void = { access, caller in
        _ = try access.requireMember()
        guard caller.role != .service else { throw HubError(.forbidden) }
    }

    private static func inClass(
        includingHidden: Bool = false, _ require: @escaping @Sendable (SessionAccess, Caller) throws -> Void,
        checkWriter: @escaping @Sendable (SessionAccess) throws -> Void = { _ in }
    ) -> Belonging {
        Belonging { call in
            try call.id("sessionId")
        } check: { id, caller, connection in
            let access = try SessionAccess.load(
                session: id, for: caller, includingHidden: includingHidden, in: connection
            )
            try require(access, caller)
            return access
        } checkWriter: { access in
            try checkWriter(access)
        }
    }
}
