/// One run from set-up to report: the order of the phases, and what is measured between them.
struct BenchRun {
    struct Plan: Sendable {
        var url: String
        var secret: String
        var serverProcesses: [Int32]
        var size: SessionSetup.Size
        var pace: Pace
        var seconds: Double
        var textBytes: Int
        /// New connections a second, 0 = as fast as it goes.
        var connectRate: Double
        var settleSeconds: Double
        var drainSeconds: Double
        var threads: Int
    }

    let plan: Plan

    func report() async throws -> RunReport {
        try DescriptorLimit.ensure(connections: plan.size.clients)
        let address = try HubAddress(url: plan.url)
        Console.note("setting up \(plan.size.sessions) sessions for \(plan.size.clients) clients")
        let sessions = try SessionSetup(address: address, secret: plan.secret, size: plan.size).prepare()
        let workers = try (0..<plan.threads).map { number in
            let share = sessions.indices.filter { $0 % plan.threads == number }.map { sessions[$0] }
            return try LoadWorker(number: number, sessions: share, address: address)
        }

        var report = RunReport(plan: plan)
        report.before = try usage()
        Console.note("connecting")
        try await join(workers)
        report.joined = try usage()
        try await onEach(workers) { try await $0.idle(seconds: plan.settleSeconds) }
        report.settled = try usage()
        report.clientCPUBefore = ProcessUsage.ownCPUSeconds
        Console.note(plan.pace == .idle ? "idle for \(plan.seconds) s" : "posting for \(plan.seconds) s")
        try await load(workers)
        report.after = try usage()
        report.clientCPUAfter = ProcessUsage.ownCPUSeconds
        for worker in workers { report.tally.merge(await worker.finish()) }
        return report
    }

    /// A client that does not get in makes every figure of the run wrong: that is an error of the set-up.
    private func join(_ workers: [LoadWorker]) async throws {
        try await onEach(workers) { try await $0.join(rate: plan.connectRate / Double(plan.threads)) }
        var tally = LoadTally()
        for worker in workers { tally.merge(await worker.tally()) }
        guard tally.joined == plan.size.clients else {
            let reasons = tally.joinFailures.sorted { $0.value > $1.value }.prefix(5)
            let list = reasons.map { "\($0.value) x \($0.key)" }.joined(separator: ", ")
            throw SetupError("\(tally.joined) of \(plan.size.clients) clients got in; \(list)")
        }
    }

    private func load(_ workers: [LoadWorker]) async throws {
        try await onEach(workers) { worker in
            var pace = plan.pace
            if case .rate(let rate) = pace { pace = .rate(rate / Double(plan.threads)) }
            try await worker.post(pace, seconds: plan.seconds, textBytes: plan.textBytes)
            try await worker.drain(seconds: plan.drainSeconds)
        }
    }

    private func usage() throws -> ProcessUsage? {
        plan.serverProcesses.isEmpty ? nil : try ProcessUsage.sum(of: plan.serverProcesses)
    }

    private func onEach(
        _ workers: [LoadWorker], _ phase: @escaping @Sendable (LoadWorker) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in workers { group.addTask { try await phase(worker) } }
            try await group.waitForAll()
        }
    }
}
