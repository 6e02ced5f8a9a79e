/// One run of `crash`: a hub on a fresh database, people who do not stop, kills in between, and the check at the end.
struct CrashRun {
    struct Plan {
        var executable: String
        var clients: Int
        var seconds: Double
        var seed: UInt64
    }

    struct Outcome {
        var kills = 0
        var posts = 0
        var acknowledgements = 0
        var duplicates = 0
        var cuts = 0
        var reloads = 0
        var reconnects = 0
        var freshStarts = 0
        var retries = 0
        var events = 0
        var faults = HistoryFaults()

        mutating func merge(_ other: Outcome) {
            kills += other.kills
            posts += other.posts
            acknowledgements += other.acknowledgements
            duplicates += other.duplicates
            cuts += other.cuts
            reloads += other.reloads
            reconnects += other.reconnects
            freshStarts += other.freshStarts
            retries += other.retries
            events += other.events
            faults.merge(other.faults)
        }
    }

    /// A run that has not come to rest by then never will.
    private static let patience = 30 * MonotonicClock.second

    let plan: Plan

    func outcome() throws -> Outcome {
        var random = SeededRandom(seed: plan.seed)
        let hub = try HubUnderTest(executable: plan.executable, name: "crash")
        defer { hub.kill() }
        let address = try hub.start()
        let sessions = try setUp(address, secret: hub.secret, random: &random)
        let engine = try CrashEngine(sessions, address: address, random: SeededRandom(seed: random.next()))
        var outcome = Outcome()
        do {
            let last = try drive(engine, hub, at: address, random: &random, &outcome)
            for plan in sessions { try check(engine, plan, at: last, &outcome) }
        } catch {
            // A hub that does not start again or does not answer: its database was good before the kill.
            outcome.faults.note(.disconnected, "\(error)")
        }
        collect(engine, &outcome)
        hub.kill()
        if outcome.faults.isClean { hub.removeFolder() } else { Console.note("kept \(hub.folder)") }
        return outcome
    }

    private func setUp(_ address: HubAddress, secret: String, random: inout SeededRandom) throws -> [SessionPlan] {
        let count = min(Int.random(in: 1...2, using: &random), plan.clients)
        let size = SessionSetup.Size(
            clients: plan.clients, sessions: count, sendersPerSession: plan.clients, sourceAddresses: 1)
        return try SessionSetup(address: address, secret: secret, size: size).prepare()
    }

    /// Posts, kills and restarts, then waits for rest; returns where the last hub listens.
    private func drive(
        _ engine: CrashEngine, _ hub: HubUnderTest, at first: HubAddress, random: inout SeededRandom,
        _ outcome: inout Outcome
    ) throws -> HubAddress {
        var address = first
        let moments = (0..<Int.random(in: 2...4, using: &random))
            .map { _ in UInt64(Double.random(in: 0.1...0.95, using: &random) * plan.seconds * 1e9) }.sorted()
        // Time does not pass while the hub starts: each moment is counted in seconds of a running hub.
        var driven: UInt64 = 0
        for moment in moments {
            try engine.run(until: MonotonicClock.now + (moment - driven))
            driven = moment
            engine.burst()
            try engine.run(until: MonotonicClock.now + UInt64.random(in: 0...4_000_000, using: &random))
            hub.kill()
            outcome.kills += 1
            address = try hub.start()
            engine.move(to: address)
        }
        try engine.run(until: MonotonicClock.now + UInt64(plan.seconds * 1e9) - driven)
        engine.isRestless = false
        if try !engine.run(until: MonotonicClock.now + Self.patience, isDone: { engine.isConverged }) {
            outcome.faults.note(.behind, "no rest after 30 s")
        }
        return address
    }

    private func check(
        _ engine: CrashEngine, _ session: SessionPlan, at address: HubAddress, _ outcome: inout Outcome
    ) throws {
        let journal = try JournalReader(session: session, address: address).events()
        outcome.events += journal.count
        let check = JournalCheck(journal: journal)
        check.checkNumbers(&outcome.faults)
        let clients = engine.clients.filter { $0.connection.session.plan.id == session.id }
        for client in clients {
            check.check(client.diary.events, of: client.connection.plan.number, &outcome.faults)
        }
        check.check(clients.flatMap(\.intents), &outcome.faults)
    }

    private func collect(_ engine: CrashEngine, _ outcome: inout Outcome) {
        outcome.faults.merge(engine.faults)
        outcome.acknowledgements = engine.figures.acknowledgements
        outcome.duplicates = engine.figures.duplicates
        outcome.cuts = engine.figures.cuts
        outcome.reloads = engine.figures.reloads
        outcome.retries = engine.figures.retries
        for client in engine.clients {
            outcome.posts += client.intents.count
            outcome.reconnects += max(client.welcomes - 1, 0)
            outcome.freshStarts += client.freshStarts
        }
    }
}
