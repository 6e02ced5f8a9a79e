import HTTPTypes
import StrictJSON

/// What hosts do with a session over REST. Each change is one item of the journal, which publishes it to the channel.
extension SessionRoutes {
    func create(_ call: Call, _ entrance: Entrance<CourseAccess>) async throws -> Reply {
        let (fields, operations, caller) = (try call.body(), operations, call.caller)
        let access = try await entrance.write(.sessions) { course, transaction in
            try operations.create(in: course, fields: fields, caller: caller, in: transaction)
        }
        return Reply(
            json(access), status: .created,
            message: Localized(en: "The class is scheduled.", fr: "La classe est planifiée.")
        )
    }

    /// Refuses a request that names nothing, as the seed does: its client has lost the form.
    func update(_ call: Call, _ entrance: Entrance<SessionAccess>) async throws -> Reply {
        let (fields, operations) = (try call.body(), operations)
        let access = try await steer(call, entrance) { access, caller, transaction in
            _ = try operations.update(access, fields: fields, by: caller, in: transaction)
            try SessionDetails.requireSomething(in: fields)
        }
        return Reply(json(access), message: Localized(en: "The class is changed.", fr: "La classe est modifiée."))
    }

    func delete(_ call: Call, _ entrance: Entrance<SessionAccess>) async throws -> Reply {
        let operations = operations
        // Guests of a class that nobody attended go with it.
        try await entrance.write(.directoryAndSessions) { access, transaction in
            try operations.delete(access, in: transaction)
        }
        return Reply(
            ["session_id": .integer(entrance.id)],
            message: Localized(en: "The class is deleted.", fr: "La classe est supprimée.")
        )
    }

    func start(_ call: Call, _ entrance: Entrance<SessionAccess>) async throws -> Reply {
        try call.takesNothing()
        let (operations, jitsi) = (operations, jitsi)
        // The token is made inside the transaction: when that fails, the class does not start.
        let (access, entry) = try await steer(call, entrance) { access, caller, transaction in
            _ = try operations.start(access, by: caller, in: transaction)
        } then: { access, caller, transaction in
            // A service starts a class for somebody else: nobody is there to enter the room.
            let entry =
                caller.role == .service
                ? nil
                : try jitsi.entry(session: access.session, access: access, email: caller.email, now: transaction.now)
            return (access, entry)
        }
        return Reply(
            [
                "session_id": .integer(access.session.id), "status": .string(access.session.status.rawValue),
                "actual_start_at": .optional(access.session.actualStart), "jitsi_join_url": .optional(entry?.joinURL),
            ],
            message: Localized(en: "The class is live.", fr: "La classe a commencé.")
        )
    }

    func end(_ call: Call, _ entrance: Entrance<SessionAccess>) async throws -> Reply {
        let (fields, operations) = (try call.body(), operations)
        let session = try await steer(call, entrance) { access, caller, transaction in
            _ = try operations.end(access, fields: fields, by: caller, in: transaction)
        }.session
        return Reply(
            [
                "session_id": .integer(session.id), "status": .string(session.status.rawValue),
                "actual_end_at": .optional(session.actualEnd), "recording_url": .optional(session.recordingURL),
            ],
            message: Localized(en: "The class is over.", fr: "La classe est terminée.")
        )
    }

    func reopen(_ call: Call, _ entrance: Entrance<SessionAccess>) async throws -> Reply {
        try call.takesNothing()
        let operations = operations
        let access = try await steer(call, entrance) { access, caller, transaction in
            _ = try operations.reopen(access, by: caller, in: transaction)
        }
        return Reply(json(access), message: Localized(en: "The class is live again.", fr: "La classe a repris."))
    }

    func cancel(_ call: Call, _ entrance: Entrance<SessionAccess>) async throws -> Reply {
        try call.takesNothing()
        let operations = operations
        let access = try await steer(call, entrance) { access, caller, transaction in
            _ = try operations.cancel(access, by: caller, in: transaction)
        }
        return Reply(json(access), message: Localized(en: "The class is cancelled.", fr: "La classe est annulée."))
    }

    private typealias Step<Value> = @Sendable (SessionAccess, Caller, JournalTransaction) throws -> Value

    /// Changes the session that the request names.
    ///
    /// - Returns: the session after the change, and what the caller is to it then.
    private func steer(
        _ call: Call, _ entrance: Entrance<SessionAccess>, _ change: @escaping Step<Void>
    ) async throws -> SessionAccess {
        try await steer(call, entrance, change) { access, _, _ in access }
    }

    /// Changes the session that the request names, and ends with a step that sees it after the change.
    private func steer<Value: Sendable>(
        _ call: Call, _ entrance: Entrance<SessionAccess>, _ change: @escaping Step<Void>,
        then last: @escaping Step<Value>
    ) async throws -> Value {
        let caller = call.caller
        return try await entrance.write(.session(entrance.id)) { access, transaction in
            try change(access, caller, transaction)
            let changed = try SessionAccess.load(
                session: access.session.id, for: caller, in: transaction.connection
            )
            return try last(changed, caller, transaction)
        }
    }

    private func json(_ access: SessionAccess) -> JSON { .object(row(access, now: clock.now)) }
}
