import ArgumentParser

/// `amphi-bench restart`: a planned restart, as the people in a class live it.
struct RestartCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restart",
        abstract: "Stop a hub with SIGTERM, start it again, and time how everybody comes back and resumes.",
        discussion: """
            Starts the real executable on a fresh database in a temporary folder, as crash does. Clients follow the \
            time that their bye names; where nobody listens yet they try again with the page's backoff.
            Exit status: 0 clean, 1 a history was wrong, 2 the run could not begin.
            """)

    @OptionGroup var executable: ExecutableOption
    @OptionGroup var output: JSONOption

    @Option(help: "Number of clients in the session.")
    var clients = 30

    @Option(help: "Seconds of posting before and after.")
    var postSeconds = 1.0

    @Option(help: "Seconds after the last return in which presence is watched.")
    var watch = 3.0

    @Option(help: "Seconds to wait for the last one.")
    var patience = 60.0

    func validate() throws {
        guard clients > 0, postSeconds > 0, watch >= 0, patience > 0 else {
            throw ValidationError("--clients and seconds must be positive")
        }
    }

    func run() async throws {
        try DescriptorLimit.ensure(connections: clients)
        let plan = RestartRun.Plan(
            executable: try executable.path(), clients: clients, postSeconds: postSeconds, watchSeconds: watch,
            patienceSeconds: patience)
        try output.deliver(try await RestartRun(plan: plan).report())
    }
}
