import StrictJSON

/// One run of `crash`: a hub on a fresh database, people and hosts who do not stop, kills in between, and the checks:
/// of the store after every restart, of each welcome, and of everything at the end.
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
        var moves = 0
        var answeredMoves = 0
        var refusedMoves = 0
        var refusedPosts = 0
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
            moves += other.moves
            answeredMoves += other.answeredMoves
            refusedMoves += other.refusedMoves
            refusedPosts += other.refusedPosts
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
        let engine = try CrashEngine(sessions, doors: [address], random: SeededRandom(seed: random.next()))
        var outcome = Outcome()
        do {
            let last = try drive(engine, hub, at: address, random: &random, &outcome)
            for room in engine.classes { try check(room, at: last, &outcome) }
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
        return try SessionSetup(address: address, secret: secret, size: size).prepare().map { plan in
            var plan = plan
            if let host = plan.host { plan.clients.append(host) }
            return plan
        }
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
            // Nobody is there, so that nothing changes meanwhile.
            for room in engine.classes { try checkVotes(of: room, at: address, &outcome) }
            engine.move(to: address)
        }
        try engine.run(until: MonotonicClock.now + UInt64(plan.seconds * 1e9) - driven)
        engine.isRestless = false
        if try !engine.run(until: MonotonicClock.now + Self.patience, isDone: { engine.isConverged }) {
            outcome.faults.note(.behind, "no rest after 30 s")
        }
        return address
    }

    /// Every acknowledged vote counts once in the store, and none that was refused or taken back.
    private func checkVotes(of room: CrashClass, at address: HubAddress, _ outcome: inout Outcome) throws {
        guard let host = room.host else { return }
        let list =
            try RESTClient(address: address)
            .get("/api/live-sessions/\(room.plan.id)/questions?limit=100", token: host.token).arrayValue ?? []
        let stored = Dictionary(list.map { ($0["id"]?.integerValue ?? 0, $0["votes"]?.integerValue ?? 0) }) { $1 }
        for question in room.questions {
            let (votes, possible) = (stored[question], room.votes(of: question))
            guard votes.map({ !possible.contains($0) }) ?? true else { continue }
            outcome.faults.note(.untrue, "question \(question) has \(votes ?? -1) votes, acknowledged were \(possible)")
        }
    }

    private func check(_ room: CrashClass, at address: HubAddress, _ outcome: inout Outcome) throws {
        let journal = try JournalReader(session: room.plan, address: address, reader: room.host).events()
        outcome.events += journal.count
        let check = JournalCheck(journal: journal)
        check.checkNumbers(&outcome.faults)
        for client in room.clients {
            let plan = client.connection.plan
            check.check(client.diary.events, of: plan.number, reader: plan.userID, &outcome.faults)
        }
        check.check(room.clients.flatMap(\.intents), &outcome.faults)
        RuleCheck(journal: journal, host: room.host?.userID ?? 0).check(room.acts, &outcome.faults)
        room.checkEnd(&outcome.faults)
        try checkVotes(of: room, at: address, &outcome)
    }

    private func collect(_ engine: CrashEngine, _ outcome: inout Outcome) {
        outcome.faults.merge(engine.faults)
        outcome.acknowledgements = engine.figures.acknowledgements
        outcome.duplicates = engine.figures.duplicates
        outcome.cuts = engine.figures.cuts
        outcome.reloads = engine.figures.reloads
        outcome.retries = engine.figures.retries
        outcome.moves = engine.figures.moves
        outcome.answeredMoves = engine.figures.answeredMoves
        outcome.refusedMoves = engine.figures.refusedMoves
        outcome.refusedPosts = engine.figures.refusedPosts
        for client in engine.clients {
            outcome.posts += client.intents.count
            outcome.reconnects += max(client.welcomes - 1, 0)
            outcome.freshStarts += client.freshStarts
        }
    }
}
