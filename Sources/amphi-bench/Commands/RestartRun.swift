import StrictJSON

/// One run of `restart`: a hub on a fresh database, people in one session, SIGTERM, the same hub again.
struct RestartRun {
    struct Plan: Sendable {
        var executable: String
        var clients: Int
        /// Posts of some before and after, so that there is something to resume.
        var postSeconds: Double
        /// After the last return: presence that comes then still counts.
        var watchSeconds: Double
        /// A client that is not back by then stays away.
        var patienceSeconds: Double
    }

    private struct Measured {
        var signalledAt: UInt64 = 0
        /// From the signal until the new process listened.
        var downSeconds = 0.0
    }

    private static let rate = 10.0
    private static let textBytes = 128
    private static let senders = 5
    private static let bucket = 100 * MonotonicClock.millisecond

    let plan: Plan

    func report() async throws -> FigureReport {
        let hub = try HubUnderTest(executable: plan.executable, name: "restart")
        defer { hub.kill() }
        let address = try hub.start()
        let size = SessionSetup.Size(
            clients: plan.clients, sessions: 1, sendersPerSession: min(Self.senders, plan.clients), sourceAddresses: 1)
        let sessions = try SessionSetup(address: address, secret: hub.secret, size: size).prepare()
        let fleet = try Fleet(sessions, address: address)
        Console.note("\(plan.clients) join")
        try await fleet.join(rate: 0)
        try await post(fleet)
        try await everybodySeesAll(fleet)
        try await fleet.each { engine in
            engine.tally.startAnew()
            for client in engine.connections { client.comesBack = true }
        }
        let measured = try await restart(hub, fleet, at: address)
        try await post(fleet)
        let journal = try JournalReader(session: sessions[0], address: address).events()
        try await fleet.each { $0.check(journal, of: 0) }
        let report = report(measured, try await fleet.finish())
        hub.kill()
        if report.isClean { hub.removeFolder() } else { Console.note("kept \(hub.folder)") }
        return report
    }

    private func post(_ fleet: Fleet) async throws {
        try await fleet.post(.rate(Self.rate), seconds: plan.postSeconds, textBytes: Self.textBytes...Self.textBytes)
        try await fleet.drain(seconds: plan.patienceSeconds)
    }

    /// Waits until the joins are told: what presence says from then on is the restart's doing.
    private func everybodySeesAll(_ fleet: Fleet) async throws {
        let (count, patience) = (Int64(plan.clients), UInt64(plan.patienceSeconds * 1e9))
        try await fleet.each { engine in
            try engine.run(until: MonotonicClock.now + patience) {
                engine.connections.allSatisfy { $0.present == count }
            }
        }
    }

    /// The clients go on in their own thread while the hub stops and starts.
    private func restart(_ hub: HubUnderTest, _ fleet: Fleet, at address: HubAddress) async throws -> Measured {
        var measured = Measured()
        measured.signalledAt = MonotonicClock.now
        let (count, patience) = (plan.clients, UInt64(plan.patienceSeconds * 1e9))
        let watch = UInt64(plan.watchSeconds * 1e9)
        async let returning: Void = fleet.each { engine in
            try engine.run(until: MonotonicClock.now + patience) { engine.tally.returned.count >= count }
            try engine.idle(for: watch)
        }
        try hub.terminate()
        _ = try hub.start(port: address.port)
        measured.downSeconds = Double(MonotonicClock.now - measured.signalledAt) / 1e9
        try await returning
        return measured
    }

    private func report(_ measured: Measured, _ tally: LoadTally) -> FigureReport {
        var report = FigureReport()
        report.add("clients", "clients", plan.clients)
        report.add("down_seconds", "from SIGTERM to the new hub's listening", measured.downSeconds, "s")
        var back = LatencyHistogram()
        for time in tally.returned { back.record(time - measured.signalledAt) }
        let seconds = [0.5, 0.99, 1].map { Double(back.quantile($0)) / 1e9 }
        for (name, value) in zip(["median", "p99", "last"], seconds) {
            let aim = name == "last" ? " (aim: 30 people under 2 s, 5,000 under 20 s)" : ""
            report.add("back_seconds_\(name)", "back after the SIGTERM, \(name)", value, "s" + aim)
        }
        report.add("back", "came back", tally.returned.count, " of \(plan.clients)")
        report.add("resumed", "of these resumed: true", tally.resumed)
        addSpread(tally.returnAttempts.map { $0 - measured.signalledAt }, to: &report)
        report.add(
            "byes", "byes", Figures.counts(tally.byes.map { ("\($0.key)", $0.value) }),
            "\(tally.byes[4000] ?? 0) x 4000")
        report.add(
            "presence_changes", "people seen to join or leave", tally.presenceChanges, " (summed over all; must be 0)")
        let fewest = tally.fewestPresent == .max ? 0 : Int(tally.fewestPresent)
        report.add("fewest_present", "fewest people told by presence", fewest, " (must be \(plan.clients))")
        report.close(tally.faults, "every event came to every client once and in order, as the journal has it")
        return report
    }

    /// How the attempts to come back were spread over time.
    private func addSpread(_ attempts: [UInt64], to report: inout FigureReport) {
        let perBucket = Dictionary(grouping: attempts) { $0 / Self.bucket }.mapValues(\.count)
        let last = perBucket.keys.max().map(Int.init) ?? -1
        let counts = (0...max(last, 0)).map { perBucket[UInt64($0)] ?? 0 }
        let seconds = [attempts.min() ?? 0, attempts.max() ?? 0].map { Figures.text(Double($0) / 1e9) }
        report.add(
            "reconnects_per_100_ms", "reconnects", .array(counts.map { .integer(Int64($0)) }),
            "\(attempts.count) from \(seconds[0]) to \(seconds[1]) s, at most \(counts.max() ?? 0) in 100 ms")
    }
}
