import ArgumentParser

/// `amphi-bench slow`: what slow readers cost the others.
struct SlowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slow",
        abstract:
            "Some clients read slowly or not at all: what the others notice, and whether all end with everything.",
        discussion: """
            One session, steady posts, three phases: all read; some read slowly and some not at all; all read again. \
            Delivery times are those of the others. --server-pid adds the server's memory.
            The server's kernel takes up to 4 MB (tcp_wmem) for each connection before the hub notices anything: the \
            texts are long enough that those who are behind leave the hub's ring, too, and read the journal in pages.
            Exit status: 0 clean, 1 a history was wrong, 2 the run could not begin.
            """)

    @OptionGroup var hub: HubOptions
    @OptionGroup var output: ReportOptions

    @Option(help: "Number of clients in the session.")
    var clients = 1000

    @Option(help: "Part of them that reads slowly.")
    var slowShare = 0.1

    @Option(help: "Part of them that stops reading.")
    var stoppedShare = 0.01

    @Option(help: "Bytes per second that a slow client reads.")
    var slowBytes = 1024

    @Option(help: "Posts a second.")
    var rate = 50.0

    @Option(help: "Clients that post.")
    var senders = 20

    @Option(help: "Shortest text, in bytes.")
    var minTextBytes = 1000

    @Option(help: "Longest text, in bytes.")
    var maxTextBytes = 2000

    @Option(help: "Seconds in which all read.")
    var base = 20.0

    @Option(help: "Seconds in which some do not.")
    var duration = 60.0

    @Option(help: "Seconds that the slow ones have to catch up.")
    var drain = 60.0

    func validate() throws {
        guard clients > 1, senders > 0, rate > 0, slowBytes > 0, base > 0, duration > 0, drain >= 0 else {
            throw ValidationError("--clients must be over 1; rates, bytes, senders and seconds must be positive")
        }
        guard (0...0.9).contains(slowShare), (0...0.9).contains(stoppedShare) else {
            throw ValidationError("shares must be 0 to 0.9")
        }
        guard minTextBytes > 0, minTextBytes <= maxTextBytes, maxTextBytes <= 4000 else {
            throw ValidationError("texts have 1 to 4000 bytes")
        }
    }

    func run() async throws {
        let session = try hub.oneSession(clients: clients, senders: senders)
        let plan = SlowRun.Plan(
            slowShare: slowShare, stoppedShare: stoppedShare, bytesPerSecond: slowBytes, rate: rate,
            textBytes: minTextBytes...maxTextBytes, baseSeconds: base, slowSeconds: duration, drainSeconds: drain,
            serverProcesses: output.serverPid)
        let run = try SlowRun(plan: plan, session: session, address: HubAddress(url: hub.url))
        try output.deliver(try await run.report())
    }
}
