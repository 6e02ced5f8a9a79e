/// One run of `removal`.
struct RemovalRun {
    let rounds: Int
    let serverProcesses: [Int32]
    /// The host is the last of its clients.
    let session: SessionPlan
    let address: HubAddress

    func report() async throws -> FigureReport {
        let fleet = try Fleet([session], address: address)
        let host = session.clients.count - 1
        Console.note("connecting")
        try await fleet.join(rate: 0)
        Console.note("\(rounds) rounds")
        let (rounds, before) = (rounds, try usage())
        let figures = try await fleet.workers[0].run { engine in
            let acts = HostActs(engine, members: 0..<host, host: host)
            for number in 0..<rounds { try acts.round(engine.connections[number]) }
            try engine.drain(within: 10 * MonotonicClock.second)
            return acts.figures
        }
        let after = try usage()
        let teacher = session.clients[host]
        let journal = try JournalReader(session: session, address: address, reader: teacher).events()
        var faults = try await fleet.finish().faults
        var behind = 0
        for silence in figures.silences {
            for event in silence.broken(by: journal, host: teacher.userID) {
                behind += 1
                faults.note(.overheard, "\(event.author ?? 0) at \(event.seq), behind \(silence.after)")
            }
        }
        var report = FigureReport()
        report.add("clients", "clients", host, " and a host; \(rounds) rounds")
        report.add("mute_ms", "told of the mute after", figures.mute)
        report.add("lock_ms", "told of the lock after", figures.lock, ", \(figures.lock.count) people")
        report.add("removal_ms", "closed after the removal", figures.removal, " (aim: all under 100 ms)")
        report.add(
            "posts", "posts around the acts", figures.posts,
            ", \(figures.stored) stored, \(figures.refused) refused, the others went with their connection")
        report.add("behind", "stored behind an act", behind)
        if let before, let after {
            report.add("server_cpu_seconds", "server CPU", after.cpuSeconds - before.cpuSeconds, "s")
        }
        report.close(faults, "nothing of those without a voice stands behind the act that took it")
        return report
    }

    private func usage() throws -> ProcessUsage? {
        serverProcesses.isEmpty ? nil : try ProcessUsage.sum(of: serverProcesses)
    }
}
