/// The members of a JSON object, in their order, each name once.
///
/// Names are the same when their bytes are, as RFC 8259 section 8.3 wants it; Swift's `String` would also take
/// U+212A (the Kelvin sign) for a `K`, and the two spellings of an accented letter for one.
package struct JSONObject: Sendable {
    /// In the order of insertion. Replacing a value keeps its place.
    package private(set) var members: [(name: String, value: JSON)] = []

    /// Positions by name, kept only for objects so large that comparing name by name would be slow.
    private var positions: [MemberName: Int]?

    /// Up to this many members, comparing them all is faster than hashing one.
    private static let linearLimit = 16

    package init() {}

    /// Of several members with one name the last value stays, at the place of the first.
    package init(_ members: [(String, JSON)]) {
        self.members.reserveCapacity(members.count)
        for (name, value) in members { self[name] = value }
    }

    package var count: Int { members.count }
    package var isEmpty: Bool { members.isEmpty }

    /// The value called `name`. Setting nil removes the member; to store a null, set `.null`.
    package subscript(_ name: String) -> JSON? {
        get {
            guard let position = position(of: name) else { return nil }
            return members[position].value
        }
        set {
            switch (position(of: name), newValue) {
            case (let position?, let value?):
                members[position].value = value
            case (let position?, nil):
                members.remove(at: position)
                positions = nil
                indexIfLarge()
            case (nil, let value?):
                add(name, value)
            case (nil, nil):
                break
            }
        }
    }

    /// Appends a member, or leaves the object as it is and answers false when the name is taken.
    mutating func insert(_ name: String, _ value: JSON) -> Bool {
        guard position(of: name) == nil else { return false }
        add(name, value)
        return true
    }

    private mutating func add(_ name: String, _ value: JSON) {
        if members.isEmpty { members.reserveCapacity(8) }
        members.append((name, value))
        if positions == nil {
            indexIfLarge()
        } else {
            positions?[MemberName(text: name)] = members.count - 1
        }
    }

    private mutating func indexIfLarge() {
        guard members.count > Self.linearLimit else { return }
        var index = [MemberName: Int](minimumCapacity: members.count * 2)
        for (position, member) in members.enumerated() { index[MemberName(text: member.name)] = position }
        positions = index
    }

    private func position(of name: String) -> Int? {
        if let positions { return positions[MemberName(text: name)] }
        return members.firstIndex { sameBytes($0.name, name) }
    }
}

extension JSONObject: Equatable {
    package static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.count == right.count && left.members.allSatisfy { right[$0.name] == $0.value }
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, JSON)...) { self.init(elements) }
}

/// A name that is hashed and compared by its bytes. (Names that are only canonically equivalent share a `String`
/// hash, which would let a hostile object make the index quadratic.)
private struct MemberName: Hashable {
    let text: String

    static func == (left: MemberName, right: MemberName) -> Bool { sameBytes(left.text, right.text) }

    func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
    }
}

/// `==` first: it is one comparison of two words for short names, and nearly all names differ.
private func sameBytes(_ left: String, _ right: String) -> Bool {
    left == right && left.utf8.elementsEqual(right.utf8)
}
