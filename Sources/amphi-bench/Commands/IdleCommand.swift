import ArgumentParser

/// `amphi-bench idle`: what connections cost that do nothing.
struct IdleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "idle",
        abstract: "Hold idle clients: server memory per connection and server CPU.",
        discussion: "Needs --server-pid for its figures. Exit status as for run: a client that is cut off is a fault.")

    @OptionGroup var hub: HubOptions
    @OptionGroup var crowd: CrowdOptions
    @OptionGroup var output: ReportOptions

    @Option(help: "Seconds to stay; over 20 so that every client is pinged.")
    var duration = 30.0

    func validate() throws {
        guard duration > 0 else { throw ValidationError("--duration must be positive") }
    }

    func run() async throws {
        let size = try crowd.size(sendersPerSession: 0, towards: HubAddress(url: hub.url).socket)
        let run = BenchRun(
            plan: BenchRun.Plan(
                target: .hub(url: hub.url, secret: try hub.secret()), serverProcesses: output.serverPid, size: size,
                pace: .idle, seconds: duration, textBytes: 0, prefill: 0, connectRate: crowd.connectRate,
                settleSeconds: crowd.settle, drainSeconds: 0, threads: crowd.threads))
        try output.deliver(try await run.report())
    }
}
