import Database
import StrictJSON

/// The events of a class's course.
extension EventKind {
    static let sessionStarted = EventKind("session.started", effect: .begins)
    static let sessionUpdated = EventKind(
        "session.updated",
        content: { _, rows, connection in
            try rows.reduce(into: [:]) { $0[$1.seq] = try SessionUpdate.content(of: $1.payload, in: connection) }
        }
    )
    static let sessionEnding = EventKind("session.ending")
    static let sessionEnded = EventKind("session.ended", effect: .closesLater)
    static let sessionReopened = EventKind("session.reopened", effect: .opensAgain)
    static let sessionCancelled = EventKind("session.cancelled", effect: .closes(.sessionGone))

    static let sessions = [
        sessionStarted, sessionUpdated, sessionEnding, sessionEnded, sessionReopened, sessionCancelled,
    ]
}

/// What `session.updated` says.
enum SessionUpdate {
    /// Completes what is stored, ids and values, with the name of the new instructor.
    static func content(of payload: JSONObject, in connection: any SQLConnection) throws -> JSONObject? {
        guard let changes = payload["changes"]?.objectValue, let id = changes["instructor_id"]?.integerValue,
            let instructor = try person(id, in: connection)
        else { return nil }
        return ["changes": .object(instructor.added(toChanges: changes))]
    }

    /// The person under the id that they have now. The payload keeps the id of then, and they may have been bound
    /// since.
    private static func person(_ id: Int64, in connection: any SQLConnection) throws -> Person? {
        let user =
            try UserStore.find(id, in: connection)
            ?? LocalPeople.boundID(id, in: connection).flatMap { try UserStore.find($0, in: connection) }
        return user.map(Person.init)
    }
}

extension Person {
    /// The members of a session's state that its instructor decides.
    fileprivate func added(toChanges changes: JSONObject) -> JSONObject {
        var changes = changes
        changes["instructor_id"] = .integer(id)
        changes["instructor_first_name"] = .string(firstName)
        changes["instructor_last_name"] = .string(lastName)
        changes["instructor"] = json
        return changes
    }
}
