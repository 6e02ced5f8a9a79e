package import Database
package import StrictJSON

/// A kind of durable event, declared by the feature that appends it (Protocol.md, Events).
package struct EventKind: Sendable {
    /// What it does to the channel of its class.
    package enum Effect: Sendable {
        case none
        /// Closes it behind the event.
        case closes(CloseCode)
        /// Closes it after the time that people have to finish talking.
        case closesLater
        /// Takes such a closing back: whoever is there attends again.
        case opensAgain
    }

    /// Who did it, as a member of the event.
    package enum ActorMember: Sendable {
        /// `by`; absent when it was nobody.
        case by
        /// `user`; null when nobody may know.
        case user
    }

    /// Reads what an event says beside its row: names and texts, which may change or go after it was written. The
    /// journal asks for a page of events at once.
    ///
    /// - Returns: members by seq; one that the payload has too takes its place.
    package typealias Content = @Sendable (Int64, [EventRow], any SQLConnection) throws -> [Int64: JSONObject]

    /// As `type` says it.
    package let name: String
    package let effect: Effect
    package let actorMember: ActorMember
    /// Whether it counts among the messages of the last minute.
    package let isMessage: Bool
    let content: Content?

    package init(
        _ name: String, effect: Effect = .none, actorMember: ActorMember = .by, isMessage: Bool = false,
        content: Content? = nil
    ) {
        self.name = name
        self.effect = effect
        self.actorMember = actorMember
        self.isMessage = isMessage
        self.content = content
    }
}

/// What the journal stores of one event, without names and texts.
package struct EventRow: Sendable {
    package let seq: Int64
    package let payload: JSONObject
}
