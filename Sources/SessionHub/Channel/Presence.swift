import StrictJSON

/// Who is in a session, by user and not by connection: `absent -> present -> grace -> absent`.
///
/// The rules are pure: they use no clock, no input and no output. Changes are collected until `tick` turns them into
/// one diff, so that a wave of joins costs one frame, and a reconnect inside the grace is invisible.
struct Presence: Sendable {
    /// A person as the others see them. An object, so that the copies of a view on several loops share it.
    final class Entry: Sendable, Equatable {
        let person: Person
        let role: ClassRole

        init(person: Person, role: ClassRole) {
            self.person = person
            self.role = role
        }

        static func == (one: Entry, other: Entry) -> Bool {
            one === other || one.person == other.person && one.role == other.role
        }

        var isHost: Bool { role.isHost }

        var json: JSON { Actor(person, role: role).json }
    }

    /// Somebody whose grace is over.
    struct Departure: Sendable, Equatable {
        let user: Int64
        /// The last sign of life on any of the connections. For a place that was kept over a restart and not taken
        /// again it is the time of the restart.
        let lostAt: Timestamp
    }

    private struct Occupant {
        var entry: Entry?
        var connections = 0
        /// How many hellos are on their way through the store. They hold the place, so that a grace cannot end under
        /// them.
        var arrivals = 0
        var graceEnd: Timestamp?
        var lostAt: Timestamp?
        /// The newest sign of life on the connections that are gone.
        var seen: Timestamp?
        /// The other hubs of the database at which the person has a place, connected or in the grace: each of them says
        /// when it ends.
        var elsewhere: Set<String> = []
        /// Whether the grace is over, and the store has still to say whether the person is at another hub.
        var isLeaving = false

        /// Whether the place is this hub's to keep or to end.
        var isHere: Bool { connections > 0 || arrivals > 0 || graceEnd != nil || isLeaving }
    }

    private var occupants: [Int64: Occupant] = [:]
    private var changed: Set<Int64> = []
    /// The hands that are up, each with its place in the order of rising, as the store has them. That of somebody who
    /// is not here is not shown.
    private var hands: [Int64: Int64] = [:]
    private var areHandsChanged = false
    private(set) var view = PresenceView()
    private let grace: Int64

    init(grace: Int64) { self.grace = grace }

    /// Whether nobody holds a place or is about to.
    var isEmpty: Bool { occupants.isEmpty && changed.isEmpty }

    /// Whether somebody has a connection here, is in the grace of one, or about to be let in.
    var isAnybodyHere: Bool { occupants.values.contains { $0.isHere } }

    var isAnybodyElsewhere: Bool { occupants.values.contains { !$0.elsewhere.isEmpty } }

    /// Whether something waits for `tick` or for the end of a grace.
    var needsTick: Bool { !changed.isEmpty || areHandsChanged || occupants.values.contains { $0.graceEnd != nil } }

    /// The people who hold a place and are no hosts, also during their grace.
    var seated: Set<Int64> { Set(occupants.filter { $1.entry?.isHost == false }.keys) }

    /// Whether the person is here, in the grace, or about to be let in.
    func isKnown(_ user: Int64) -> Bool { occupants[user] != nil }

    /// The same, at this hub.
    func isHere(_ user: Int64) -> Bool { occupants[user]?.isHere ?? false }

    func entry(of user: Int64) -> Entry? { occupants[user]?.entry }

    func connections(of user: Int64) -> Int { occupants[user]?.connections ?? 0 }

    /// The last sign of life, on any connection, of a person whose last connection is lost; nil while one is here or a
    /// hello is on its way.
    func lostAt(of user: Int64) -> Timestamp? {
        guard let occupant = occupants[user], occupant.connections == 0, occupant.arrivals == 0 else { return nil }
        return occupant.lostAt
    }

    // MARK: - Events

    /// A hello was received: the place is held until `connected` or `refused`.
    mutating func arriving(_ user: Int64) {
        occupants[user, default: Occupant()].arrivals += 1
    }

    mutating func refused(_ user: Int64, now: Timestamp) {
        guard var occupant = occupants[user], occupant.arrivals > 0 else { return }
        occupant.arrivals -= 1
        occupants[user] = occupant
        settle(user, lostAt: nil, now: now)
    }

    /// The arrival was admitted: one connection more.
    mutating func connected(_ entry: Entry) {
        let user = entry.person.id
        var occupant = occupants[user] ?? Occupant()
        occupant.arrivals = max(0, occupant.arrivals - 1)
        occupant.connections += 1
        occupant.graceEnd = nil
        occupant.lostAt = nil
        occupant.isLeaving = false
        occupant.entry = entry
        occupants[user] = occupant
        changed.insert(user)
    }

    /// A name or a role changed.
    mutating func update(_ entry: Entry) {
        guard occupants[entry.person.id]?.entry != nil else { return }
        occupants[entry.person.id]?.entry = entry
        changed.insert(entry.person.id)
    }

    /// One connection less. The grace begins now, when others can know of it, but attendance ends at the last sign of
    /// life.
    ///
    /// - Parameters:
    ///   - seen: the peer's last sign of life on this connection; nil for now.
    ///   - isSentAway: whether a host has sent the person away, who then has no grace.
    mutating func disconnected(_ user: Int64, seen: Timestamp? = nil, isSentAway: Bool = false, now: Timestamp) {
        guard var occupant = occupants[user], occupant.connections > 0 else { return }
        occupant.connections -= 1
        var seen = min(seen ?? now, now)
        if let before = occupant.seen { seen = max(seen, before) }
        occupant.seen = seen
        occupants[user] = occupant
        settle(user, lostAt: seen, now: now)
        if isSentAway, occupants[user]?.connections == 0 { occupants[user]?.graceEnd = now }
    }

    /// Keeps the place of somebody who was here before the restart at `restart`, until `end`.
    mutating func keep(_ entry: Entry, since restart: Timestamp, until end: Timestamp) {
        let user = entry.person.id
        var occupant = occupants[user] ?? Occupant()
        guard !occupant.isHere else { return }
        occupant.entry = entry
        occupant.graceEnd = end
        occupant.lostAt = restart
        occupants[user] = occupant
        changed.insert(user)
    }

    /// A hand is up at this place of the order; nil when it is down.
    mutating func hand(of user: Int64, at place: Int64?) {
        guard hands[user] != place else { return }
        hands[user] = place
        areHandsChanged = true
    }

    mutating func lowerHands() {
        areHandsChanged = areHandsChanged || !hands.isEmpty
        hands = [:]
    }

    /// Ends every grace that is over.
    ///
    /// - Parameter isShared: whether other hubs have the same people. Then nobody has left before the store says so
    ///   (`moved`): they may have come at another hub, of which this one could not hear.
    mutating func expire(now: Timestamp, isShared: Bool = false) -> [Departure] {
        var departures: [Departure] = []
        for (user, occupant) in occupants {
            guard let end = occupant.graceEnd, end <= now, occupant.connections == 0, occupant.arrivals == 0 else {
                continue
            }
            departures.append(Departure(user: user, lostAt: occupant.lostAt ?? end))
            occupants[user]?.graceEnd = nil
            occupants[user]?.isLeaving = isShared
            if !isShared { moved(user) }
        }
        return departures.sorted { $0.user < $1.user }
    }

    /// Puts a place without connections into its grace. One that was never taken and that no hello holds is removed.
    private mutating func settle(_ user: Int64, lostAt: Timestamp?, now: Timestamp) {
        guard var occupant = occupants[user], occupant.connections == 0 else { return }
        guard occupant.entry != nil else {
            if occupant.arrivals == 0 { occupants[user] = nil }
            return
        }
        if occupant.lostAt == nil { occupant.lostAt = lostAt }
        // Whoever is connected elsewhere needs no grace here; when that is over by now, the store says so (`lost`).
        if occupant.graceEnd == nil, occupant.elsewhere.isEmpty, !occupant.isLeaving {
            occupant.graceEnd = now + grace
        }
        occupants[user] = occupant
    }

    private mutating func removeIfNowhere(_ user: Int64) {
        guard let occupant = occupants[user], !occupant.isHere, occupant.elsewhere.isEmpty else { return }
        occupants[user] = nil
        changed.insert(user)
        hand(of: user, at: nil)
    }

    // MARK: - At other hubs

    /// Somebody has a place at another hub.
    mutating func placed(_ entry: Entry, at node: String) {
        let user = entry.person.id
        var occupant = occupants[user] ?? Occupant()
        occupant.elsewhere.insert(node)
        // A grace is over as soon as its person is connected anywhere. What the store makes of a loss here is still to
        // come (`moved`, `lost`): until then the loss is remembered.
        if occupant.connections == 0 {
            occupant.graceEnd = nil
            occupant.entry = entry
        }
        occupants[user] = occupant
        changed.insert(user)
    }

    /// Somebody's place at another hub is over.
    mutating func unplaced(_ user: Int64, at node: String, now: Timestamp) {
        guard occupants[user]?.elsewhere.remove(node) != nil, let occupant = occupants[user] else { return }
        // The last connection here was lost while there was one elsewhere, and what the store makes of that is still to
        // come: meanwhile the person has the grace.
        if occupant.elsewhere.isEmpty, occupant.lostAt != nil, !occupant.isHere {
            occupants[user]?.graceEnd = now + grace
        }
        removeIfNowhere(user)
    }

    /// Nobody has a place at this other hub any more.
    mutating func emptied(_ node: String, now: Timestamp) {
        for user in occupants.keys.sorted() { unplaced(user, at: node, now: now) }
    }

    /// The store has found that a loss here was that of the person's last connection anywhere.
    mutating func lost(_ user: Int64, now: Timestamp) {
        guard let occupant = occupants[user], occupant.entry != nil, !occupant.isHere else { return }
        occupants[user]?.graceEnd = now + grace
        if occupant.lostAt == nil { occupants[user]?.lostAt = now }
    }

    /// Somebody whose last connection here is lost has no place here any more: they have one elsewhere, or have left.
    mutating func moved(_ user: Int64) {
        guard let occupant = occupants[user], occupant.connections == 0 else { return }
        occupants[user]?.isLeaving = false
        // A hello is on its way: when it is refused, the place has another grace.
        guard occupant.arrivals == 0 else { return }
        occupants[user]?.graceEnd = nil
        occupants[user]?.lostAt = nil
        removeIfNowhere(user)
    }

    // MARK: - What others see

    /// The view as it would be after `tick`, for an answer that must not lag behind.
    var upToDate: PresenceView {
        var copy = self
        _ = copy.tick()
        return copy.view
    }

    /// The change since the last call as one diff with the next version, or nil when nothing visible changed.
    mutating func tick() -> PresenceDiff? {
        let users = changed.sorted()
        changed = []
        var diff = PresenceDiff(version: view.version + 1)
        for user in users {
            let (now, before) = (occupants[user]?.entry, view.people[user])
            switch (before, now) {
            case (nil, let entry?): diff.joined.append(entry)
            case (let old?, nil): diff.left.append(old)
            case (let old?, let entry?) where old != entry: diff.updated.append(entry)
            default: break
            }
        }
        diff.hands = changedHands(isSomebodyNew: !users.isEmpty)
        guard !diff.isEmpty else { return nil }
        view.apply(diff)
        return diff
    }

    /// The hands of those who are here in the order of rising, when it is not what the view has.
    private mutating func changedHands(isSomebodyNew: Bool) -> [Int64]? {
        guard areHandsChanged || isSomebodyNew && !hands.isEmpty else { return nil }
        areHandsChanged = false
        let shown = hands.filter { occupants[$0.key]?.entry != nil }.sorted { $0.value < $1.value }.map(\.key)
        return shown == view.hands ? nil : shown
    }
}
