import ArgumentParser

/// How many clients, and how they come.
struct CrowdOptions: ParsableArguments {
    @Option(help: "Number of clients, each a user of its own.")
    var clients = 100

    @Option(help: "Number of live sessions (or rooms) that they spread over.")
    var sessions = 1

    @Option(help: "New connections a second, 0 = as fast as it goes.")
    var connectRate = 0.0

    @Option(help: "Seconds between the last welcome and the measurement.")
    var settle = 1.0

    @Option(help: "Connect from so many addresses 127.0.0.2, .3 ...; 0 = as many as the ports require.")
    var sourceAddresses = 0

    @Option(help: "Client threads; sessions are divided among them.")
    var threads = 1

    /// Ephemeral ports of one address, rounded down.
    private static let portsPerAddress = 28_000

    func validate() throws {
        guard clients > 0, sessions > 0, sessions <= clients else {
            throw ValidationError("--sessions must be between 1 and --clients")
        }
        guard (1...16).contains(threads), threads <= sessions else {
            throw ValidationError("--threads must be between 1 and 16, and not over --sessions")
        }
        guard (0...250).contains(sourceAddresses), connectRate >= 0, settle >= 0 else {
            throw ValidationError("--source-addresses must be 0 to 250, --connect-rate and --settle not negative")
        }
    }

    func size(sendersPerSession: Int, towards server: SocketAddress) throws -> SessionSetup.Size {
        let needed = (clients + Self.portsPerAddress - 1) / Self.portsPerAddress
        let addresses = sourceAddresses > 0 ? sourceAddresses : needed
        if addresses > 1, !server.isLoopback4 {
            throw SetupError("more than one source address works only towards 127.0.0.0/8")
        }
        return SessionSetup.Size(
            clients: clients, sessions: sessions, sendersPerSession: sendersPerSession, sourceAddresses: addresses)
    }
}
