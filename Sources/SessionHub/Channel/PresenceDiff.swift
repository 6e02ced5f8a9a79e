/// What changed in a session's presence from one version to the next.
package struct PresenceDiff: Sendable, Equatable {
    package let version: Int64
    package var joined: [Presence.Entry] = []
    /// The people who have left, as others saw them last.
    package var left: [Presence.Entry] = []
    package var updated: [Presence.Entry] = []

    package init(version: Int64) { self.version = version }

    package var isEmpty: Bool { joined.isEmpty && left.isEmpty && updated.isEmpty }
}
