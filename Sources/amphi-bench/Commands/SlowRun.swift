/// One run of `slow`: everybody reads, then some read slowly or not at all, then all read again and must have
/// everything.
struct SlowRun {
    struct Plan: Sendable {
        var slowShare: Double
        var stoppedShare: Double
        /// Of a slow client.
        var bytesPerSecond: Int
        var rate: Double
        var textBytes: ClosedRange<Int>
        var baseSeconds: Double
        var slowSeconds: Double
        var drainSeconds: Double
        var serverProcesses: [Int32]
    }

    private struct Measured: Sendable {
        var base = LatencyHistogram()
        var slow = LatencyHistogram()
        var recoverySeconds = 0.0
    }

    /// Of slow and stopped clients. A loopback segment may have 64 KB: a small window would then open in leaps of many
    /// seconds, or hardly ever, where a slow line acknowledges all the time.
    private static let segmentBytes: Int32 = 536

    let plan: Plan
    let address: HubAddress
    private let session: SessionPlan
    /// Indices of clients; those before post and read normally.
    private let slow: Range<Int>
    private let stopped: Range<Int>

    /// - Parameter session: its senders must not be among the slow ones.
    init(plan: Plan, session: SessionPlan, address: HubAddress) throws {
        self.plan = plan
        self.address = address
        let count = session.clients.count
        func share(_ part: Double) -> Int { part > 0 ? max(1, Int((Double(count) * part).rounded())) : 0 }
        let stoppedCount = share(plan.stoppedShare)
        stopped = max(0, count - stoppedCount)..<count
        slow = max(0, stopped.lowerBound - share(plan.slowShare))..<stopped.lowerBound
        guard session.senderCount <= slow.lowerBound, session.senderCount > 0 else {
            throw SetupError("\(session.senderCount) senders and \(count - slow.lowerBound) slow clients of \(count)")
        }
        var session = session
        for index in slow.lowerBound..<count { session.clients[index].segmentBytes = Self.segmentBytes }
        self.session = session
    }

    func report() async throws -> FigureReport {
        let fleet = try Fleet([session], address: address)
        let memory = MemoryWatch(plan.serverProcesses)
        let watching = Task { try await memory.run() }
        defer { watching.cancel() }
        Console.note("connecting")
        try await fleet.join(rate: 0)
        let measured = try await drive(fleet, memory)
        let worker = fleet.workers[0]
        let (slow, stopped) = (slow, stopped)
        let ends = try await worker.run { ($0.standing(of: slow), $0.standing(of: stopped)) }
        let journal = try JournalReader(session: session, address: address).events()
        try await worker.run { $0.check(journal, of: 0) }
        try await memory.begin("after")
        return try await report(measured, ends, of: fleet.finish(), memory)
    }

    private func drive(_ fleet: Fleet, _ memory: MemoryWatch) async throws -> Measured {
        let (slow, stopped, bytesPerSecond) = (slow, stopped, plan.bytesPerSecond)
        var measured = Measured()
        try await fleet.each { engine in
            // Those who will read slowly do not count in either phase, so that the phases compare.
            engine.setReading(.full, of: slow.lowerBound..<stopped.upperBound)
            for client in engine.connections[slow.lowerBound..<stopped.upperBound] { client.comesBack = true }
        }
        Console.note("all read for \(plan.baseSeconds) s")
        try await memory.begin("base")
        try await fleet.post(.rate(plan.rate), seconds: plan.baseSeconds, textBytes: plan.textBytes)
        measured.base = try await fleet.workers[0].run { $0.takeDeliveryLatency() }
        Console.note("\(slow.count) read slowly and \(stopped.count) not at all for \(plan.slowSeconds) s")
        try await memory.begin("slow")
        try await fleet.each { engine in
            engine.setReading(.slow(bytesPerSecond), of: slow)
            engine.setReading(.stopped, of: stopped)
        }
        try await fleet.post(.rate(plan.rate), seconds: plan.slowSeconds, textBytes: plan.textBytes)
        measured.slow = try await fleet.workers[0].run { $0.takeDeliveryLatency() }
        Console.note("all read again")
        try await memory.begin("recovery")
        let began = MonotonicClock.now
        try await fleet.each { $0.setReading(.full, of: slow.lowerBound..<stopped.upperBound) }
        try await fleet.drain(seconds: plan.drainSeconds)
        measured.recoverySeconds = Double(MonotonicClock.now - began) / 1e9
        return measured
    }

    private func report(
        _ measured: Measured, _ ends: (slow: LoadEngine.Standing, stopped: LoadEngine.Standing), of tally: LoadTally,
        _ memory: MemoryWatch
    ) async -> FigureReport {
        var report = FigureReport()
        report.add("clients", "clients", session.clients.count, " in one session")
        report.add("posts", "posts", tally.posted, ", \(tally.acknowledged) acknowledged")
        report.add("base_latency_ms", "others, all read", measured.base)
        report.add("slow_latency_ms", "others, some are slow", measured.slow)
        for (name, share) in [("p50", 0.5), ("p99", 0.99)] {
            let before = Double(measured.base.quantile(share))
            let change = RunReport.ratio(Double(measured.slow.quantile(share)) - before, before) * 100
            report.add("\(name)_change_percent", "change of their \(name)", change, "% (aim: under 20)")
        }
        await memory.report(to: &report)
        for (name, end) in [("slow", ends.slow), ("stopped", ends.stopped)] {
            report.add("\(name)_clients", "\(name) clients", end.clients)
            report.add("\(name)_lost_connection", "  whose connection ended", end.lost)
            report.add("\(name)_converged_in_place", "  converged without a reconnect", end.neverLost)
            report.add("\(name)_converged", "  converged in all", end.converged)
        }
        report.add("losses", "ends", Figures.counts(tally.losses.map { ($0.key, $0.value) }), Self.list(tally.losses))
        report.add("byes", "byes", Figures.counts(tally.byes.map { ("\($0.key)", $0.value) }), Self.list(tally.byes))
        report.add("returns", "returns", tally.returned.count, ", \(tally.resumed) resumed, the others by pages")
        report.add("gaps", "gap notes", tally.ephemeral["gap"] ?? 0, " (out of the ring, paged from the journal)")
        report.add("recovery_seconds", "until all had everything", measured.recoverySeconds, "s")
        report.close(tally.faults, "every event came to every client once and in order, as the journal has it")
        return report
    }

    private static func list(_ counts: [some Comparable & Hashable: Int]) -> String {
        let parts = counts.sorted { $0.key < $1.key }.map { "\($0.value) x \($0.key)" }
        return parts.isEmpty ? "none" : parts.joined(separator: ", ")
    }
}
