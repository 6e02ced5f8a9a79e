/// Which of the other hubs of a database serve no more: those whose beats do not go on. No two clocks are compared.
///
/// The rules are pure. Only time counts in which this hub could itself write: after an outage of the database, in which
/// nobody could, everybody is given the full time again.
struct NodeWatch: Sendable {
    /// Milliseconds without a beat after which a node counts as lost; it beats every 3 s.
    static let patience: Int64 = 10_000

    private struct Beat {
        let incarnation: Int64
        let seenAt: Timestamp
        /// When this hub first saw it.
        let since: Timestamp
    }

    private var beats: [String: Beat] = [:]

    init() {}

    /// Takes what the database says now.
    ///
    /// - Parameters:
    ///   - nodes: the other hubs.
    ///   - now: by a clock that nobody sets.
    /// - Returns: those that have been silent for too long.
    mutating func look(_ nodes: [NodeStore.Node], now: Timestamp) -> [NodeStore.Node] {
        let up = nodes.filter { $0.state == .up }
        let before = beats
        beats = [:]
        for node in up {
            if let known = before[node.name], known.seenAt == node.seenAt, known.incarnation == node.incarnation {
                beats[node.name] = known
            } else {
                beats[node.name] = Beat(incarnation: node.incarnation, seenAt: node.seenAt, since: now)
            }
        }
        return up.filter { node in beats[node.name].map { now - $0.since >= Self.patience } ?? false }
    }

    /// The database could not be written.
    mutating func forget() { beats = [:] }
}
