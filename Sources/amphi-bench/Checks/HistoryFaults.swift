/// What was wrong: counts, and the first few of each kind in words.
struct HistoryFaults: Sendable, Equatable {
    enum Kind: String, Sendable, CaseIterable {
        /// Jumped over and never delivered.
        case lost
        case repeated
        case reordered
        /// Two witnesses disagree about what stands at a seq.
        case conflicting
        /// One post was committed twice.
        case doubled
        /// Another author or client_id than was sent.
        case foreign
        /// Events inside a frame that do not follow each other, or a frame whose seq is not its last event's.
        case brokenFrame = "broken_frame"
        /// No JSON, or no WebSocket framing.
        case malformed
        /// Clients that did not reach the head.
        case behind
        /// Posts that were refused for good.
        case refused
        /// Posts without an answer at the end.
        case unanswered
        /// Votes, hands or rules that are not what was acknowledged.
        case untrue
        /// Stored although a rule that held already refuses it.
        case overheard
        /// More frames than the hub promises.
        case hurried
        /// A welcome that does not know what was acknowledged before it was asked for.
        case stale
        /// Sent after the answer to another post, and stands before it.
        case overtaken
        /// An answer or an event that took too long at a hub that nothing disturbed.
        case late
        /// A time of the journal that is earlier than the one before.
        case backwards
        /// A counter that is not what it counts.
        case miscounted
        /// Presence that is not who is there, or a departure of somebody who was not away.
        case departed
        /// Segments that overlap, or are not when somebody was there.
        case attendance
        /// Connections that ended before the benchmark closed them.
        case disconnected
    }

    private static let examplesPerKind = 3

    private(set) var counts: [Kind: Int] = [:]
    private(set) var examples: [String] = []

    var isClean: Bool { counts.values.allSatisfy { $0 == 0 } }

    subscript(_ kind: Kind) -> Int { counts[kind] ?? 0 }

    /// `count` may be negative: what seemed lost came late.
    mutating func note(_ kind: Kind, count: Int = 1, _ example: @autoclosure () -> String) {
        guard count != 0 else { return }
        counts[kind, default: 0] += count
        guard count > 0, examples.count(where: { $0.hasPrefix(kind.rawValue) }) < Self.examplesPerKind else { return }
        examples.append("\(kind.rawValue): \(example())")
    }

    mutating func merge(_ other: HistoryFaults) {
        counts.merge(other.counts, uniquingKeysWith: +)
        examples += other.examples
    }
}

extension ClientHistory.Step {
    /// Carries over what this step shows to be wrong.
    func note(in faults: inout HistoryFaults, of client: Int, at position: Int64) {
        guard lost != 0 || repeated > 0 || reordered > 0 else { return }
        faults.note(.lost, count: lost, "client \(client) misses events before \(position)")
        faults.note(.repeated, count: repeated, "client \(client) has events again at \(position)")
        faults.note(.reordered, count: reordered, "client \(client) has late events at \(position)")
    }
}
