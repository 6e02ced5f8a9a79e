package import StrictJSON

/// A session's presence as a client puts it together from snapshots and diffs.
package struct PresencePicture: Sendable, Equatable {
    package private(set) var version: Int64
    package private(set) var count: Int64
    package private(set) var people: [Int64: JSON] = [:]
    /// Whose hand is up, in the order of rising.
    package private(set) var hands: [Int64] = []
    /// Every id that a diff has called joined, left or updated, in order.
    package private(set) var changes: [String] = []

    package var ids: Set<Int64> { Set(people.keys) }
    /// For reports.
    package var text: String { people.sorted { $0.key < $1.key }.map(\.value.text).joined(separator: " ") }

    /// - Parameter snapshot: `presence` of a welcome.
    package init(_ snapshot: JSON) throws {
        version = 0
        count = 0
        try apply(snapshot)
    }

    /// Takes a snapshot, or the diff that follows this version: any other one is a failure.
    package mutating func apply(_ presence: JSON) throws {
        guard let next = presence["version"]?.integerValue, let count = presence["count"]?.integerValue else {
            throw TestFailure("presence without version and count: \(presence.text)")
        }
        if let people = presence["people"]?.arrayValue {
            self.people = [:]
            for person in people { self.people[try Self.id(person)] = person }
        } else {
            guard next == version + 1 else { throw TestFailure("a diff to \(next) after version \(version)") }
            for person in presence["joined"]?.arrayValue ?? [] { try put(person, "joined") }
            for person in presence["updated"]?.arrayValue ?? [] { try put(person, "updated") }
            for id in presence["left"]?.arrayValue?.compactMap(\.integerValue) ?? [] {
                people[id] = nil
                changes.append("left \(id)")
            }
        }
        // A snapshot has them always, a diff when they have changed.
        if let hands = presence["hands"]?.arrayValue {
            self.hands = hands.compactMap(\.integerValue)
        } else if presence["people"] != nil {
            throw TestFailure("a snapshot without hands: \(presence.text)")
        }
        version = next
        self.count = count
    }

    private mutating func put(_ person: JSON, _ what: String) throws {
        let id = try Self.id(person)
        people[id] = person
        changes.append("\(what) \(id)")
    }

    private static func id(_ person: JSON) throws -> Int64 {
        guard let id = person["id"]?.integerValue else { throw TestFailure("a person without id: \(person.text)") }
        return id
    }
}

extension WebSocketTestClient {
    /// Takes presence frames until these people, and nobody else, are here.
    package func presence(_ start: PresencePicture, until ids: Set<Int64>) throws -> PresencePicture {
        var picture = start
        while picture.ids != ids {
            let frame: JSON
            do {
                frame = try next { $0["presence"] != nil }
            } catch {
                throw TestFailure("present: \(picture.ids.sorted()), expected: \(ids.sorted()); \(error)")
            }
            try picture.apply(frame["presence"] ?? .null)
        }
        return picture
    }

    /// Takes presence frames until these hands are up, in this order.
    package func presence(_ start: PresencePicture, untilHands hands: [Int64]) throws -> PresencePicture {
        var picture = start
        while picture.hands != hands {
            do {
                try picture.apply(next { $0["presence"] != nil }["presence"] ?? .null)
            } catch {
                throw TestFailure("hands: \(picture.hands), expected: \(hands); \(error)")
            }
        }
        return picture
    }
}
