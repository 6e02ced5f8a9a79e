import ArgumentParser

/// `amphi-bench run`: load, check, report.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Post into live sessions and check that everybody receives everything once and in order.",
        discussion: """
            The hub's own limits (posts per user and per session, connections per address) slow a run down; set them \
            to 0 on a hub that is to be measured. Refusals with a retry time are retried and counted.
            Exit status: 0 clean, 1 something was lost, repeated, reordered or unanswered, 2 the run could not begin.
            """)

    @OptionGroup var common: CommonOptions

    @Option(help: "Posts a second in all, 0 = none. (default: 50 without --in-flight)")
    var rate: Double?

    @Option(help: "Instead of --rate: keep so many posts in flight in each session.")
    var inFlight: Int?

    @Option(help: "With --in-flight, a post is done when it is acknowledged (ack) or when all have it (delivered).")
    var until = Pace.Completion.acknowledged

    @Option(help: "Clients of each session that post.")
    var sendersPerSession = 20

    @Option(help: "Seconds of posting.")
    var duration = 10.0

    @Option(help: "Length of the texts; the marker at their beginning takes about 30 bytes.")
    var textBytes = 128

    @Option(help: "Seconds to wait at the end until everybody has everything.")
    var drain = 30.0

    func validate() throws {
        guard rate == nil || inFlight == nil else { throw ValidationError("either --rate or --in-flight") }
        guard rate.map({ $0 >= 0 }) ?? true, inFlight.map({ $0 > 0 }) ?? true, sendersPerSession > 0 else {
            throw ValidationError("--in-flight and --senders-per-session must be positive, --rate not negative")
        }
        guard duration > 0, drain >= 0, (1...4000).contains(textBytes) else {
            throw ValidationError("--duration must be positive, --text-bytes 1 to 4000")
        }
    }

    func run() async throws {
        let run = BenchRun(
            plan: BenchRun.Plan(
                url: common.url, secret: try common.secret(), serverProcesses: common.serverPid,
                size: try common.size(sendersPerSession: sendersPerSession), pace: pace, seconds: duration,
                textBytes: textBytes, connectRate: common.connectRate, settleSeconds: common.settle,
                drainSeconds: drain, threads: common.threads))
        try common.deliver(try await run.report())
    }

    private var pace: Pace {
        if let inFlight { return .inFlight(inFlight, until: until) }
        let rate = rate ?? 50
        return rate > 0 ? .rate(rate) : .idle
    }
}

extension Pace.Completion: ExpressibleByArgument {}
