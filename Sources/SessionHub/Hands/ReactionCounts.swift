import StrictJSON

/// The reactions since the last tick, counted. They are shown once and forgotten: whoever comes later is told nothing.
struct ReactionCounts: EphemeralState {
    enum Kind: String, Sendable, CaseIterable {
        case clap, heart, laugh, surprised, thinking
        case thumbsUp = "thumbs_up"
    }

    private var counts: [Kind: Int64] = [:]

    var needsTick: Bool { !counts.isEmpty }

    mutating func add(_ kind: Kind) { counts[kind, default: 0] += 1 }

    mutating func left(_ user: Int64, now: Timestamp) {}

    /// `{"reactions":{kind: how many}}`, with the kinds of which there were some.
    mutating func changedFrame(now: Timestamp) -> EphemeralFrame? {
        guard !counts.isEmpty else { return nil }
        let members = Kind.allCases.compactMap { kind in counts[kind].map { (kind.rawValue, JSON.integer($0)) } }
        counts = [:]
        let frame: JSON = ["reactions": .object(JSONObject(members))]
        return EphemeralFrame(frame.encoded())
    }
}
