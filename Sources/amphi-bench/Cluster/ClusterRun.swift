import StrictJSON

/// One run of `cluster`: several hubs on a fresh database, people who do not stop, faults in between, and the checks of
/// everything that they saw and of what the tables hold. For the main thread.
struct ClusterRun {
    struct Plan {
        var executable: String
        var clients: Int
        var sessions: Int
        var seconds: Double
        /// Posts per second in all.
        var rate: Double
        /// For which a place is kept, nanoseconds.
        var grace: UInt64
        var kinds: [FaultPlan.Kind]
        var standby: ScratchPostgres.Standby?
        /// Whether it is a fault when a hub that nothing disturbs takes too long.
        var isTimed: Bool
        var seed: UInt64

        /// Without faults it is a measurement: no moves but posts, and no relays.
        var isMeasured: Bool { kinds.isEmpty }
    }

    private static let patience = 90 * MonotonicClock.second
    private static let warmUp = 1 * MonotonicClock.second

    let plan: Plan
    let stage: ClusterStage
    let database: String

    init(_ plan: Plan, on stage: ClusterStage) {
        (self.plan, self.stage, database) = (plan, stage, "run_\(plan.seed)")
    }

    func outcome() throws -> ClusterOutcome {
        var random = SeededRandom(seed: plan.seed)
        let standby = standby(&random)
        try stage.prepare(standby)
        try stage.postgres.makeDatabase(database)
        let nodes = try makeNodes()
        defer { for node in nodes { node.hub.kill() } }
        // The first one makes the tables.
        let (doors, sessions): ([HubAddress], [SessionPlan])
        do {
            doors = try addresses(of: nodes.prefix(1)) + addresses(of: nodes.dropFirst())
            sessions = try setUp(at: doors[0], secret: nodes[0].hub.secret)
        } catch {
            throw SetupError("\(error), see \(nodes.map(\.hub.folder)) and \(stage.postgres.folder)")
        }
        let engine = try CrashEngine(
            sessions, doors: doors, tempo: tempo(standby), random: SeededRandom(seed: random.next()))
        engine.histories = sessions.map { ClassHistory(session: $0.id) }
        let faults = FaultPlan(
            kinds: plan.kinds, nodes: nodes.count, seconds: plan.seconds, hasStandby: standby != .none, random: &random)
        let driver = ClusterDriver(engine, nodes, on: stage, random: SeededRandom(seed: random.next()))
        var outcome = ClusterOutcome(faultText: faults.text, standby: standby)
        do {
            try drive(driver, engine, nodes, faults, &outcome)
            try check(engine, driver.disturbances, &outcome)
        } catch {
            outcome.faults.note(.disconnected, "\(error)")
        }
        outcome.collect(engine, driver.figures)
        for node in nodes { node.hub.kill() }
        if outcome.faults.isClean {
            for node in nodes { node.hub.removeFolder() }
        } else {
            for node in nodes { Console.note("kept \(node.hub.folder)") }
        }
        return outcome
    }

    // MARK: - Before

    private func standby(_ random: inout SeededRandom) -> ScratchPostgres.Standby {
        if let standby = plan.standby { return standby }
        let drawn = ScratchPostgres.Standby.allCases.randomElement(using: &random) ?? .none
        return plan.kinds.contains(.promote) ? drawn : .none
    }

    private func makeNodes() throws -> [ClusterNode] {
        let secret = HubUnderTest.makeSecret()
        return try (0..<stage.nodes).map { number in
            let url = stage.url(of: database, through: plan.isMeasured ? nil : number)
            let variables = [
                "AMPHI_DATABASE=\(url)", "AMPHI_NODE=n\(number + 1)",
                "AMPHI_GRACE=\(plan.grace / MonotonicClock.millisecond)ms",
            ]
            return ClusterNode(
                try HubUnderTest(
                    executable: plan.executable, name: "cluster-n\(number + 1)", secret: secret, variables: variables,
                    isBound: true))
        }
    }

    /// Starts hubs and waits until they listen; blocks.
    private func addresses(of nodes: ArraySlice<ClusterNode>) throws -> [HubAddress] {
        let deadline = MonotonicClock.now + Self.patience
        while MonotonicClock.now < deadline, !nodes.allSatisfy(\.isUp) {
            for node in nodes {
                guard case .ended(let status) = try node.turn(at: MonotonicClock.now) else { continue }
                throw SetupError("a hub ended in its start with wait status \(status), see \(node.hub.log)")
            }
            ClusterClock.pause()
        }
        let addresses = nodes.compactMap(\.address)
        guard addresses.count == nodes.count else { throw SetupError("not every hub says where it listens") }
        return addresses
    }

    private func setUp(at address: HubAddress, secret: String) throws -> [SessionPlan] {
        let size = SessionSetup.Size(
            clients: plan.clients, sessions: plan.sessions, sendersPerSession: plan.clients, sourceAddresses: 1)
        return try SessionSetup(address: address, secret: secret, size: size).prepare().map { plan in
            var plan = plan
            if let host = plan.host { plan.clients.append(host) }
            return plan
        }
    }

    private func tempo(_ standby: ScratchPostgres.Standby) -> CrashEngine.Tempo {
        let mean = Double(plan.clients + plan.sessions) / plan.rate * 1000
        // What was acknowledged of a lost end is certain of posts only.
        let isPosting = plan.isMeasured || standby == .async
        return CrashEngine.Tempo(
            posts: 0...max(1, UInt64(mean * 2)), moves: isPosting ? nil : (1000...4000, 500...2000),
            cuts: plan.isMeasured ? nil : 1000...15_000, returns: 0...500, mostPending: plan.isMeasured ? 8 : 2,
            longestAbsence: plan.grace / 2, repostsLost: true)
    }

    // MARK: - During

    private func drive(
        _ driver: ClusterDriver, _ engine: CrashEngine, _ nodes: [ClusterNode], _ faults: FaultPlan,
        _ outcome: inout ClusterOutcome
    ) throws {
        engine.isRestless = false
        guard try driver.run(until: MonotonicClock.now + Self.patience, isDone: { isQuiet(driver, engine) }) else {
            return noteUnrest(driver, engine, "in the beginning", &outcome)
        }
        engine.isRestless = true
        if plan.isMeasured { try driver.run(until: MonotonicClock.now + Self.warmUp) }
        let begin = MonotonicClock.now
        let before = (engine.figures.acknowledgements, usage(nodes))
        driver.schedule(faults, from: begin)
        try driver.run(until: begin + UInt64(plan.seconds * 1e9))
        outcome.beganAt = begin
        outcome.postsPerSecond =
            Double(engine.figures.acknowledgements - before.0) / (Double(MonotonicClock.now - begin) / 1e9)
        outcome.usage = usage(nodes).since(before.1)
        engine.isRestless = false
        guard try driver.run(until: MonotonicClock.now + Self.patience, isDone: { driver.isHealed }),
            try driver.run(until: MonotonicClock.now + Self.patience, isDone: { isQuiet(driver, engine) })
        else { return noteUnrest(driver, engine, "in the end", &outcome) }
        guard !plan.isMeasured else { return }
        // Who resumes and who begins afresh, each at another hub than before, must know the same.
        engine.moveOn()
        if try !driver.run(until: MonotonicClock.now + Self.patience, isDone: { isQuiet(driver, engine) }) {
            noteUnrest(driver, engine, "after everybody moved on", &outcome)
        }
    }

    private func isQuiet(_ driver: ClusterDriver, _ engine: CrashEngine) -> Bool {
        driver.isHealed && engine.isConverged && engine.isPresenceTrue
    }

    private func noteUnrest(
        _ driver: ClusterDriver, _ engine: CrashEngine, _ when: String, _ outcome: inout ClusterOutcome
    ) {
        let open = engine.doors.map { $0 == nil ? "shut" : "open" }
        let away = engine.clients.count { !$0.isGone && $0.connection.phase != .joined }
        let busy = engine.clients.count { !$0.isGone && !$0.isSettled }
        outcome.faults.note(
            .behind, "no rest \(when): hubs \(open), \(away) clients are away, \(busy) without an answer or a page")
    }

    private func usage(_ nodes: [ClusterNode]) -> ClusterUsage {
        ClusterUsage(
            hubs: nodes.compactMap(\.hub.processID).reduce(0) { $0 + ProcessUsage.familyCPUSeconds(of: $1) },
            postgres: stage.postgres.cpuSeconds, bench: ProcessUsage.ownCPUSeconds)
    }

    // MARK: - After

    private func check(
        _ engine: CrashEngine, _ disturbances: [PromptnessCheck.Disturbance], _ outcome: inout ClusterOutcome
    ) throws {
        let addresses = engine.doors.compactMap { $0 }
        guard let address = addresses.first, let histories = engine.histories else { return }
        for (room, history) in zip(engine.classes, histories) {
            let journal = try JournalReader(session: room.plan, address: address, reader: room.host).events()
            let check = ClassCheck(room, history, journal: journal, grace: plan.grace)
            check.check(connected: engine.connected(in: room), &outcome.faults)
            if plan.isTimed { PromptnessCheck(history, disturbances).check(&outcome.faults) }
            outcome.latencies.add(history, from: outcome.beganAt)
            outcome.events += journal.count
        }
        for (room, history) in zip(engine.classes, histories) {
            let end = ClusterClock.unixMilliseconds
            for address in [address, addresses[addresses.count - 1]] {
                // The second one finds it ended.
                _ = try? RESTClient(address: address).post(
                    "/api/live-sessions/\(room.plan.id)/end", token: room.host?.token ?? "", body: Array("{}".utf8))
            }
            let stored = try StoredClassReader(postgres: stage.postgres, database: database).read(room.plan.id)
            StoredClassCheck(stored: stored).check(&outcome.faults)
            if !stored.events.contains(where: { $0.type == "session.ended" }) {
                outcome.faults.note(.untrue, "class \(room.plan.id) does not end")
            }
            guard history.lossAt == nil else { continue }
            let tolerance = AttendanceCheck.Tolerance(
                grace: Int64(plan.grace / MonotonicClock.millisecond), edge: 1000, crash: 3000)
            AttendanceCheck(history, stored.segments, offset: ClusterClock.offset, end: end, tolerance: tolerance)
                .check(isCrashed: !disturbances.isEmpty, &outcome.faults)
        }
    }
}
