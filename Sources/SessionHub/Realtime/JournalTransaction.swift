package import Database
package import StrictJSON

/// What one item of a group commit may do: read and change tables, append events, and signal the hub.
///
/// It lives on the writer's thread, inside the item's savepoint, and must not escape it. Events and signals reach the
/// loops only after the commit.
package final class JournalTransaction {
    package let connection: any SQLConnection
    /// The hub's time by both its clocks, the same for everything in this item.
    package let moment: HubClock.Moment
    /// The latest time that a token of before now can say it was issued at: a revocation takes this one.
    package let latest: Timestamp
    private(set) var events: [ServerEvent] = []
    private(set) var signals: [HubSignal] = []

    init(connection: any SQLConnection, clock: HubClock) {
        self.connection = connection
        moment = clock.moment
        latest = max(moment.wall, clock.latest)
    }

    /// The wall clock's time.
    package var now: Timestamp { moment.wall }

    /// Appends a durable event to the session's journal.
    ///
    /// - Parameters:
    ///   - payload: what the row stores: ids and values, never names or text (`ServerEvent`).
    ///   - message: for `chat.message`, inserts the row of `live_session_chat` at the event's seq and returns it.
    ///   - redacting: seqs of messages whose text this item has just removed.
    ///   - instructor: for `session.updated`, whom the session's `instructor_id` names from now on.
    /// - Returns: the event with its seq. Throws `session_not_found`, or the store's error.
    @discardableResult
    package func append(
        _ type: EventType, to session: Int64, payload: JSONObject = JSONObject([]), by actor: Actor?,
        audience: Audience = .all, message: ((Int64) throws -> ChatContent)? = nil,
        redacting: [Int64] = [], instructor: Person? = nil
    ) throws -> ServerEvent {
        let (seq, at) = try JournalStore.append(
            type, to: session, payload: payload, actor: actor, audience: audience, at: moment, latest: latest,
            in: connection
        )
        var event = ServerEvent(
            session: session, seq: seq, type: type, at: at, audience: audience, actor: actor, payload: payload,
            message: try message?(seq)
        )
        event.instructor = instructor
        event.redactions = try redacting.compactMap { seq in
            try JournalStore.event(session: session, seq: seq, in: connection).map {
                ServerEvent.Redaction(seq: seq, bytes: $0.json.encoded())
            }
        }
        events.append(event)
        return event
    }

    /// Tells the hub something that is no event, after the commit.
    package func signal(_ signal: HubSignal) { signals.append(signal) }
}

/// What the loops must learn of a commit beside its events.
package enum HubSignal: Sendable, Equatable {
    /// The session is hidden: its channel closes with 4505.
    case sessionGone(Int64)
    /// Something that decides these people's access changed: enrollment, role, revocation. Open connections are checked anew.
    case accessChanged(users: Set<Int64>)
    /// An outage has begun (false) or ended (true); told by the journal itself.
    case storeWritable(Bool)

    package static func accessChanged(user: Int64) -> HubSignal { .accessChanged(users: [user]) }
}
