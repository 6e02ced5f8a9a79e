import StrictJSON

/// Everybody present as of one version. The session's home loop makes it, and every loop with a reader keeps a copy.
///
/// In a small class everybody is sent. In a large one it is the count, the hosts and oneself, and the others by page. A
/// class becomes large above 220 people and small again at 180, so that a few who come and go do not make it cross the
/// limit each time; every crossing sends a snapshot.
struct PresenceView: Sendable, Equatable {
    private(set) var version: Int64 = 0
    private(set) var people: [Int64: Presence.Entry] = [:]
    /// The hosts among the people, so that a welcome to a large class need not look at everybody.
    private var hosts: [Int64: Presence.Entry] = [:]
    /// The people's ids in ascending order, kept because pages are asked for more often than somebody comes or goes.
    private(set) var order: [Int64] = []
    /// The ids of those whose hand is up, in the order of rising. Everybody is told all of them, in a large class too.
    private(set) var hands: [Int64] = []
    /// Whether there are too many people to send everybody.
    private(set) var isLarge = false

    private static let (crossingUp, crossingDown) = (220, 180)

    init() {}

    /// Takes the next diff. Returns true when readers need a snapshot: when the class became large or small, or when a
    /// name or a role changed in a large class. What such a change adds or takes away differs between readers.
    @discardableResult
    mutating func apply(_ diff: PresenceDiff) -> Bool {
        version = diff.version
        reorder(diff)
        for entry in diff.joined + diff.updated {
            people[entry.person.id] = entry
            hosts[entry.person.id] = entry.isHost ? entry : nil
        }
        for entry in diff.left {
            people[entry.person.id] = nil
            hosts[entry.person.id] = nil
        }
        if let hands = diff.hands { self.hands = hands }
        let wasLarge = isLarge
        isLarge = people.count > (wasLarge ? Self.crossingDown : Self.crossingUp)
        return isLarge != wasLarge || isLarge && !diff.updated.isEmpty
    }

    /// The snapshot for one reader. It has the reader even when the diff with their own arrival is still to come.
    func snapshot(for reader: Presence.Entry) -> JSON {
        let own = people[reader.person.id]
        var shown = Array(isLarge ? hosts.values : people.values)
        if shown.first(where: { $0.person.id == reader.person.id }) == nil { shown.append(own ?? reader) }
        let count = people.count + (own == nil ? 1 : 0)
        return [
            "version": .integer(version), "count": .integer(Int64(count)), "complete": .bool(!isLarge),
            "people": .array(shown.sorted { $0.person.id < $1.person.id }.map(\.json)),
            "hands": Self.json(hands),
        ]
    }

    /// A diff for everybody who has the version before it. Call it after `apply`, when that asked for no snapshot.
    func json(of diff: PresenceDiff) -> JSON {
        let shows: (Presence.Entry) -> Bool = { !isLarge || $0.isHost }
        var object = JSONObject([
            ("version", .integer(diff.version)), ("count", .integer(Int64(people.count))),
            ("joined", .array(diff.joined.filter(shows).map(\.json))),
            ("left", Self.json(diff.left.filter(shows).map(\.person.id))),
            ("updated", .array(diff.updated.map(\.json))),
        ])
        if let hands = diff.hands { object["hands"] = Self.json(hands) }
        return .object(object)
    }

    private static func json(_ ids: [Int64]) -> JSON { .array(ids.map { .integer($0) }) }

    /// Brings `order` up to date, before the people themselves change. A few new ids are put in their places. A wave is
    /// sorted in as a whole, which costs little more than one pass over ids that are nearly in order.
    private mutating func reorder(_ diff: PresenceDiff) {
        if !diff.left.isEmpty {
            let gone = Set(diff.left.map(\.person.id))
            order.removeAll { gone.contains($0) }
        }
        let new = diff.joined.map(\.person.id).filter { people[$0] == nil }
        if new.count <= 8 {
            for id in new { order.insert(id, at: place(of: id)) }
        } else {
            order += new
            order.sort()
        }
    }

    /// The number of people with smaller ids.
    private func place(of id: Int64) -> Int {
        var (low, high) = (0, order.count)
        while low < high {
            let middle = (low + high) / 2
            if order[middle] < id { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// A page by id: people with a larger id than `after`, and whether more follow.
    func page(after: Int64, limit: Int) -> (people: [Presence.Entry], more: Bool) {
        let rest = order[(after == Int64.max ? order.count : place(of: after + 1))...]
        return (rest.prefix(limit).compactMap { people[$0] }, rest.count > limit)
    }
}
