/// One thread, one libuv loop, one libwebsockets context, and everything that lives on them.
///
/// It is an actor whose executor is that thread. Code that is handed a loop as `isolated EventLoop` runs on it; C
/// callbacks enter with `assumeIsolated`, which pays no hop. Never block in it, never await in it.
package actor EventLoop {
    package nonisolated let index: Int
    nonisolated let executor = LoopExecutor()
    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    var timers = TimerWheel<() -> Void>()
    let clock = ContinuousClock()
    let origin = ContinuousClock().now
    /// What lws knows by an opaque pointer is owned here: from adoption to LWS_CALLBACK_WSI_DESTROY.
    var peers: [UInt64: Peer] = [:]
    var nextPeerID: UInt64 = 0
    /// The peer that the adoption in progress is for; lws calls back before it returns.
    var adopting: Peer?
    /// Nil before the start and after the end.
    var engine: LoopEngine?

    private var paused: [() -> Void] = []

    init(index: Int) {
        self.index = index
    }

    /// Runs `job` on the loop, from any thread, in the order of the calls; one wake-up per batch. After the loop was
    /// shut down the job is dropped.
    package nonisolated func execute(_ job: @escaping @Sendable (isolated EventLoop) -> Void) {
        tryExecute(job)
    }

    /// As `execute`; false when the job was dropped.
    @discardableResult
    nonisolated func tryExecute(_ job: @escaping @Sendable (isolated EventLoop) -> Void) -> Bool {
        executor.submit(.closure(self, job))
    }

    /// Runs `job` on this loop once, `delay` later (rounded up to 50 ms). Dropped when the loop shuts down before.
    package func schedule(after delay: Duration, _ job: @escaping () -> Void) -> LoopTimer {
        if timers.isEmpty {
            timers.skip(to: tick(at: clock.now))
            engine?.startTicking()
        }
        let due = clock.now - origin + max(delay, .zero)
        let handle = timers.insert(job, at: LoopTick.roundingUp(due))
        return LoopTimer(loop: self, handle: handle)
    }

    /// Runs the jobs given here on this loop once, `milliseconds` after the first of them; what came in meanwhile is
    /// served first. For pauses shorter than a tick.
    package func pause(milliseconds: Int, then job: @escaping () -> Void) {
        paused.append(job)
        if paused.count == 1 { engine?.startPause(milliseconds: UInt64(max(0, milliseconds))) }
    }

    func endPause() {
        let jobs = paused
        paused = []
        for job in jobs { job() }
    }

    func cancel(_ handle: TimerWheel<() -> Void>.Handle) {
        timers.remove(handle)
    }

    /// Every 50 ms while a timer is waiting.
    func fireTimers() {
        for job in timers.advance(to: tick(at: clock.now)) { job() }
        if timers.isEmpty { engine?.stopTicking() }
    }

    private func tick(at instant: ContinuousClock.Instant) -> UInt64 { LoopTick.roundingDown(instant - origin) }
}

/// A scheduled job. Letting go of it does not cancel it.
package final class LoopTimer {
    private let loop: EventLoop
    private var handle: TimerWheel<() -> Void>.Handle?

    init(loop: EventLoop, handle: TimerWheel<() -> Void>.Handle) {
        self.loop = loop
        self.handle = handle
    }

    /// On the loop only (checked). Harmless when the job has run.
    package func cancel() {
        guard let handle else { return }
        self.handle = nil
        loop.assumeIsolated { $0.cancel(handle) }
    }
}

/// The resolution of the timers: 50 ms.
enum LoopTick {
    static let milliseconds: UInt64 = 50

    static func roundingUp(_ duration: Duration) -> UInt64 {
        (wholeMilliseconds(duration) + milliseconds - 1) / milliseconds
    }
    static func roundingDown(_ duration: Duration) -> UInt64 { wholeMilliseconds(duration) / milliseconds }

    private static func wholeMilliseconds(_ duration: Duration) -> UInt64 {
        let (seconds, attoseconds) = duration.components
        return UInt64(max(0, seconds)) * 1000 + UInt64(max(0, attoseconds) / 1_000_000_000_000_000)
    }
}

/// The loops of a server. Their threads start with the server and end with it.
package struct EventLoopGroup: Sendable {
    package let loops: [EventLoop]

    package init(count: Int) {
        precondition(count > 0, "a server needs at least one event loop")
        loops = (0..<count).map { EventLoop(index: $0) }
    }
}
