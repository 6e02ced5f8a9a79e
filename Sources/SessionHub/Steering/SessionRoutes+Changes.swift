import HTTPTypes
import StrictJSON

/// What hosts do with a session over REST: each is one item of the journal, which publishes it to the channel.
extension SessionRoutes {
    func create(_ call: Call, course: Int64, fields: Fields) async throws -> Reply {
        let (operations, caller) = (operations, call.caller)
        let access = try await journal.write { transaction in
            try operations.create(course: course, fields: fields, caller: caller, in: transaction)
        }
        return Reply(
            json(access), status: .created,
            message: Localized(en: "The class is scheduled.", fr: "La classe est planifiée.")
        )
    }

    /// A request that names nothing is refused, as in the seed: its client has lost the form.
    @Sendable func update(_ call: Call) async throws -> Reply {
        let (fields, operations) = (try call.body(), operations)
        let access = try await steer(call) { access, caller, transaction in
            _ = try operations.update(access, fields: fields, by: caller, in: transaction)
            try SessionDetails.requireSomething(in: fields)
        }
        return Reply(json(access), message: Localized(en: "The class is changed.", fr: "La classe est modifiée."))
    }

    @Sendable func delete(_ call: Call) async throws -> Reply {
        let (id, operations, caller) = (try call.id("sessionId"), operations, call.caller)
        try steering.admit(caller, to: id)
        try await journal.write { transaction in
            let access = try SessionAccess.load(session: id, for: caller, in: transaction.connection)
            try operations.delete(access, in: transaction)
        }
        return Reply(
            ["session_id": .integer(id)],
            message: Localized(en: "The class is deleted.", fr: "La classe est supprimée.")
        )
    }

    @Sendable func start(_ call: Call) async throws -> Reply {
        try call.takesNothing()
        let (operations, jitsi) = (operations, jitsi)
        // The token is made before the class is live for good: it is what can fail.
        let (access, entry) = try await steer(call) { access, caller, transaction in
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

    @Sendable func end(_ call: Call) async throws -> Reply {
        let (fields, operations) = (try call.body(), operations)
        let session = try await steer(call) { access, caller, transaction in
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

    @Sendable func reopen(_ call: Call) async throws -> Reply {
        try call.takesNothing()
        let operations = operations
        let access = try await steer(call) { access, caller, transaction in
            _ = try operations.reopen(access, by: caller, in: transaction)
        }
        return Reply(json(access), message: Localized(en: "The class is live again.", fr: "La classe a repris."))
    }

    @Sendable func cancel(_ call: Call) async throws -> Reply {
        try call.takesNothing()
        let operations = operations
        let access = try await steer(call) { access, caller, transaction in
            _ = try operations.cancel(access, by: caller, in: transaction)
        }
        return Reply(json(access), message: Localized(en: "The class is cancelled.", fr: "La classe est annulée."))
    }

    private typealias Step<Value> = @Sendable (SessionAccess, Caller, JournalTransaction) throws -> Value

    /// Changes the session that the request names.
    ///
    /// - Returns: what the caller is to it afterwards, and how it is then.
    private func steer(_ call: Call, _ change: @escaping Step<Void>) async throws -> SessionAccess {
        try await steer(call, change) { access, _, _ in access }
    }

    /// The same with a last step, which reads the session as it has become.
    private func steer<Value: Sendable>(
        _ call: Call, _ change: @escaping Step<Void>, then last: @escaping Step<Value>
    ) async throws -> Value {
        let (id, caller) = (try call.id("sessionId"), call.caller)
        try steering.admit(caller, to: id)
        return try await journal.write { transaction in
            let connection = transaction.connection
            try change(SessionAccess.load(session: id, for: caller, in: connection), caller, transaction)
            return try last(SessionAccess.load(session: id, for: caller, in: connection), caller, transaction)
        }
    }

    private func json(_ access: SessionAccess) -> JSON { .object(row(access, now: clock.now)) }
}
