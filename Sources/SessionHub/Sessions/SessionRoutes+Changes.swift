import HTTPTypes
import StrictJSON

/// What hosts do with a session over REST: each is one item of the journal, which publishes it to the channel.
extension SessionRoutes {
    func create(_ call: Call, course: Int64, fields: Fields) async throws -> Reply {
        let (operations, caller) = (operations, call.caller)
        let access = try await journal.write { transaction in
            let session = try operations.create(course: course, fields: fields, caller: caller, in: transaction)
            return try Self.access(session.id, caller: caller, in: transaction)
        }
        return Reply(
            json(access), status: .created,
            message: Localized(en: "The class is scheduled.", fr: "La classe est planifiée.")
        )
    }

    /// A request that names nothing is refused, as in the seed: its client has lost the form.
    @Sendable func update(_ call: Call) async throws -> Reply {
        let (id, fields) = (try call.id("sessionId"), try call.body())
        let (operations, caller) = (operations, call.caller)
        try operations.admit(caller, to: id)
        let access = try await journal.write { transaction in
            _ = try operations.update(id, fields: fields, caller: caller, in: transaction)
            try SessionDetails.requireSomething(in: fields)
            return try Self.access(id, caller: caller, in: transaction)
        }
        return Reply(json(access), message: Localized(en: "The class is changed.", fr: "La classe est modifiée."))
    }

    @Sendable func delete(_ call: Call) async throws -> Reply {
        let (id, operations, caller) = (try call.id("sessionId"), operations, call.caller)
        try operations.admit(caller, to: id)
        try await journal.write { transaction in
            try operations.delete(id, caller: caller, in: transaction)
        }
        return Reply(
            ["session_id": .integer(id)],
            message: Localized(en: "The class is deleted.", fr: "La classe est supprimée.")
        )
    }

    @Sendable func start(_ call: Call) async throws -> Reply {
        try call.takesNothing()
        let (id, operations, jitsi, caller) = (try call.id("sessionId"), operations, jitsi, call.caller)
        try operations.admit(caller, to: id)
        // The token is made before the class is live for good: it is what can fail.
        let (access, entry) = try await journal.write { transaction in
            _ = try operations.start(id, caller: caller, in: transaction)
            let access = try Self.access(id, caller: caller, in: transaction)
            // A service starts a class for somebody else: nobody is there to enter the room.
            guard caller.role != .service else { return (access, nil as JitsiEntry?) }
            return (
                access,
                try jitsi.entry(
                    session: access.session, access: access, email: caller.email, now: transaction.now
                )
            )
        }
        return Reply(
            [
                "session_id": .integer(id), "status": .string(access.session.status.rawValue),
                "actual_start_at": .optional(access.session.actualStart), "jitsi_join_url": .optional(entry?.joinURL),
            ],
            message: Localized(en: "The class is live.", fr: "La classe a commencé.")
        )
    }

    @Sendable func end(_ call: Call) async throws -> Reply {
        let (id, fields) = (try call.id("sessionId"), try call.body())
        let (operations, caller) = (operations, call.caller)
        try operations.admit(caller, to: id)
        let (session, _) = try await journal.write { transaction in
            try operations.end(id, fields: fields, caller: caller, in: transaction)
        }
        return Reply(
            [
                "session_id": .integer(id), "status": .string(session.status.rawValue),
                "actual_end_at": .optional(session.actualEnd), "recording_url": .optional(session.recordingURL),
            ],
            message: Localized(en: "The class is over.", fr: "La classe est terminée.")
        )
    }

    @Sendable func reopen(_ call: Call) async throws -> Reply {
        try call.takesNothing()
        let (id, operations, caller) = (try call.id("sessionId"), operations, call.caller)
        try operations.admit(caller, to: id)
        let access = try await journal.write { transaction in
            _ = try operations.reopen(id, caller: caller, in: transaction)
            return try Self.access(id, caller: caller, in: transaction)
        }
        return Reply(json(access), message: Localized(en: "The class is live again.", fr: "La classe a repris."))
    }

    @Sendable func cancel(_ call: Call) async throws -> Reply {
        try call.takesNothing()
        let (id, operations, caller) = (try call.id("sessionId"), operations, call.caller)
        try operations.admit(caller, to: id)
        let access = try await journal.write { transaction in
            _ = try operations.cancel(id, caller: caller, in: transaction)
            return try Self.access(id, caller: caller, in: transaction)
        }
        return Reply(json(access), message: Localized(en: "The class is cancelled.", fr: "La classe est annulée."))
    }

    private func json(_ access: SessionAccess) -> JSON { .object(row(access, now: clock.now)) }

    private static func access(
        _ id: Int64, caller: Caller, in transaction: JournalTransaction
    ) throws -> SessionAccess {
        try SessionAccess.load(
            session: id, for: caller, in: transaction.connection
        )
    }
}
