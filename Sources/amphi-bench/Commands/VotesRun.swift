/// One run of `votes`: the questions, the storm, and whoever comes after it.
struct VotesRun {
    struct Plan: Sendable {
        var votes: Int
        var seconds: Double
        var questions: Int
        var serverProcesses: [Int32]
    }

    private struct Measured: Sendable {
        var figures = VoteStorm.Figures()
        var standing = 0
        var before: ProcessUsage?
        var after: ProcessUsage?
    }

    private static let mostFramesPerSecond = 4

    let plan: Plan
    /// The host is the last of its clients, the one before comes after the storm.
    let session: SessionPlan
    let address: HubAddress

    func report() async throws -> FigureReport {
        let fleet = try Fleet([session], address: address)
        let host = session.clients.count - 1
        let late = host - 1
        Console.note("connecting")
        try await fleet.join(0..<late, rate: 0)
        try await fleet.join(host..<host + 1, rate: 0)
        Console.note("\(plan.votes) votes in \(plan.seconds) s")
        let plan = plan
        let measured = try await fleet.workers[0].run { engine in
            let storm = VoteStorm(engine, voters: 0..<late, host: host)
            try storm.begin(questions: plan.questions)
            // Until the questions and the arrivals are told to everybody.
            try engine.idle(for: MonotonicClock.second)
            var measured = Measured()
            measured.before = try Self.usage(plan)
            try storm.vote(plan.votes, within: UInt64(plan.seconds * 1e9))
            try storm.settle()
            measured.after = try Self.usage(plan)
            try engine.join(late..<host, rate: 0)
            storm.check(engine.connections[late])
            try engine.drain(within: 10 * MonotonicClock.second)
            (measured.figures, measured.standing) = (storm.figures, storm.votes)
            return measured
        }
        return report(measured, try await fleet.finish())
    }

    private func report(_ measured: Measured, _ tally: LoadTally) -> FigureReport {
        let (figures, readers) = (measured.figures, session.clients.count - 1)
        let seconds = Double(figures.settledAt - figures.firstVoteAt) / 1e9
        var faults = tally.faults
        let most = tally.votes.mostFramesPerSecond
        if most > Self.mostFramesPerSecond { faults.note(.hurried, "\(most) frames with votes in a second") }
        var report = FigureReport()
        report.add("clients", "clients", readers, ", all read; the host only asks")
        report.add(
            "votes", "votes", figures.sent, " on \(plan.questions) questions, \(figures.acknowledged) acknowledged")
        report.add("limited", "  refused by the limit", figures.limited)
        report.add("standing", "  that stand in the end", measured.standing)
        report.add("vote_latency_ms", "acknowledged after", figures.latency)
        report.add(
            "frames_per_second_max", "frames with votes, most per second and reader", most,
            " (aim: at most \(Self.mostFramesPerSecond))")
        let mean = RunReport.ratio(Double(tally.votes.frames), Double(readers) * seconds)
        report.add("frames_per_second_mean", "  mean", mean, "")
        report.add("frames", "  in all", tally.votes.frames, ", \(Figures.megabytes(tally.votes.bytes))")
        report.add(
            "last_count_ms", "from the last vote to the last count",
            Double(figures.settledAt - figures.lastVoteAt) / 1e6, "ms")
        if let before = measured.before, let after = measured.after {
            let cpu = after.cpuSeconds - before.cpuSeconds
            report.add("server_cpu_seconds", "server CPU", cpu, "s")
            report.add(
                "deliveries_per_cpu_second", "frames delivered per CPU-second",
                RunReport.ratio(Double(tally.votes.frames), cpu), "")
            report.add(
                "votes_per_cpu_second", "votes per CPU-second",
                RunReport.ratio(Double(figures.acknowledged), cpu), "")
        }
        report.close(faults, "the counts are exact for every reader, and for one who came after")
        return report
    }

    private static func usage(_ plan: Plan) throws -> ProcessUsage? {
        plan.serverProcesses.isEmpty ? nil : try ProcessUsage.sum(of: plan.serverProcesses)
    }
}
