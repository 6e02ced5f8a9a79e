package import Database
import StrictJSON

/// What one item of a group commit may do: read and change tables, and append events. A store that changes what
/// somebody may do takes this object instead of its connection and signals the change here by itself, so that no caller
/// can forget it.
///
/// It lives on the writer's thread, inside the item's savepoint, and must not escape it. Events, signals and changes of
/// what is shown reach the loops only after the commit.
package final class JournalTransaction {
    let scope: JournalScope
    /// The commit's place among those of all hubs of the database; nil for a hub that has it for itself.
    let turn: CommitLog.Turn?
    package let connection: any SQLConnection
    /// The connection for what the journal itself writes beside the item; no driver watches it.
    let unwatched: any SQLConnection
    /// The hub's time by both its clocks, the same for everything in this item.
    let moment: HubClock.Moment
    /// The latest time at which a token that exists now can say it was issued, by this hub's clock: the time of a
    /// revocation.
    package let latest: Timestamp
    private(set) var events: [ServerEvent] = []
    private(set) var signals: [HubSignal] = []
    private(set) var homeChanges: [HomeChange] = []
    private(set) var sequel: [@Sendable () -> Void] = []
    /// What was read for a post beforehand (`PostBatch`); nil for everything else.
    let prospect: Prospect?
    private let reader: EventReader
    /// Whether a place was taken whose event is still to come.
    private var isPlaceOpen = false

    init(
        _ scope: JournalScope, connection: any SQLConnection, clock: HubClock, reader: EventReader,
        driver: (any JournalDriver)?, prospect: Prospect? = nil, turn: CommitLog.Turn? = nil
    ) {
        self.prospect = prospect
        self.scope = scope
        self.turn = turn
        self.connection = driver?.connection(connection, for: scope) ?? connection
        unwatched = connection
        self.reader = reader
        moment = clock.moment
        latest = max(moment.wall, clock.latest)
    }

    /// The wall clock's time.
    var now: Timestamp { moment.wall }

    /// Takes the next place in a session's order, for callers that must know it before they append its event. Every
    /// place that is taken must get its event. Throws `session_not_found`.
    func place(in session: Int64) throws -> EventPlace {
        precondition(!isPlaceOpen, "the place that was taken before has no event yet")
        assert(scope.includes(session: session), "an item of \(scope) appends no event to \(session)")
        let place =
            try prospect?.takePlace(in: session, at: moment, latest: latest)
            ?? JournalStore.place(in: session, at: moment, latest: latest, in: connection)
        isPlaceOpen = true
        return place
    }

    /// Appends a durable event to the session's journal.
    ///
    /// - Parameters:
    ///   - payload: what the row stores: ids and values, never names or text (`ServerEvent`).
    ///   - content: what the event says beside its row, as it will be read again (`EventKind.Content`).
    ///   - redacting: the seqs of messages whose text this item has just removed.
    /// - Returns: the event with its seq. Throws `session_not_found`, `too_large`, or the store's error.
    @discardableResult
    func append(
        _ kind: EventKind, to session: Int64, payload: JSONObject = JSONObject([]), by actor: Actor?,
        audience: Audience = .all, content: JSONObject = JSONObject([]), redacting: [Int64] = []
    ) throws -> ServerEvent {
        try append(
            kind, at: place(in: session), payload: payload, by: actor, audience: audience, content: content,
            redacting: redacting
        )
    }

    /// Appends a durable event at a place that was taken before.
    @discardableResult
    func append(
        _ kind: EventKind, at place: EventPlace, payload: JSONObject = JSONObject([]), by actor: Actor?,
        audience: Audience = .all, content: JSONObject = JSONObject([]), redacting: [Int64] = []
    ) throws -> ServerEvent {
        precondition(isPlaceOpen, "a place takes one event")
        isPlaceOpen = false
        let row = try JournalStore.row(kind, at: place, payload: payload, actor: actor, audience: audience)
        if prospect?.leave(event: row, at: place) != true { try JournalStore.append(row, in: connection) }
        var event = ServerEvent(
            session: place.session, seq: place.seq, kind: kind, at: place.at, audience: audience, actor: actor,
            payload: payload, content: content
        )
        event.redactions = try redacting.compactMap { seq in
            try reader.event(session: place.session, seq: seq, in: connection).map {
                ServerEvent.Redaction(seq: seq, bytes: $0.json.encoded())
            }
        }
        events.append(event)
        return event
    }

    /// Refuses an item that leaves a hole in a session's order.
    func finish() throws {
        if isPlaceOpen { throw HubError(.internal) }
    }

    /// Leaves work for the time when the item is decided. It then runs once, on the writer's thread, also when the item
    /// was refused. This is the only way to change anything but the store.
    func afterwards(_ work: @escaping @Sendable () -> Void) { sequel.append(work) }

    // MARK: - What is no event, told after the commit by whichever store changed it

    /// Signals that what these people may do has changed, or their names. For nobody there is no signal.
    func accessChanged(_ users: Set<Int64>) {
        if !users.isEmpty { signals.append(.accessChanged(users: users)) }
    }

    /// Changes what the class shows, after the commit and in the order of commits. It is lost where nobody is there to
    /// see it: whoever comes first begins without.
    func show(_ change: HomeChange) {
        assert(scope.includes(session: change.session), "an item of \(scope) shows nothing in \(change.session)")
        homeChanges.append(change)
    }

    /// Signals that nothing is left of a hub that serves no more.
    func nodeEmptied(_ node: String) { signals.append(.nodeEmptied(node)) }

    /// Signals that a session was hidden or deleted.
    func sessionGone(_ session: Int64) { signals.append(.sessionGone(session)) }
}
