import ArgumentParser

/// `amphi-bench idle`: what connections cost that do nothing.
struct IdleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "idle",
        abstract: "Hold idle clients: server memory per connection and server CPU.",
        discussion: "Needs --server-pid for its figures. Exit status as for run: a client that is cut off is a fault.")

    @OptionGroup var common: CommonOptions

    @Option(help: "Seconds to stay; over 20 so that every client is pinged.")
    var duration = 30.0

    func validate() throws {
        guard duration > 0 else { throw ValidationError("--duration must be positive") }
    }

    func run() async throws {
        let run = BenchRun(
            plan: BenchRun.Plan(
                url: common.url, secret: try common.secret(), serverProcesses: common.serverPid,
                size: try common.size(sendersPerSession: 0), pace: .idle, seconds: duration, textBytes: 0,
                connectRate: common.connectRate, settleSeconds: common.settle, drainSeconds: 0,
                threads: common.threads))
        try common.deliver(try await run.report())
    }
}
