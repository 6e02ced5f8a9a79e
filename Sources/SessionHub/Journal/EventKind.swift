import Database
import StrictJSON

/// A kind of durable event, declared by the feature that appends it (Protocol.md, Events).
struct EventKind: Sendable {
    /// What the event does to the channel of its class.
    enum Effect: Sendable {
        case none
        /// The class is live from now on.
        case begins
        /// The channel closes after the event.
        case closes(CloseCode)
        /// The channel closes after the time that people have to finish talking.
        case closesLater
        /// Such a closing is taken back, and whoever is there attends again.
        case opensAgain
    }

    /// The member of the event that says who did it.
    enum ActorMember: Sendable {
        /// `by`, which is absent when it was nobody.
        case by
        /// `user`, which is null when nobody may know.
        case user
    }

    /// Reads what an event says beside its row: names and texts, which may change or go after it was written. The
    /// journal asks for a page of events at once.
    ///
    /// - Returns: members of events, by seq. One that the payload has as well replaces it.
    typealias Content = @Sendable (Int64, [EventRow], any SQLConnection) throws -> [Int64: JSONObject]

    /// The name, which is the event's `type`.
    let name: String
    let effect: Effect
    let actorMember: ActorMember
    /// Whether the event counts among the messages of the last minute.
    let isMessage: Bool
    let content: Content?

    init(
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
struct EventRow: Sendable {
    let seq: Int64
    let payload: JSONObject
}
