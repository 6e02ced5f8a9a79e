package import StrictJSON

/// The types of durable events (protocol.md, Downstream).
package enum EventType: String, Sendable, CaseIterable {
    case chatMessage = "chat.message"
    case chatDeleted = "chat.deleted"
    case sessionStarted = "session.started"
    case sessionUpdated = "session.updated"
    case sessionEnding = "session.ending"
    case sessionEnded = "session.ended"
    case sessionReopened = "session.reopened"
    case sessionCancelled = "session.cancelled"
}

/// Who did it, as others see them.
package struct Actor: Sendable, Equatable {
    package let person: Person
    package let role: SessionAccess.Role?

    package init(_ person: Person, role: SessionAccess.Role?) {
        self.person = person
        self.role = role
    }

    package var json: JSON {
        var object: JSONObject = JSONObject([("id", .integer(person.id)), ("name", .string(person.name))])
        if let role { object["role"] = .string(role.rawValue) }
        return .object(object)
    }
}

/// One durable event at its place in a session's order.
///
/// The row of the journal holds ids; names and text are joined when it is read, so that a deleted message reads as a
/// tombstone everywhere. Live delivery and every later reading go through `json`, so that they are the same to the byte.
package struct ServerEvent: Sendable {
    package let session: Int64
    package let seq: Int64
    package let type: EventType
    package let at: Timestamp
    package let audience: Audience
    package let actor: Actor?
    package let payload: JSONObject
    /// For `chat.message`.
    package let message: ChatContent?
    /// What the row of one event may hold. Every reader's frame and page has room for one, and the writer for many.
    package static let mostBytes = 128 * 1024
    static let tooLarge = Localized(
        en: "This is too much for one change: shorten the texts.",
        fr: "C’est trop pour une seule modification : raccourcissez les textes."
    )

    /// Tombstones of earlier events whose text this one takes away; rings put them in their place.
    package var redactions: [Redaction] = []
    /// For `session.updated`, when it names another instructor: who that is.
    package var instructor: Person?

    package struct Redaction: Sendable, Equatable {
        package let seq: Int64
        /// The tombstone's JSON.
        package let bytes: [UInt8]
    }

    package init(
        session: Int64, seq: Int64, type: EventType, at: Timestamp, audience: Audience, actor: Actor?,
        payload: JSONObject, message: ChatContent?
    ) {
        self.session = session
        self.seq = seq
        self.type = type
        self.at = at
        self.audience = audience
        self.actor = actor
        self.payload = payload
        self.message = message
    }

    /// The event as a reader inside its audience sees it.
    package var json: JSON {
        var object = JSONObject([
            ("seq", .integer(seq)), ("type", .string(type.rawValue)), ("at", .string(at.text)),
        ])
        for member in payload.members where member.name != "actor_role" { object[member.name] = member.value }
        if let instructor, let changes = payload["changes"]?.objectValue {
            object["changes"] = .object(instructor.added(toChanges: changes))
        }
        if type == .chatMessage {
            object["user"] = actor?.json ?? .null
            message?.add(to: &object)
        } else if let actor {
            object["by"] = actor.json
        }
        return .object(object)
    }

    /// What a reader outside the audience gets: that nothing is missing, and no more.
    package static func withheld(_ seq: Int64) -> JSON {
        JSON.object(JSONObject([("seq", .integer(seq)), ("type", .string("withheld"))]))
    }

    package func json(for userID: Int64, isHost: Bool) -> JSON {
        audience.includes(userID, isHost: isHost) ? json : Self.withheld(seq)
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

/// What a chat message says, beside who and when.
package struct ChatContent: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        case text, question, answer
    }

    package let id: Int64
    package let kind: Kind
    /// Nil once deleted.
    package var text: String?
    package let clientID: String
    package let replyTo: Int64?
    package let isAnonymous: Bool

    package init(id: Int64, kind: Kind, text: String?, clientID: String, replyTo: Int64?, isAnonymous: Bool) {
        self.id = id
        self.kind = kind
        self.text = text
        self.clientID = clientID
        self.replyTo = replyTo
        self.isAnonymous = isAnonymous
    }

    fileprivate func add(to object: inout JSONObject) {
        object["id"] = .integer(id)
        object["kind"] = .string(kind.rawValue)
        if let text {
            object["text"] = .string(text)
            object["client_id"] = .string(clientID)
        } else {
            object["deleted"] = .bool(true)
        }
        if let replyTo { object["reply_to"] = .integer(replyTo) }
        if isAnonymous { object["anonymous"] = .bool(true) }
    }
}
