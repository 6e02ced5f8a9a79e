import StrictJSON

/// The votes of the questions whose count has changed since the class's channel began.
struct VoteCounts: EphemeralState {
    private var counts: [Int64: Int64] = [:]
    private var changed: Set<Int64> = []

    var needsTick: Bool { !changed.isEmpty }

    mutating func set(_ question: Int64, votes: Int64) {
        guard counts.updateValue(votes, forKey: question) != votes else { return }
        changed.insert(question)
    }

    mutating func left(_ user: Int64, now: Timestamp) {}

    /// `{"votes":{question id: count}}` of what has changed; whoever missed such a frame gets all of them.
    mutating func changedFrame(now: Timestamp) -> EphemeralFrame? {
        guard !changed.isEmpty else { return nil }
        defer { changed = [] }
        return EphemeralFrame(
            Self.frame(counts.filter { changed.contains($0.key) }), afterGap: Self.frame(counts)
        )
    }

    private static func frame(_ counts: [Int64: Int64]) -> [UInt8] {
        let members = counts.sorted { $0.key < $1.key }.map { (String($0.key), JSON.integer($0.value)) }
        let frame: JSON = ["votes": .object(JSONObject(members))]
        return frame.encoded()
    }
}

extension VoteCounts {
    /// The name of the change by which commits tell a count.
    static let change = "votes"
}

extension HomeChange {
    /// A question has so many votes.
    static func votes(_ votes: Int64, of question: Int64, in session: Int64) -> HomeChange {
        HomeChange(VoteCounts.change, in: session, [.integer(question), .integer(votes)])
    }
}
