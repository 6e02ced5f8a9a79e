import ArgumentParser

/// `amphi-bench crash`: kills the hub again and again, and checks that nobody lost anything.
struct CrashCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "crash",
        abstract:
            "Kill a hub with SIGKILL while people post, vote, raise hands and are moderated; restart it, and check.",
        discussion: """
            Starts the real executable on a fresh database in a temporary folder, once for each run; the folder of a \
            run with faults is kept. AMPHI_MIGRATIONS and AMPHI_WEB_ROOT are handed on to it.
            Exit status: 0 clean, 1 something was lost, repeated or out of order, 2 a run could not begin.
            """)

    @Option(help: "Number of runs.")
    var runs = 5

    @Option(help: "Decides when what is cut and killed; the runs of one series have successive seeds.")
    var seed: UInt64 = 1

    @Option(help: "Number of clients in each run.")
    var clients = 20

    @Option(help: "Seconds of posting in each run.")
    var seconds = 4.0

    @OptionGroup var executable: ExecutableOption

    func validate() throws {
        guard runs > 0, (1...500).contains(clients), seconds > 0, seconds <= 3600 else {
            throw ValidationError("--runs must be positive, --clients 1 to 500, --seconds over 0 and at most 3600")
        }
    }

    func run() throws {
        try DescriptorLimit.ensure(connections: clients)
        let path = try executable.path()
        var total = CrashRun.Outcome()
        var faulty = 0
        for number in 0..<runs {
            let seed = seed &+ UInt64(number)
            let plan = CrashRun.Plan(executable: path, clients: clients, seconds: seconds, seed: seed)
            let outcome = try CrashRun(plan: plan).outcome()
            Console.result("run \(number + 1), seed \(seed): \(outcome.text)")
            if !outcome.faults.isClean {
                faulty += 1
                for example in outcome.faults.examples { Console.result("  \(example)") }
                Console.result("  again: amphi-bench crash --runs 1 --seed \(seed)\(Self.same(clients, seconds))")
            }
            total.merge(outcome)
        }
        Console.result("\(runs) runs, \(faulty) with faults: \(total.text)")
        if faulty > 0 { throw ExitCode(1) }
    }

    private static func same(_ clients: Int, _ seconds: Double) -> String {
        " --clients \(clients) --seconds \(seconds)"
    }
}

extension CrashRun.Outcome {
    fileprivate var text: String {
        let count = HistoryFaults.Kind.allCases.reduce(0) { $0 + faults[$1] }
        return "\(kills) kills, \(posts) posts, \(acknowledgements) acknowledgements "
            + "(\(duplicates) marked duplicate), \(refusedPosts) refused by a rule, \(moves) votes, hands and acts "
            + "(\(answeredMoves) acknowledged, \(refusedMoves) refused), \(events) events, \(cuts) cuts (\(reloads) reloads), "
            + "\(reconnects) reconnects (\(freshStarts) not resumed), \(retries) refused for a while, "
            + "\(count) faults"
    }
}
