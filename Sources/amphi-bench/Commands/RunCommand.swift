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

    @OptionGroup var hub: HubOptions
    @OptionGroup var crowd: CrowdOptions
    @OptionGroup var load: LoadOptions
    @OptionGroup var output: ReportOptions

    @Option(help: "With --in-flight, a post is done when it is acknowledged (ack) or when all have it (delivered).")
    var until = Pace.Completion.acknowledged

    @Option(help: "Clients of each session that post.")
    var sendersPerSession = 20

    @Option(help: "Before the measurement, let so many posts into the journal at full speed.")
    var prefill = 0

    func validate() throws {
        guard sendersPerSession > 0, prefill >= 0 else {
            throw ValidationError("--senders-per-session must be positive, --prefill not negative")
        }
    }

    func run() async throws {
        let size = try crowd.size(
            sendersPerSession: sendersPerSession, towards: HubAddress(url: hub.url).socket)
        let run = BenchRun(
            plan: BenchRun.Plan(
                target: .hub(url: hub.url, secret: try hub.secret()), serverProcesses: output.serverPid, size: size,
                pace: load.pace(until: until), seconds: load.duration, textBytes: load.textBytes, prefill: prefill,
                connectRate: crowd.connectRate, settleSeconds: crowd.settle, drainSeconds: load.drain,
                threads: crowd.threads))
        try output.deliver(try await run.report())
    }
}
