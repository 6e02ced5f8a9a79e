import StrictJSON

/// One durable event at its place in a session's order.
///
/// The row of the journal holds ids; names and text are joined when it is read, so that a deleted message reads as a
/// tombstone everywhere. Live delivery and every later reading go through `json`, so that they are the same to the
/// byte.
package struct ServerEvent: Sendable {
    let session: Int64
    let seq: Int64
    let kind: EventKind
    let at: Timestamp
    let audience: Audience
    let actor: Actor?
    let payload: JSONObject
    /// What the event says beside its row (`EventKind.Content`).
    let content: JSONObject
    /// The most bytes that the row of one event may hold. Every reader's frame and page has room for one, and the
    /// writer for many.
    static let mostBytes = 128 * 1024
    static let tooLarge = Localized(
        en: "This is too much for one change: shorten the texts.",
        fr: "C’est trop pour une seule modification : raccourcissez les textes."
    )

    /// The tombstones of earlier events whose text this one removes; rings put them in the events' places.
    var redactions: [Redaction] = []

    struct Redaction: Sendable, Equatable {
        let seq: Int64
        /// The tombstone's JSON.
        let bytes: [UInt8]
    }

    init(
        session: Int64, seq: Int64, kind: EventKind, at: Timestamp, audience: Audience, actor: Actor?,
        payload: JSONObject, content: JSONObject
    ) {
        self.session = session
        self.seq = seq
        self.kind = kind
        self.at = at
        self.audience = audience
        self.actor = actor
        self.payload = payload
        self.content = content
    }

    /// The event as a reader inside its audience sees it.
    var json: JSON {
        var object = JSONObject([
            ("seq", .integer(seq)), ("type", .string(kind.name)), ("at", .string(at.text)),
        ])
        for member in payload.members where member.name != "actor_role" { object[member.name] = member.value }
        switch kind.actorMember {
        case .by: if let actor { object["by"] = actor.json }
        case .user: object["user"] = actor?.json ?? .null
        }
        for member in content.members { object[member.name] = member.value }
        return .object(object)
    }

    /// What a reader outside the audience gets. It only shows that nothing is missing.
    static func withheld(_ seq: Int64) -> JSON {
        JSON.object(JSONObject([("seq", .integer(seq)), ("type", .string("withheld"))]))
    }

    func json(for userID: Int64, isHost: Bool) -> JSON {
        audience.includes(userID, isHost: isHost) ? json : Self.withheld(seq)
    }
}
