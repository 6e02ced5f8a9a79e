import Glibc

/// Drives one run of `cluster`: lets the clients live, disturbs what the plan says when it says so, heals it again, and
/// starts hubs that have ended. For the main thread.
final class ClusterDriver {
    struct Figures: Sendable {
        /// Hubs that ended because they found themselves given up, or their database changed.
        var ended = 0
        /// Starts that came to nothing, because the database was away.
        var failedStarts = 0
    }

    private enum Step {
        case fault(FaultPlan.Fault)
        /// A load balancer has found that a hub is silent.
        case shut(Int)
        case goOn(Int)
        case pass(Int)
        case startServer
        case failOver
    }

    /// Between two looks at the processes.
    private static let tick = 5 * MonotonicClock.millisecond
    /// After so long a load balancer sees that a hub is silent.
    private static let noticing = 3 * MonotonicClock.second
    /// After the end of a disturbance a hub connects anew, and finds out about a commit whose answer it does not have.
    private static let echo = 8 * MonotonicClock.second
    /// For so long what was acknowledged may come from a hub that does not know yet that it is gone.
    private static let forgetting = 10 * MonotonicClock.second
    /// For so long the standby hears nothing before it takes over without what was acknowledged meanwhile.
    private static let lag: UInt64 = 200 * MonotonicClock.millisecond

    private let engine: CrashEngine
    private let nodes: [ClusterNode]
    private let stage: ClusterStage
    private var agenda = Agenda<Step>()
    private var helpers: [ChildProcess] = []
    private var random: SeededRandom
    /// Whether a hub may end by itself.
    private var mayEnd = false
    private(set) var figures = Figures()
    /// What was done to whom, for as long as it may be felt.
    private(set) var disturbances: [PromptnessCheck.Disturbance] = []

    init(_ engine: CrashEngine, _ nodes: [ClusterNode], on stage: ClusterStage, random: SeededRandom) {
        (self.engine, self.nodes, self.stage, self.random) = (engine, nodes, stage, random)
    }

    /// Everything is as it shall be: nothing is broken, and every hub takes connections.
    var isHealed: Bool { agenda.nextDueAt == .max && nodes.allSatisfy(\.isUp) && engine.doors.allSatisfy { $0 != nil } }

    func schedule(_ plan: FaultPlan, from begin: UInt64) {
        for fault in plan.faults { agenda.add(.fault(fault), at: begin + fault.at) }
    }

    /// Runs until `deadline`, or until `isDone`; returns whether it was done.
    @discardableResult
    func run(until deadline: UInt64, isDone: () -> Bool = { false }) throws -> Bool {
        while MonotonicClock.now < deadline {
            let now = MonotonicClock.now
            while let step = agenda.takeDue(at: now) { try take(step, at: now) }
            for number in nodes.indices { try look(number, at: now) }
            try stage.postgres.turn()
            helpers.removeAll { $0.poll() != nil }
            let next = min(deadline, agenda.nextDueAt, now + Self.tick)
            if try engine.run(until: next, isDone: isDone) { return true }
        }
        return false
    }

    private func look(_ number: Int, at now: UInt64) throws {
        let wasUp = nodes[number].address != nil
        switch try nodes[number].turn(at: now) {
        case nil: return
        case .listens(let address):
            engine.open(number, at: address)
            endDisturbances(of: number, at: now)
        case .ended(let status):
            engine.close(number)
            disturbances.append(PromptnessCheck.Disturbance(node: number, from: now))
            // proc(5) and wait(2): the low seven bits are a signal, the next byte is what it said.
            switch (status & 0x7F, status >> 8 & 0xFF) {
            case (0, 0): return
            case (0, 1) where !wasUp: figures.failedStarts += 1
            case (0, 1) where mayEnd: figures.ended += 1
            default:
                engine.faults.note(
                    .disconnected, "node \(number + 1) ended with wait status \(status), see \(nodes[number].hub.log)")
            }
        }
    }

    private func take(_ step: Step, at now: UInt64) throws {
        switch step {
        case .fault(let fault): try disturb(fault, at: now)
        case .shut(let node): if nodes[node].isPaused { engine.shut(node) }
        case .goOn(let node):
            nodes[node].goOn()
            if let address = nodes[node].address { engine.open(node, at: address) }
        case .pass(let node): stage.send(.set(.pass), to: node)
        case .startServer: try stage.postgres.primary.begin(asPrimary: true)
        case .failOver: try failOver(at: now)
        }
    }

    private func disturb(_ fault: FaultPlan.Fault, at now: UInt64) throws {
        let node = nodes[fault.node]
        note(fault, at: now)
        switch fault.kind {
        case .kill where !node.isPaused:
            engine.burst()
            try engine.run(until: now + random.pause(0...4))
            for client in engine.people(at: fault.node) { client.orphanedAt = MonotonicClock.now }
            engine.close(fault.node)
            node.kill(startAt: now + fault.lasts)
        case .stop where !node.isPaused:
            engine.close(fault.node)
            node.stop()
        case .pause where node.isUp:
            mayEnd = mayEnd || fault.lasts + MonotonicClock.second > FaultPlan.fencing
            node.pause()
            engine.frozen.insert(fault.node)
            agenda.add(.shut(fault.node), at: now + Self.noticing)
            agenda.add(.goOn(fault.node), at: now + fault.lasts)
        case .kill, .stop, .pause: return
        case .clients: engine.cut(fault.node)
        case .home:
            let staying = engine.clients.filter { !$0.isHost && !$0.isLeaving }
            staying.randomElement(using: &random)?.isLeaving = true
        case .deaf: helpers.append(try stage.postgres.endListeners())
        default: try disturbDatabase(fault, at: now)
        }
    }

    /// Hubs that are started again end what was done to them with it.
    private func note(_ fault: FaultPlan.Fault, at now: UInt64) {
        let until = now + fault.lasts + Self.echo
        switch fault.kind {
        case .kill, .stop: disturbances.append(PromptnessCheck.Disturbance(node: fault.node, from: now))
        case .pause, .cut, .refuse, .hold:
            disturbances.append(PromptnessCheck.Disturbance(node: fault.node, from: now, until: until))
        case .crash, .immediate, .promote:
            disturbances.append(PromptnessCheck.Disturbance(node: nil, from: now, until: until))
        case .clients, .deaf, .home: return
        }
    }

    private func endDisturbances(of node: Int, at now: UInt64) {
        for index in disturbances.indices where disturbances[index].node == node && disturbances[index].until == .max {
            disturbances[index].until = now + Self.echo
        }
    }

    private func disturbDatabase(_ fault: FaultPlan.Fault, at now: UInt64) throws {
        mayEnd = true
        switch fault.kind {
        case .cut: stage.send(.cut, to: fault.node)
        case .refuse, .hold:
            stage.send(.set(fault.kind == .hold ? .hold : .refuse), to: fault.node)
            agenda.add(.pass(fault.node), at: now + fault.lasts)
        case .crash, .immediate:
            guard stage.postgres.primary.processID != nil else { return }
            engine.burst()
            try engine.run(until: now + random.pause(0...4))
            let server = stage.postgres.primary
            if fault.kind == .crash { server.kill() } else { server.stop(with: SIGQUIT) }
            agenda.add(.startServer, at: MonotonicClock.now + fault.lasts)
        default:
            // Only what was acknowledged meanwhile can be lost.
            if stage.postgres.kind == .async { stage.holdReplication() }
            agenda.add(.failOver, at: now + (stage.postgres.kind == .async ? Self.lag : 0))
        }
    }

    private func failOver(at now: UInt64) throws {
        let mayLose = stage.postgres.kind == .async
        engine.burst()
        try engine.run(until: now + random.pause(0...4))
        try stage.failOver()
        guard mayLose, let histories = engine.histories else { return }
        for index in histories.indices { engine.histories?[index].lossAt = MonotonicClock.now + Self.forgetting }
    }
}
