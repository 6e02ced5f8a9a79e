/// One run from set-up to report: the order of the phases, and what is measured between them.
struct BenchRun {
    struct Plan: Sendable {
        var target: Target
        var serverProcesses: [Int32]
        var size: SessionSetup.Size
        var pace: Pace
        var seconds: Double
        var textBytes: Int
        /// Posts that are made at full speed before anything is measured.
        var prefill: Int
        /// New connections a second, 0 = as fast as it goes.
        var connectRate: Double
        var settleSeconds: Double
        var drainSeconds: Double
        var threads: Int
    }

    /// What is measured.
    enum Target: Sendable {
        case hub(url: String, secret: String)
        /// A server that relays plain texts within a room: see `RelayTarget`.
        case relay(RelayTarget)
    }

    /// Posts in flight per session while the journal is prefilled, and how long that may take at most.
    private static let (prefillDepth, prefillSeconds): (Int, Double) = (64, 3600)

    let plan: Plan

    func report() async throws -> RunReport {
        try DescriptorLimit.ensure(connections: plan.size.clients)
        let fleet = try fleet()
        var report = RunReport(plan: plan)
        report.before = try usage()
        Console.note("connecting")
        try await fleet.join(rate: plan.connectRate)
        report.joined = try usage()
        if plan.prefill > 0 { try await prefill(fleet) }
        try await fleet.each { try $0.idle(for: UInt64(plan.settleSeconds * 1e9)) }
        report.settled = try usage()
        report.clientCPUBefore = ProcessUsage.ownCPUSeconds
        Console.note(plan.pace == .idle ? "idle for \(plan.seconds) s" : "posting for \(plan.seconds) s")
        try await fleet.post(plan.pace, seconds: plan.seconds, textBytes: plan.textBytes...plan.textBytes)
        try await fleet.drain(seconds: plan.drainSeconds)
        report.after = try usage()
        report.clientCPUAfter = ProcessUsage.ownCPUSeconds
        report.tally = try await fleet.finish()
        return report
    }

    private func fleet() throws -> Fleet {
        Console.note("setting up \(plan.size.sessions) sessions for \(plan.size.clients) clients")
        switch plan.target {
        case .hub(let url, let secret):
            let address = try HubAddress(url: url)
            let sessions = try SessionSetup(address: address, secret: secret, size: plan.size).prepare()
            return try Fleet(sessions, address: address, threads: plan.threads)
        case .relay(let relay):
            return try Fleet(
                relay.rooms(plan.size), address: relay.address, dialect: .plain, threads: plan.threads)
        }
    }

    /// Lets the journal grow before the measurement. What these posts showed to be wrong stays in the tally.
    private func prefill(_ fleet: Fleet) async throws {
        Console.note("prefilling with \(plan.prefill) posts")
        let share = (plan.prefill + plan.threads - 1) / plan.threads
        let textBytes = plan.textBytes
        try await fleet.each { engine in
            try engine.post(
                .inFlight(Self.prefillDepth, until: .acknowledged), for: UInt64(Self.prefillSeconds * 1e9),
                textBytes: textBytes...textBytes, acknowledgements: share)
            try engine.drain(within: 60 * MonotonicClock.second)
            engine.tally.startAnew()
        }
    }

    private func usage() throws -> ProcessUsage? {
        plan.serverProcesses.isEmpty ? nil : try ProcessUsage.sum(of: plan.serverProcesses)
    }
}
