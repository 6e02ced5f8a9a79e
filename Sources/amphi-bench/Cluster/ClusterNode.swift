import Glibc

/// One hub of several: started again whenever it ends, as a service manager would. Does not block.
final class ClusterNode {
    enum Event: Sendable {
        /// It takes connections.
        case listens(HubAddress)
        /// It ended by itself, or by a signal that was sent; as wait(2) encodes it.
        case ended(Int32)
    }

    private enum State {
        case down(startAt: UInt64)
        case starting
        case up
    }

    /// A hub that ends while it starts, because its database is away, is not started more often than this.
    private static let pause = 100 * MonotonicClock.millisecond

    let hub: HubUnderTest
    private(set) var address: HubAddress?
    private var state: State
    /// Until it is told to go on.
    private(set) var isPaused = false

    init(_ hub: HubUnderTest) {
        self.hub = hub
        state = .down(startAt: 0)
    }

    var isUp: Bool { address != nil && !isPaused }

    /// What has happened since the last call; to be called every few milliseconds.
    func turn(at now: UInt64) throws -> Event? {
        switch state {
        case .down(let startAt):
            guard startAt <= now else { return nil }
            try hub.begin()
            state = .starting
        case .starting:
            if let status = hub.takeEnd() { return end(status, startAt: now + Self.pause) }
            // The end of its output is told before its end.
            guard let address = try? hub.address() else { return nil }
            self.address = address
            state = .up
            return .listens(address)
        case .up:
            if let status = hub.takeEnd() { return end(status, startAt: now) }
        }
        return nil
    }

    /// SIGKILL; it starts again at `startAt`.
    func kill(startAt: UInt64) {
        hub.kill()
        isPaused = false
        (state, address) = (.down(startAt: startAt), nil)
    }

    /// SIGTERM; it starts again as soon as it has ended.
    func stop() { hub.send(SIGTERM) }

    func pause() {
        isPaused = true
        hub.send(SIGSTOP)
    }

    func goOn() {
        isPaused = false
        hub.send(SIGCONT)
    }

    private func end(_ status: Int32, startAt: UInt64) -> Event {
        isPaused = false
        (state, address) = (.down(startAt: startAt), nil)
        return .ended(status)
    }
}
