import ArgumentParser

/// `amphi-bench hands`: everybody wants to speak.
struct HandsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hands",
        abstract: "All hands go up, most go down, some go up again: does everybody have the same order?",
        discussion: """
            One session. Somebody comes in at the end. --server-pid adds CPU. A second is counted as 0.9 s.
            Exit status: 0 clean, 1 somebody ended with another order, 2 the run could not begin.
            """)

    @OptionGroup var hub: HubOptions
    @OptionGroup var output: ReportOptions

    @Option(help: "People who raise their hand.")
    var clients = 500

    @Option(help: "Moves a second.")
    var rate = 500.0

    func validate() throws {
        guard clients > 0, rate > 0 else { throw ValidationError("--clients and --rate must be positive") }
    }

    func run() async throws {
        let session = try hub.oneSession(clients: clients + 1, senders: 0)
        let run = try HandsRun(
            rate: rate, serverProcesses: output.serverPid, session: session, address: HubAddress(url: hub.url))
        try output.deliver(try await run.report())
    }
}
