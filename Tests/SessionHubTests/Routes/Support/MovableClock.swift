import Synchronization

@testable import SessionHub

/// The time of a hub under test: it stands still until a test moves it, so that every stored time can be expected exactly.
final class MovableClock: Sendable {
    private let milliseconds: Mutex<Int64>

    init(_ start: Timestamp) { milliseconds = Mutex(start.milliseconds) }

    var now: Timestamp { Timestamp(milliseconds: milliseconds.withLock(\.self)) }

    /// What the hub reads.
    var hubClock: HubClock { HubClock { self.now } }

    func advance(seconds: Int64 = 0, milliseconds more: Int64 = 0) {
        milliseconds.withLock { $0 += seconds * 1000 + more }
    }

    func set(_ time: Timestamp) { milliseconds.withLock { $0 = time.milliseconds } }
}
