import ArgumentParser

/// `amphi-bench joins`: a whole school comes at once.
struct JoinsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "joins",
        abstract: "Many people join one session while a few talk: how fast, what it costs, what the others notice.",
        discussion: """
            At most 128 handshakes are under way at a time. The CPU is that of the whole wave, with the chat in it, and \
            of the settling time. --server-pid adds CPU and memory.
            Exit status: 0 clean, 1 something was lost, repeated or out of order, 2 somebody did not get in.
            """)

    @OptionGroup var hub: HubOptions
    @OptionGroup var output: ReportOptions

    @Option(help: "People who join.")
    var clients = 5000

    @Option(help: "Joins a second, 0 = all at once.")
    var rate = 1000.0

    @Option(help: "People who are there before, and talk.")
    var talkers = 5

    @Option(help: "Posts a second of the talkers together, while the others join.")
    var chatRate = 2.0

    @Option(
        help: "Open questions of the class, which every welcome shows; for more than 10 switch off the limit of posts.")
    var questions = 0

    @Option(help: "Seconds after the last welcome in which presence still counts.")
    var settle = 3.0

    @Option(help: "Seconds to wait at the end until everybody has everything.")
    var drain = 30.0

    func validate() throws {
        guard clients > 0, talkers > 0, rate >= 0, chatRate > 0, questions >= 0, settle >= 0, drain >= 0 else {
            throw ValidationError("--clients, --talkers and --chat-rate must be positive, the others not negative")
        }
    }

    func run() async throws {
        let session = try hub.oneSession(
            clients: clients + talkers, senders: talkers, withHost: questions > 0)
        let plan = JoinsRun.Plan(
            rate: rate, chatRate: chatRate, questions: questions, settleSeconds: settle, drainSeconds: drain,
            serverProcesses: output.serverPid)
        let run = try JoinsRun(plan: plan, session: session, address: HubAddress(url: hub.url))
        try output.deliver(try await run.report())
    }
}
