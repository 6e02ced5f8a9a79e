/// A moment after which waiting has failed.
package struct Deadline: Sendable {
    private let end: ContinuousClock.Instant

    package init(after duration: Duration) { end = ContinuousClock.now + duration }

    /// What poll(2) takes: the whole milliseconds that are left, 0 when it has passed.
    package var milliseconds: Int32 {
        let left = ContinuousClock.now.duration(to: end)
        guard left > .zero else { return 0 }
        let (seconds, attoseconds) = left.components
        return Int32(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1)
    }

    package var hasPassed: Bool { ContinuousClock.now >= end }
}
