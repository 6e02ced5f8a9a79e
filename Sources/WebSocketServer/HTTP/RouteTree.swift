/// Values by path pattern: a tree of segments, in which a literal wins over `{name:int}`, and that over `{name}`.
struct RouteTree<Value: Sendable>: Sendable {
    private struct Node: Sendable {
        var literals: [String: Node] = [:]
        var integer: [Node] = []  // none or one; an array, because a struct cannot contain itself
        var text: [Node] = []
        var entry: Entry?
    }

    private typealias Entry = (pattern: String, names: [String], value: Value)

    private enum Segment {
        case literal(String)
        case integer(String)
        case text(String)

        var name: String? {
            switch self {
            case .literal: nil
            case .integer(let name), .text(let name): name
            }
        }
    }

    private var root = Node()

    /// Changes the value at `pattern`. Traps on a pattern that is written wrongly, or differs from an equal one in a
    /// name.
    mutating func update(_ pattern: String, default fallback: Value, _ change: (inout Value) -> Void) {
        precondition(pattern.hasPrefix("/"), "the pattern \(pattern) does not begin with /")
        let segments = pattern.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map(Self.parse)
        let names = segments.compactMap(\.name)
        precondition(Set(names).count == names.count, "the pattern \(pattern) uses a name twice")
        Self.update(&root, segments[...]) { entry in
            precondition(entry == nil || entry?.names == names, "\(pattern) exists with other names")
            var value = entry?.value ?? fallback
            change(&value)
            entry = (pattern, names, value)
        }
    }

    func match(_ segments: [String]) -> (value: Value, parameters: PathParameters)? {
        var captured: [String] = []
        guard let entry = Self.match(root, segments[...], &captured) else { return nil }
        let values = Dictionary(uniqueKeysWithValues: zip(entry.names, captured))
        return (entry.value, PathParameters(values))
    }

    /// Every pattern with its value, in no order.
    var entries: [(pattern: String, value: Value)] { Self.entries(root).map { ($0.pattern, $0.value) } }

    private static func entries(_ node: Node) -> [Entry] {
        let children = Array(node.literals.values) + node.integer + node.text
        return (node.entry.map { [$0] } ?? []) + children.flatMap(entries)
    }

    private static func parse(_ segment: Substring) -> Segment {
        guard segment.hasPrefix("{") else { return .literal(String(segment)) }
        precondition(segment.hasSuffix("}"), "\(segment) has no closing brace")
        let parts = segment.dropFirst().dropLast().split(separator: ":", omittingEmptySubsequences: false)
        precondition(parts.count <= 2 && parts[0] != "", "\(segment) is neither {name} nor {name:int}")
        guard parts.count == 2 else { return .text(String(parts[0])) }
        precondition(parts[1] == "int", "\(segment) has an unknown type")
        return .integer(String(parts[0]))
    }

    private static func update(
        _ node: inout Node, _ segments: ArraySlice<Segment>, _ change: (inout Entry?) -> Void
    ) {
        guard let first = segments.first else { return change(&node.entry) }
        switch first {
        case .literal(let text):
            update(&node.literals[text, default: Node()], segments.dropFirst(), change)
        case .integer:
            if node.integer.isEmpty { node.integer = [Node()] }
            update(&node.integer[0], segments.dropFirst(), change)
        case .text:
            if node.text.isEmpty { node.text = [Node()] }
            update(&node.text[0], segments.dropFirst(), change)
        }
    }

    private static func match(
        _ node: Node, _ segments: ArraySlice<String>, _ captured: inout [String]
    ) -> Entry? {
        guard let first = segments.first else { return node.entry }
        let rest = segments.dropFirst()
        if let literal = node.literals[first], let entry = match(literal, rest, &captured) { return entry }
        guard !first.isEmpty else { return nil }
        captured.append(first)
        if let integer = node.integer.first, isInteger(first), let entry = match(integer, rest, &captured) {
            return entry
        }
        if let text = node.text.first, let entry = match(text, rest, &captured) { return entry }
        captured.removeLast()
        return nil
    }

    private static func isInteger(_ text: String) -> Bool {
        text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } && Int64(text) != nil
    }
}
