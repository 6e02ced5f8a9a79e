import ArgumentParser

/// `amphi-bench cluster`: several hubs on one PostgreSQL, disturbed in every way, and checked.
struct ClusterCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cluster",
        abstract: "Disturb several hubs on one PostgreSQL while people post, vote and are moderated, and check.",
        discussion: """
            Starts a throw-away PostgreSQL and, for each run on a fresh database, several real executables, each behind \
            a relay of its own; the folders of a run with faults are kept. AMPHI_MIGRATIONS and AMPHI_WEB_ROOT are \
            handed on. Run as root, PostgreSQL runs as the user postgres.

            --faults names what may happen, separated by commas: kill (SIGKILL of a hub), stop (SIGTERM), pause (SIGSTOP \
            for 1, 20 or 60 s), cut, refuse and hold (of a hub's connections to the database: broken, refused for a \
            while, silent for a while), clients (a hub's connections to people break), deaf (the connections on which \
            hubs hear of each other end), home (somebody leaves for good), crash and immediate (the server is killed, or \
            ends without a checkpoint, and is started again), promote (the server dies and its standby takes over). \
            `all` is everything. `none` measures: posts only, without relays.
            Exit status: 0 clean, 1 something was lost, repeated, out of order or untrue, 2 a run could not begin.
            """)

    @Option(help: "Number of hubs.")
    var nodes = 3

    @Option(help: "Number of runs.")
    var runs = 1

    @Option(help: "Decides what happens when; the runs of one series have successive seeds.")
    var seed: UInt64 = 1

    @Option(help: "Seconds of disturbance, or of measurement, in each run.")
    var seconds = 20.0

    @Option(help: "Number of clients in each run.")
    var clients = 40

    @Option(help: "Number of classes that they are dealt out to.")
    var sessions = 3

    @Option(help: "Posts per second in all.")
    var rate = 100.0

    @Option(help: "Seconds for which a place is kept (AMPHI_GRACE).")
    var grace = 5.0

    @Option(help: "What may happen: all, none, or a list.")
    var faults = "all"

    @Option(help: "The standby: none, sync, async; by default the seed decides in runs with `promote`.")
    var standby: ScratchPostgres.Standby?

    @Flag(
        inversion: .prefixedNo,
        help: "Whether answers after 2.5 s and events after 1.3 s are faults, where nothing disturbs the hubs.")
    var times = true

    @OptionGroup var executable: ExecutableOption

    func validate() throws {
        guard (1...16).contains(nodes), runs > 0, (1...2000).contains(clients), (1...clients).contains(sessions) else {
            throw ValidationError("--nodes 1 to 16, --runs from 1, --clients 1 to 2000, --sessions 1 to --clients")
        }
        guard seconds > 0, seconds <= 3600, rate > 0, rate <= 100_000, grace >= 1, grace <= 60 else {
            throw ValidationError("--seconds to 3600, --rate to 100000, --grace 1 to 60")
        }
        _ = try kinds()
    }

    func run() throws {
        try DescriptorLimit.ensure(connections: clients * 4 + nodes * 100)
        let path = try executable.path()
        let stage = try ClusterStage(nodes: nodes)
        defer { stage.close() }
        var total: ClusterOutcome?
        var faulty = 0
        for number in 0..<runs {
            let plan = ClusterRun.Plan(
                executable: path, clients: clients, sessions: sessions, seconds: seconds, rate: rate,
                grace: UInt64(grace * 1e9), kinds: try kinds(), standby: standby, isTimed: times,
                seed: seed &+ UInt64(number))
            let outcome = try ClusterRun(plan, on: stage).outcome()
            report(outcome, number, plan)
            if !outcome.faults.isClean { faulty += 1 }
            if total?.merge(outcome) == nil { total = outcome }
        }
        guard let total else { return }
        Console.result("\(runs) runs, \(faulty) with faults: \(total.text)")
        for line in total.latencyLines { Console.result("  \(line)") }
        stage.close()
        guard faulty == 0 else {
            Console.note("kept \(stage.postgres.folder)")
            throw ExitCode(1)
        }
        stage.postgres.removeFolder()
    }

    private func report(_ outcome: ClusterOutcome, _ number: Int, _ plan: ClusterRun.Plan) {
        let standby = outcome.standby == .none ? "" : ", standby \(outcome.standby.rawValue)"
        Console.result("run \(number + 1), seed \(plan.seed)\(standby), \(outcome.faultText): \(outcome.text)")
        if plan.isMeasured { Console.result("  \(outcome.usageLine)") }
        guard !outcome.faults.isClean else { return }
        for example in outcome.faults.examples { Console.result("  \(example)") }
        let options = standbyOption + "--clients \(clients) --sessions \(sessions) --rate \(rate) --grace \(grace)"
        Console.result(
            "  again: amphi-bench cluster --nodes \(nodes) --runs 1 --seed \(plan.seed) --seconds \(seconds) "
                + "--faults \(faults) \(options)")
    }

    private var standbyOption: String { standby.map { "--standby \($0.rawValue) " } ?? "" }

    private func kinds() throws -> [FaultPlan.Kind] {
        switch faults {
        case "all": return FaultPlan.Kind.allCases
        case "none": return []
        default:
            return try faults.split(separator: ",").map { name in
                guard let kind = FaultPlan.Kind(rawValue: String(name)) else {
                    throw ValidationError("--faults: \(name) is none of \(FaultPlan.Kind.allCases.map(\.rawValue))")
                }
                return kind
            }
        }
    }
}

extension ScratchPostgres.Standby: ExpressibleByArgument {}
