import ArgumentParser
import Glibc
import StrictJSON

/// What both commands take: where the hub is, how many clients, where the report goes.
struct CommonOptions: ParsableArguments {
    @Option(help: "The hub.")
    var url = "http://127.0.0.1:8080"

    @Option(help: "Process id of the server on this machine, for CPU and memory; may be repeated.")
    var serverPid: [Int32] = []

    @Option(help: "The hub's JWT_SECRET (default: the variable of that name).")
    var jwtSecret: String?

    @Option(help: "Number of clients, each a user of its own.")
    var clients = 100

    @Option(help: "Number of live sessions that they spread over.")
    var sessions = 1

    @Option(help: "New connections a second, 0 = as fast as it goes.")
    var connectRate = 0.0

    @Option(help: "Seconds between the last welcome and the measurement.")
    var settle = 1.0

    @Option(help: "Connect from so many addresses 127.0.0.2, .3 ...; 0 = as many as the ports require.")
    var sourceAddresses = 0

    @Option(help: "Client threads; sessions are divided among them.")
    var threads = 1

    @Option(help: "Write the report as JSON to this file; - is standard output, instead of the text.")
    var json: String?

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

    func size(sendersPerSession: Int) throws -> SessionSetup.Size {
        let needed = (clients + Self.portsPerAddress - 1) / Self.portsPerAddress
        let addresses = sourceAddresses > 0 ? sourceAddresses : needed
        if addresses > 1, try !HubAddress(url: url).socket.isLoopback4 {
            throw SetupError("more than one source address works only towards 127.0.0.0/8")
        }
        return SessionSetup.Size(
            clients: clients, sessions: sessions, sendersPerSession: sendersPerSession, sourceAddresses: addresses)
    }

    func secret() throws -> String {
        if let jwtSecret { return jwtSecret }
        guard let variable = unsafe getenv("JWT_SECRET") else {
            throw SetupError("the hub's secret is missing: set JWT_SECRET or --jwt-secret")
        }
        return unsafe String(cString: variable)
    }

    /// Hands out the report; a run that was not clean ends with status 1.
    func deliver(_ report: RunReport) throws {
        if json == "-" {
            Console.result(report.json.text)
        } else {
            Console.result(report.text)
            if let json { try write(report.json.text + "\n", to: json) }
        }
        if !report.isClean { throw ExitCode(1) }
    }

    private func write(_ text: String, to path: String) throws {
        guard let file = unsafe fopen(path, "w") else { throw SetupError("\(path): \(SystemError("open"))") }
        let isWritten = unsafe fputs(text, file) >= 0
        guard unsafe fclose(file) == 0, isWritten else { throw SetupError("\(path): \(SystemError("write"))") }
    }
}
