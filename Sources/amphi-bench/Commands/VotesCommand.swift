import ArgumentParser

/// `amphi-bench votes`: a class votes on its questions, all at once.
struct VotesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "votes",
        abstract: "A storm of votes on a few questions: how often readers are told, and whether the counts end exact.",
        discussion: """
            One session. Everybody reads while the votes come, and somebody comes in after them. --server-pid adds CPU. \
            A second is counted as 0.9 s, because a frame that was late on its way seems nearer to the next one.
            Exit status: 0 clean, 1 a count was not exact or more than 4 frames a second reached somebody, 2 the run \
            could not begin.
            """)

    @OptionGroup var hub: HubOptions
    @OptionGroup var output: ReportOptions

    @Option(help: "People who vote.")
    var clients = 200

    @Option(help: "Votes in all; the hub takes 20 at once and 5 a second of one person.")
    var votes = 2000

    @Option(help: "Seconds in which they come.")
    var duration = 5.0

    @Option(help: "Questions that they are for.")
    var questions = 5

    func validate() throws {
        guard clients > 0, votes > 0, duration > 0, (1...100).contains(questions) else {
            throw ValidationError("--clients, --votes and --duration must be positive, --questions 1 to 100")
        }
    }

    func run() async throws {
        let session = try hub.oneSession(clients: clients + 1, senders: 0, withHost: true)
        let plan = VotesRun.Plan(
            votes: votes, seconds: duration, questions: questions, serverProcesses: output.serverPid)
        let run = try VotesRun(plan: plan, session: session, address: HubAddress(url: hub.url))
        try output.deliver(try await run.report())
    }
}
