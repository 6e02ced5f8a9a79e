import Synchronization

@testable import SessionHub

/// The time of a hub under test: it stands still until a test moves it, so that every stored time can be expected exactly.
final class MovableClock: Sendable {
    private struct State {
        var milliseconds: Int64
        /// Since when it runs by itself; nil while it stands.
        var runsSince: ContinuousClock.Instant?

        var now: Timestamp {
            guard let runsSince else { return Timestamp(milliseconds: milliseconds) }
            let (seconds, attoseconds) = (ContinuousClock.now - runsSince).components
            return Timestamp(milliseconds: milliseconds + seconds * 1000 + attoseconds / 1_000_000_000_000_000)
        }
    }

    private let state: Mutex<State>

    init(_ start: Timestamp) { state = Mutex(State(milliseconds: start.milliseconds)) }

    var now: Timestamp { state.withLock(\.now) }

    /// What the hub reads.
    var hubClock: HubClock { HubClock { self.now } }

    func advance(seconds: Int64 = 0, milliseconds: Int64 = 0) {
        state.withLock { $0.milliseconds += seconds * 1000 + milliseconds }
    }

    /// From now on time passes by itself, for what the hub waits for (a grace).
    func run() { state.withLock { $0.runsSince = $0.runsSince ?? .now } }
}
