/// One engine on a thread of its own; every phase is a call that blocks that thread until the phase is over.
actor LoadWorker {
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe thread.asUnownedSerialExecutor() }

    private let thread: WorkerThread
    private let engine: LoadEngine

    init(number: Int, sessions: [SessionPlan], address: HubAddress, dialect: Dialect) throws {
        thread = WorkerThread(number: number)
        engine = try LoadEngine(
            sessions, address: address, dialect: dialect, seed: MonotonicClock.now &+ UInt64(number))
    }

    func run<Result: Sendable>(_ phase: @Sendable (LoadEngine) throws -> Result) throws -> Result {
        try phase(engine)
    }
}
