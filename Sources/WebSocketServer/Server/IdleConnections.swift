import Synchronization

/// The HTTP connections of all loops that work on no request, by how long they do not: when the server is full, the
/// longest idle one makes room for a newcomer.
///
/// A connection whose head is still coming is one of them, and so is a stranger whose body is: they have not asked for
/// anything yet. So is one that is answered and on its way out.
final class IdleConnections: Sendable {
    struct Name: Hashable, Sendable {
        let loop: Int
        let peer: UInt64
    }

    private let order = Mutex(ArrivalOrder<Name>())

    func add(_ name: Name) { order.withLock { $0.append(name) } }
    func remove(_ name: Name) { order.withLock { $0.remove(name) } }
    func takeLongestIdle() -> Name? { order.withLock { $0.takeFirst() } }
}

/// Names in the order in which they came; every operation is O(1).
struct ArrivalOrder<Name: Hashable> {
    private struct Place {
        var before: Name?
        var after: Name?
    }

    private var places: [Name: Place] = [:]
    private(set) var first: Name?
    private var last: Name?

    /// At the end, wherever it was.
    mutating func append(_ name: Name) {
        remove(name)
        places[name] = Place(before: last)
        if let last { places[last]?.after = name } else { first = name }
        last = name
    }

    mutating func remove(_ name: Name) {
        guard let place = places.removeValue(forKey: name) else { return }
        if let before = place.before { places[before]?.after = place.after } else { first = place.after }
        if let after = place.after { places[after]?.before = place.before } else { last = place.before }
    }

    mutating func takeFirst() -> Name? {
        guard let name = first else { return nil }
        remove(name)
        return name
    }
}
