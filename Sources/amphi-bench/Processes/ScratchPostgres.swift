import Glibc
import StrictJSON

/// A throw-away PostgreSQL on loopback ports of its own, in a temporary folder; with a standby where one is wanted.
/// It waits for the disk, as a hub demands of its server, and ends with this process. For the main thread.
final class ScratchPostgres {
    enum Standby: String, Sendable, CaseIterable {
        case none
        /// A commit waits for it.
        case sync
        case async
    }

    private static let startPatience = 30 * MonotonicClock.second
    private static let slot = "s1"

    let folder: String
    private(set) var primary: ScratchServer
    private(set) var standby: ScratchServer?
    private(set) var kind = Standby.none
    private var servers = 0

    var log: String { "\(folder)/postgres.log" }

    init() throws {
        folder = try ScratchFolder.make("cluster")
        if let owner = PostgresProgram.owner { unsafe chown(folder, owner.user, owner.group) }
        let (port, log) = (try LoopbackPort.free(), "\(folder)/postgres.log")
        primary = ScratchServer(data: "\(folder)/data0", port: port, log: log)
        try run(
            "initdb", ["-D", primary.data, "-U", "postgres", "--auth=trust", "--locale=C", "--encoding=UTF8", "-N"])
        try primary.begin()
        try waitUntilAnswering(primary)
    }

    func close() {
        standby?.kill()
        primary.kill()
    }

    func removeFolder() { ScratchFolder.remove(folder) }

    /// Of all its processes.
    var cpuSeconds: Double {
        [primary, standby].compactMap { $0?.processID }.reduce(0) { $0 + ProcessUsage.familyCPUSeconds(of: $1) }
    }

    /// Lets servers that ended while they shall run start again; to be called every now and then.
    func turn() throws {
        try primary.turn()
        try standby?.turn()
    }

    /// Makes a database, and drops none: the folder goes as a whole.
    func makeDatabase(_ name: String) throws {
        _ = try sql("CREATE DATABASE \(name) TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'", in: "postgres")
    }

    /// What a query selects, a JSON object per row; blocks. On the primary.
    func rows(_ query: String, in database: String) throws -> [JSON] {
        let text = try sql("SELECT coalesce(json_agg(t), '[]') FROM (\(query)) t", in: database)
        let limits = JSONLimits(maxBytes: 256 * 1024 * 1024)
        guard let list = try JSON.parse(text, limits: limits).arrayValue else { throw SetupError("no rows: \(query)") }
        return list
    }

    /// Runs one statement; blocks.
    func sql(_ statement: String, in database: String) throws -> [UInt8] {
        try ChildProcess.output(of: psql(statement, in: database), variables: [], log: log)
    }

    /// Ends the connections whose newest statement is a LISTEN; does not wait.
    func endListeners() throws -> ChildProcess {
        let statement = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN %'"
        return try ChildProcess(psql(statement, in: "postgres"), variables: [], folder: "/", log: log, isHeard: false)
    }

    /// Makes the standby that is wanted, from what the primary holds now; blocks.
    ///
    /// - Parameter port: where the standby finds the primary, so that somebody may stand between them.
    func setStandby(_ kind: Standby, through port: UInt16) throws {
        _ = try sql("ALTER SYSTEM SET synchronous_standby_names = ''", in: "postgres")
        _ = try sql("SELECT pg_reload_conf()", in: "postgres")
        standby?.kill()
        standby = nil
        self.kind = kind
        guard kind != .none else { return }
        servers += 1
        let server = ScratchServer(data: "\(folder)/data\(servers)", port: try LoopbackPort.free(), log: log)
        let source = "host=127.0.0.1 port=\(port) user=postgres application_name=\(Self.slot)"
        try run("pg_basebackup", ["-D", server.data, "-R", "-c", "fast", "-X", "stream", "-N", "-d", source])
        try server.begin()
        try waitUntilAnswering(server)
        standby = server
        guard kind == .sync else { return }
        _ = try sql("ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (\(Self.slot))'", in: "postgres")
        _ = try sql("SELECT pg_reload_conf()", in: "postgres")
    }

    /// The primary dies and the standby takes its place; does not wait.
    func failOver() throws {
        guard let standby else { throw SetupError("there is no standby") }
        primary.kill()
        try standby.promote()
        primary = standby
        self.standby = nil
        kind = .none
    }

    /// Blocks until the primary takes writes.
    func waitUntilWritable() throws {
        let deadline = MonotonicClock.now + Self.startPatience
        while MonotonicClock.now < deadline {
            try turn()
            if let answer = try? sql("SELECT pg_is_in_recovery()", in: "postgres"), answer.first == 0x66 { return }
            usleep(20_000)
        }
        throw SetupError("PostgreSQL takes no writes, see \(log)")
    }

    private func waitUntilAnswering(_ server: ScratchServer) throws {
        let deadline = MonotonicClock.now + Self.startPatience
        while MonotonicClock.now < deadline {
            try server.turn()
            let words = [PostgresProgram.path("pg_isready"), "-q", "-h", "127.0.0.1", "-p", "\(server.port)"]
            if (try? ChildProcess.output(of: words, variables: [], log: log)) != nil { return }
            usleep(20_000)
        }
        throw SetupError("PostgreSQL does not start, see \(log)")
    }

    private func run(_ name: String, _ arguments: [String]) throws {
        _ = try ChildProcess.output(
            of: PostgresProgram.words(name, arguments), variables: ["PATH=/usr/bin:/bin"], log: log)
    }

    private func psql(_ statement: String, in database: String) -> [String] {
        [
            PostgresProgram.path("psql"), "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p",
            "\(primary.port)", "-U", "postgres", "-d", database, "-c", statement,
        ]
    }
}
