import Glibc
import Tokens

/// The real executable with a folder of its own; killed and started again as often as wanted. Used by one thread.
final class HubUnderTest {
    /// What the child takes over from this process: nothing else reaches it.
    private static let inherited = ["PATH", "LD_LIBRARY_PATH"]
    /// Folders that it needs; without the variable they are looked for here, because the hub runs elsewhere.
    private static let folders = ["AMPHI_MIGRATIONS": "migrations", "AMPHI_WEB_ROOT": "public"]
    /// 0 is off: the limits would only slow the run down.
    private static let limits = [
        "POSTS_PER_USER", "POSTS_PER_SESSION", "CONNECTIONS_PER_USER", "CONNECTIONS_PER_ADDRESS",
        "OPEN_PER_ADDRESS", "COMMANDS_PER_CONNECTION",
    ]
    private static let startSeconds: UInt64 = 15

    let folder: String
    let log: String
    let secret: String
    private let words: [String]
    private let variables: [String]
    private var process: ChildProcess?
    /// What it has said until now, as far as no line of it was read.
    private var said: [UInt8] = []

    /// - Parameters:
    ///   - name: stands in the folder's name.
    ///   - variables: beside those of every hub under test, `NAME=value`; without `AMPHI_DATABASE` the database is a
    ///     file in the folder.
    ///   - isBound: whether it ends with this process; only for the main thread.
    init(
        executable: String, name: String, secret: String = HubUnderTest.makeSecret(), variables: [String] = [],
        isBound: Bool = false
    ) throws {
        self.secret = secret
        folder = try ScratchFolder.make(name)
        // A whole test run keeps the logs and searches them (`Tests/search_logs.py`).
        let kept = ScratchFolder.variable("AMPHI_TEST_LOGS").map { "\($0)/bench-\(name)-\(getpid()).log" }
        log = kept ?? "\(folder)/hub.log"
        let words = [executable, "serve"]
        self.words = isBound ? ChildProcess.bound(words, signal: "KILL") : words
        let file = variables.contains { $0.hasPrefix("AMPHI_DATABASE=") } ? [] : ["AMPHI_DATABASE=\(folder)/amphi.db"]
        self.variables =
            Self.inherited.compactMap { name in ScratchFolder.variable(name).map { "\(name)=\($0)" } }
            + Self.folders.compactMap { name, folder in
                let path = ScratchFolder.absolute(ScratchFolder.variable(name) ?? folder)
                return path.map { "\(name)=\($0)" }
            }
            + Self.limits.map { "AMPHI_LIMIT_\($0)=0" }
            + ["JWT_SECRET=\(secret)", "AMPHI_LOOPS=2", "AMPHI_HOST=127.0.0.1"] + file + variables
    }

    deinit { kill() }

    static func makeSecret() -> String {
        var secret = ""
        for byte in Random.bytes(24) { secret += String(UInt16(byte) + 256, radix: 16).dropFirst() }
        return secret
    }

    /// Nil while no hub runs.
    var processID: Int32? { process?.id }

    /// Starts the hub and returns where it listens. Blocks until it says so.
    ///
    /// - Parameter port: 0 for any free one.
    func start(port: UInt16 = 0) throws -> HubAddress {
        try begin(port: port)
        let deadline = MonotonicClock.now + Self.startSeconds * MonotonicClock.second
        while true {
            if let address = try address(until: deadline) { return address }
            guard MonotonicClock.now < deadline else {
                throw SetupError("the hub does not say where it listens, see \(log)")
            }
        }
    }

    /// Starts the hub without waiting for it.
    func begin(port: UInt16 = 0) throws {
        said = []
        process = try ChildProcess(
            words, variables: variables + ["AMPHI_PORT=\(port)"], folder: folder, log: log, isHeard: true)
    }

    /// Where the hub listens, once it says so; nil when it has not said it until `deadline` (monotonic nanoseconds).
    func address(until deadline: UInt64 = 0) throws -> HubAddress? {
        let prefix = "listening on "
        guard let bytes = try process?.read(until: deadline) else { return nil }
        guard !bytes.isEmpty else { throw SetupError("the hub ended before it listened, see \(log)") }
        said += bytes
        let lines = said.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast()
        for line in lines.map({ String(decoding: $0, as: UTF8.self) }) where line.hasPrefix(prefix) {
            return try HubAddress(url: String(line.dropFirst(prefix.count)))
        }
        return nil
    }

    /// SIGKILL; returns when the process is gone.
    func kill() { _ = end(with: SIGKILL) }

    /// SIGTERM, as an operator stops a hub; returns when the process is gone, and throws when it failed.
    func terminate() throws {
        let status = end(with: SIGTERM)
        guard status == 0 else { throw SetupError("the hub ended with wait status \(status), see \(log)") }
    }

    func send(_ signal: Int32) { process?.send(signal) }

    /// The status as wait(2) encodes it, when the hub has ended by itself or by a signal that was sent; does not wait.
    func takeEnd() -> Int32? {
        guard let status = process?.poll() else { return nil }
        process = nil
        return status
    }

    /// The status as wait(2) encodes it.
    private func end(with signal: Int32) -> Int32 {
        guard let process else { return 0 }
        process.send(signal)
        // Whoever is stopped does not end.
        if signal != SIGKILL { process.send(SIGCONT) }
        self.process = nil
        return process.wait()
    }

    /// Removes the folder with the database. The hub must not run.
    func removeFolder() { ScratchFolder.remove(folder) }
}
