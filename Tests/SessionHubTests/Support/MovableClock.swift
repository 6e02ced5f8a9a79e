import Synchronization

@testable import SessionHub

/// The time of a hub under test: it stands still until a test moves it, so that every stored time can be expected
/// exactly.
final class MovableClock: Sendable {
    /// The machine's clocks: milliseconds since its start, and what its wall clock says.
    private struct State {
        var elapsed: Int64 = 0
        var wall: Int64
        /// Since when it runs by itself; nil while it stands.
        var runsSince: ContinuousClock.Instant?

        /// Milliseconds since it runs.
        var passed: Int64 {
            guard let runsSince else { return 0 }
            let (seconds, attoseconds) = (ContinuousClock.now - runsSince).components
            return seconds * 1000 + attoseconds / 1_000_000_000_000_000
        }
    }

    private let state: Mutex<State>

    init(_ start: Timestamp) { state = Mutex(State(wall: start.milliseconds)) }

    var now: Timestamp { state.withLock { Timestamp(milliseconds: $0.wall + $0.passed) } }

    /// What the hub reads.
    var hubClock: HubClock { HubClock { self.now } }

    /// The same for a hub that knows its machine's start, and can tell a clock that was set from time that has passed.
    var machineClock: HubClock {
        HubClock(
            wall: { self.now.milliseconds }, elapsed: { self.state.withLock { $0.elapsed + $0.passed } },
            boot: "the same"
        )
    }

    func advance(seconds: Int64 = 0, milliseconds: Int64 = 0) {
        state.withLock { state in
            state.elapsed += seconds * 1000 + milliseconds
            state.wall += seconds * 1000 + milliseconds
        }
    }

    func advance(to moment: Timestamp) { advance(milliseconds: moment - now) }

    /// Somebody sets the machine's clock; no time passes.
    func set(by milliseconds: Int64) { state.withLock { $0.wall += milliseconds } }

    /// From now on time passes by itself, for what the hub waits for (a grace).
    func run() { state.withLock { $0.runsSince = $0.runsSince ?? .now } }
}
