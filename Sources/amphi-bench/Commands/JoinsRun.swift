/// One run of `joins`: a few people talk while all the others come.
struct JoinsRun {
    struct Plan: Sendable {
        /// Joins a second, 0 = as fast as it goes.
        var rate: Double
        /// Posts a second of those who are here already.
        var chatRate: Double
        /// Asked before by the host, who then is the last of the clients.
        var questions: Int
        /// After the last welcome, until presence is told to everybody.
        var settleSeconds: Double
        var drainSeconds: Double
        var serverProcesses: [Int32]
    }

    private struct Measured: Sendable {
        var before: ProcessUsage?
        var after: ProcessUsage?
        var chat = LatencyHistogram()
        var joins = LatencyHistogram()
        var seconds = 0.0
    }

    private static let textBytes = 128

    let plan: Plan
    let session: SessionPlan
    let address: HubAddress

    func report() async throws -> FigureReport {
        let fleet = try Fleet([session], address: address)
        let (talkers, count) = (session.senderCount, session.clients.count - (plan.questions > 0 ? 1 : 0))
        guard talkers < count else { throw SetupError("everybody talks, nobody is left to join") }
        try await fleet.join(0..<talkers, rate: 0)
        if plan.questions > 0 {
            try await fleet.join(count..<count + 1, rate: 0)
            let questions = plan.questions
            try await fleet.each { _ = try $0.askQuestions(questions, from: $0.connections[count]) }
        }
        let chatRate = plan.chatRate
        try await fleet.each { engine in
            engine.tally.startAnew()
            engine.tally.joinLatency = LatencyHistogram()
            engine.startPosting(.rate(chatRate), textBytes: Self.textBytes...Self.textBytes)
        }
        var measured = Measured()
        measured.before = try usage()
        Console.note("\(count - talkers) join")
        let began = MonotonicClock.now
        try await fleet.join(talkers..<count, rate: plan.rate)
        measured.seconds = Double(MonotonicClock.now - began) / 1e9
        let settle = UInt64(plan.settleSeconds * 1e9)
        (measured.chat, measured.joins) = try await fleet.workers[0].run { engine in
            engine.stopPosting()
            let times = (engine.takeDeliveryLatency(), engine.tally.joinLatency)
            try engine.idle(for: settle)
            return times
        }
        measured.after = try usage()
        try await fleet.drain(seconds: plan.drainSeconds)
        return report(measured, try await fleet.finish(), joined: count - talkers)
    }

    private func report(_ measured: Measured, _ tally: LoadTally, joined count: Int) -> FigureReport {
        var report = FigureReport()
        report.add("clients", "clients", count, " joined \(session.senderCount) who talk")
        report.add("seconds", "wave", measured.seconds, "s")
        report.add("joins_per_second", "joins per second", RunReport.ratio(Double(count), measured.seconds), "")
        report.add("join_latency_ms", "join latency", measured.joins)
        report.add("welcome_bytes_max", "longest welcome", tally.longestWelcome, " bytes")
        report.add("chat_latency_ms", "chat during the wave", measured.chat, " (aim: p99 under 100 ms)")
        report.add(
            "presence_frames_per_second_max", "presence frames, most per second and client",
            tally.presence.mostFramesPerSecond, " (aim: at most 8)")
        report.add(
            "presence_bytes_max", "presence bytes, most per client", tally.presence.mostBytesPerClient,
            " (aim: at most 65536)")
        report.add(
            "presence_bytes_total", "presence bytes in all", tally.presence.bytes, " in \(tally.presence.frames) frames"
        )
        if let before = measured.before, let after = measured.after {
            report.add("server_cpu_seconds", "server CPU", after.cpuSeconds - before.cpuSeconds, "s")
            let growth = after.residentBytes - before.residentBytes
            report.add(
                "server_memory_growth_bytes", "server memory growth", growth, " bytes (\(Figures.megabytes(growth)))")
        }
        report.close(tally.faults, "everybody got in, every event came once and in order")
        return report
    }

    private func usage() throws -> ProcessUsage? {
        plan.serverProcesses.isEmpty ? nil : try ProcessUsage.sum(of: plan.serverProcesses)
    }
}
