import StrictJSON

/// Who is typing now. An entry ends by itself, because the word "off" may never come.
struct TypingList: EphemeralState {
    private static let lifetime: Int64 = 6000
    private var ends: [Int64: Timestamp] = [:]
    private var announced: [Int64] = []

    var needsTick: Bool { !ends.isEmpty || !announced.isEmpty }

    mutating func set(_ user: Int64, on: Bool, now: Timestamp) {
        ends[user] = on ? now + Self.lifetime : nil
    }

    /// Ends the typing of somebody who has posted. A question ends nothing: it may be anonymous, private or pending,
    /// and whoever stopped typing at that moment would be known as its author.
    mutating func posted(_ user: Int64, isQuestion: Bool, now: Timestamp) {
        if !isQuestion { set(user, on: false, now: now) }
    }

    mutating func left(_ user: Int64, now: Timestamp) { set(user, on: false, now: now) }

    /// Everybody who types now, or nil when that does not differ from the last answer.
    mutating func changed(now: Timestamp) -> [Int64]? {
        ends = ends.filter { $0.value > now }
        let users = ends.keys.sorted()
        guard users != announced else { return nil }
        announced = users
        return users
    }

    /// `{"typing":[user ids, ascending]}`
    mutating func changedFrame(now: Timestamp) -> EphemeralFrame? {
        guard let users = changed(now: now) else { return nil }
        let frame: JSON = ["typing": .array(users.map { .integer($0) })]
        return EphemeralFrame(frame.encoded())
    }
}
