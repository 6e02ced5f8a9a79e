/// What changed in a session's presence from one version to the next.
struct PresenceDiff: Sendable, Equatable {
    let version: Int64
    var joined: [Presence.Entry] = []
    /// The people who have left, as others saw them last.
    var left: [Presence.Entry] = []
    var updated: [Presence.Entry] = []

    /// Everybody whose hand is up, in the order of rising; nil when that is as before.
    var hands: [Int64]?

    init(version: Int64) { self.version = version }

    var isEmpty: Bool { joined.isEmpty && left.isEmpty && updated.isEmpty && hands == nil }
}
