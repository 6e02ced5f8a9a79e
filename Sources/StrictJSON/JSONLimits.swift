/// How much JSON a reader is ready to take from a stranger.
package struct JSONLimits: Sendable {
    /// Longest document, in bytes.
    package var maxBytes: Int
    /// Most arrays and objects inside one another. Values above `JSONLimits.deepest` count as that.
    package var maxDepth: Int

    /// The parser is recursive; this many levels fit the stack of any thread with room to spare.
    package static let deepest = 128

    package init(maxBytes: Int, maxDepth: Int = 32) {
        self.maxBytes = maxBytes
        self.maxDepth = maxDepth
    }

    /// For the body of one HTTP request: 256 KiB, 32 levels.
    package static let request = JSONLimits(maxBytes: 256 * 1024)

    /// For what this program has written itself: whatever it let in once, it can read.
    package static let stored = JSONLimits(maxBytes: 64 * 1024 * 1024)
}
