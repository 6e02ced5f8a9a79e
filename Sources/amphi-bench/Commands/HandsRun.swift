/// One run of `hands`.
struct HandsRun {
    /// Moves a second.
    let rate: Double
    let serverProcesses: [Int32]
    /// The last of its clients comes at the end.
    let session: SessionPlan
    let address: HubAddress

    /// Until the arrivals are told to everybody.
    private static let settleNanoseconds = 3 * MonotonicClock.second

    func report() async throws -> FigureReport {
        let fleet = try Fleet([session], address: address)
        let late = session.clients.count - 1
        Console.note("connecting")
        try await fleet.join(0..<late, rate: 0)
        try await fleet.each { try $0.idle(for: Self.settleNanoseconds) }
        Console.note("hands go up and down")
        let (rate, before) = (rate, try usage())
        let (figures, presence) = try await fleet.workers[0].run { engine in
            let round = HandRound(engine, people: 0..<late)
            try round.run(rate: rate)
            // As it is now: whoever comes is told to everybody as well.
            var presence = FrameFigures()
            for client in engine.connections { presence.add(client.presence) }
            try engine.join(late..<late + 1, rate: 0)
            round.check(against: engine.connections[late])
            return (round.figures, presence)
        }
        let after = try usage()
        var report = FigureReport()
        report.add("clients", "clients", late)
        report.add("moves", "moves of hands", figures.moves, ", \(figures.up) are up in the end")
        report.add("move_latency_ms", "acknowledged after", figures.latency)
        report.add("agreement_ms", "the same order for all after", figures.agreement)
        report.add(
            "presence_frames_per_reader", "presence diffs per reader",
            RunReport.ratio(Double(presence.frames), Double(late)), "")
        report.add("presence_frames_most", "  most of any reader", presence.mostFramesPerClient)
        report.add("presence_frames_per_second_max", "  most per second", presence.mostFramesPerSecond)
        report.add("presence_bytes_most", "  bytes, most of any reader", presence.mostBytesPerClient)
        if let before, let after {
            report.add("server_cpu_seconds", "server CPU", after.cpuSeconds - before.cpuSeconds, "s")
        }
        report.close(try await fleet.finish().faults, "the same order for every reader, and for one who came after")
        return report
    }

    private func usage() throws -> ProcessUsage? {
        serverProcesses.isEmpty ? nil : try ProcessUsage.sum(of: serverProcesses)
    }
}
