import ArgumentParser

/// `amphi-bench removal`: how soon a host's word holds.
struct RemovalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "removal",
        abstract: "A host mutes, locks and removes while people post: how soon they know, and what still gets through.",
        discussion: """
            One session; its clients are spread over the hub's loops (AMPHI_LOOPS). Times count from the host's answer \
            until the person was told, or the connection was closed; 0 where that came first. Start the hub with \
            AMPHI_LIMIT_POSTS_PER_USER=0 and \
            AMPHI_LIMIT_POSTS_PER_SESSION=0. --server-pid adds CPU.
            Exit status: 0 clean, 1 something was stored behind an act, 2 the run could not begin.
            """)

    @OptionGroup var hub: HubOptions
    @OptionGroup var output: ReportOptions

    @Option(help: "Number of clients in the session.")
    var clients = 100

    @Option(help: "How many of them are muted, then removed.")
    var rounds = 50

    func validate() throws {
        guard rounds > 0, rounds < clients else { throw ValidationError("--rounds must be between 1 and --clients") }
    }

    func run() async throws {
        let session = try hub.oneSession(clients: clients, senders: 0, withHost: true)
        let run = try RemovalRun(
            rounds: rounds, serverProcesses: output.serverPid, session: session, address: HubAddress(url: hub.url))
        try output.deliver(try await run.report())
    }
}
