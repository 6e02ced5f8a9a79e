import ArgumentParser

/// `amphi-bench peer`: the same load on a server that only relays texts, for comparisons.
struct PeerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "peer",
        abstract: "The load of run or idle on any WebSocket server that relays texts within a room.",
        discussion: """
            Every client connects to --url, with the number of its room in place of {room}; one client of each room \
            sends texts, and everybody in the room, the sender included, must receive each once and in order. \
            --rate 0 holds idle connections. Exit status as for run.
            """)

    @Option(help: "The server: ws://HOST:PORT/PATH with {room} in the path.")
    var url: String

    @OptionGroup var crowd: CrowdOptions
    @OptionGroup var load: LoadOptions
    @OptionGroup var output: ReportOptions

    func run() async throws {
        let relay = try RelayTarget(url: url)
        let size = try crowd.size(sendersPerSession: 1, towards: relay.address.socket)
        let run = BenchRun(
            plan: BenchRun.Plan(
                target: .relay(relay), serverProcesses: output.serverPid, size: size,
                pace: load.pace(until: .delivered), seconds: load.duration, textBytes: load.textBytes, prefill: 0,
                connectRate: crowd.connectRate, settleSeconds: crowd.settle, drainSeconds: load.drain,
                threads: crowd.threads))
        try output.deliver(try await run.report())
    }
}
