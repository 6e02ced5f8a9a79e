/// All clients of a run on their threads, and the phases that they go through together.
struct Fleet {
    let workers: [LoadWorker]

    /// Sessions are dealt out to `threads` workers.
    init(_ sessions: [SessionPlan], address: HubAddress, dialect: Dialect = .hub, threads: Int = 1) throws {
        workers = try (0..<threads).map { number in
            let share = sessions.indices.filter { $0 % threads == number }.map { sessions[$0] }
            return try LoadWorker(number: number, sessions: share, address: address, dialect: dialect)
        }
    }

    /// Runs a phase on every engine, each on its own thread; returns when all are through.
    func each(_ phase: @escaping @Sendable (LoadEngine) throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in workers { group.addTask { try await worker.run(phase) } }
            try await group.waitForAll()
        }
    }

    /// Lets in a part of each engine's clients (nil: all). A client that does not get in makes every figure of the run
    /// wrong: that is an error of the set-up.
    func join(_ group: Range<Int>? = nil, rate: Double) async throws {
        let share = rate / Double(workers.count)
        try await each { try $0.join(group, rate: share) }
        let failures = try await tally().joinFailures.sorted { $0.value > $1.value }
        guard failures.isEmpty else {
            let list = failures.prefix(5).map { "\($0.value) x \($0.key)" }.joined(separator: ", ")
            throw SetupError("not everybody got in; \(list)")
        }
    }

    func post(_ pace: Pace, seconds: Double, textBytes: ClosedRange<Int>) async throws {
        var share = pace
        if case .rate(let rate) = pace { share = .rate(rate / Double(workers.count)) }
        try await each { [share] in try $0.post(share, for: UInt64(seconds * 1e9), textBytes: textBytes) }
    }

    /// Waits until everybody has everything; then notes what is missing.
    func drain(seconds: Double) async throws {
        try await each { try $0.drain(within: UInt64(seconds * 1e9)) }
    }

    /// What was counted so far.
    func tally() async throws -> LoadTally { try await sum { $0.tally } }

    /// Closes all connections; the last tally.
    func finish() async throws -> LoadTally { try await sum { $0.finish() } }

    private func sum(_ read: @escaping @Sendable (LoadEngine) -> LoadTally) async throws -> LoadTally {
        var tally = LoadTally()
        for worker in workers { tally.merge(try await worker.run(read)) }
        return tally
    }
}
