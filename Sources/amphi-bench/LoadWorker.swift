/// One engine on a thread of its own; every phase is a call that blocks that thread until the phase is over.
actor LoadWorker {
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe thread.asUnownedSerialExecutor() }

    private let thread: WorkerThread
    private let engine: LoadEngine

    init(number: Int, sessions: [SessionPlan], address: HubAddress) throws {
        thread = WorkerThread(number: number)
        engine = try LoadEngine(sessions, address: address, seed: MonotonicClock.now &+ UInt64(number))
    }

    func join(rate: Double) throws { try engine.join(rate: rate) }

    func idle(seconds: Double) throws { try engine.idle(for: UInt64(seconds * 1e9)) }

    func post(_ pace: Pace, seconds: Double, textBytes: Int) throws {
        try engine.post(pace, for: UInt64(seconds * 1e9), textBytes: textBytes)
    }

    func drain(seconds: Double) throws { try engine.drain(within: UInt64(seconds * 1e9)) }

    /// What was counted so far.
    func tally() -> LoadTally { engine.tally }

    func finish() -> LoadTally { engine.finish() }
}
