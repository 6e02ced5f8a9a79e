import Glibc

/// One server of a `ScratchPostgres`: its data, its port, its process.
final class ScratchServer {
    let data: String
    let port: UInt16
    private let log: String
    private var process: ChildProcess?
    /// Whether it shall run; a server that ends while it shall is started again.
    private var isWanted = false

    init(data: String, port: UInt16, log: String) {
        (self.data, self.port, self.log) = (data, port, log)
    }

    deinit { kill() }

    var processID: Int32? { process?.id }

    /// Starts it without waiting until it answers; only on the main thread.
    ///
    /// - Parameter asPrimary: also when it died while it was being promoted: it would go on as a standby.
    func begin(asPrimary: Bool = false) throws {
        isWanted = true
        if asPrimary { _ = unsafe unlink("\(data)/standby.signal") }
        guard process == nil || process?.poll() != nil else { return }
        let words = [
            PostgresProgram.path("postgres"), "-D", data, "-p", "\(port)", "-k", "", "-c",
            "listen_addresses=127.0.0.1", "-c", "fsync=on", "-c", "max_connections=100", "-c", "shared_buffers=64MB",
            "-c", "wal_level=replica", "-c", "track_commit_timestamp=on", "-c", "max_wal_size=512MB",
        ]
        process = try ChildProcess(
            ChildProcess.bound(words, signal: "QUIT", user: PostgresProgram.user), variables: ["PATH=/usr/bin:/bin"],
            folder: "/", log: log, isHeard: false)
    }

    /// Looks whether it still runs, and starts it again when it does not and shall. A server whose predecessor was
    /// killed refuses to start until the last of that one's processes has gone.
    func turn() throws {
        guard isWanted, process?.poll() != nil else { return }
        try begin()
    }

    /// Ends it with all its processes at once, as a failing machine would; returns when they are gone.
    func kill() {
        isWanted = false
        guard let process else { return }
        let children = ProcessUsage.children(of: process.id)
        for child in [process.id] + children { _ = Glibc.kill(child, SIGKILL) }
        process.wait()
        self.process = nil
    }

    /// Closes its connections and ends it in good order (SIGINT), or at once without a checkpoint (SIGQUIT). Returns
    /// when it has ended.
    func stop(with signal: Int32) {
        isWanted = false
        process?.send(signal)
        process?.wait()
        process = nil
    }

    /// Makes a primary of a standby, as `pg_ctl promote` does it: it takes writes a moment later.
    func promote() throws {
        let descriptor = unsafe open("\(data)/promote", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SystemError("open promote") }
        close(descriptor)
        if let owner = PostgresProgram.owner { unsafe chown("\(data)/promote", owner.user, owner.group) }
        process?.send(SIGUSR1)
    }
}

/// Where PostgreSQL's programs are, and whose processes they become.
enum PostgresProgram {
    /// PostgreSQL refuses to run as root: then it runs as the user that its package makes.
    static let user: String? = getuid() == 0 ? "postgres" : nil

    static var owner: (user: uid_t, group: gid_t)? {
        guard user != nil, let entry = unsafe getpwnam("postgres") else { return nil }
        return unsafe (entry.pointee.pw_uid, entry.pointee.pw_gid)
    }

    /// From Debian's folder of the newest version, which is not in PATH; else from PATH.
    static func path(_ name: String) -> String {
        let top = "/usr/lib/postgresql"
        let versions = ScratchFolder.entries(of: top).compactMap { Int($0) }.sorted(by: >)
        let others = (ScratchFolder.variable("PATH") ?? "").split(separator: ":").map { String($0) }
        let paths = (versions.map { "\(top)/\($0)/bin" } + others).map { "\($0)/\(name)" }
        return paths.first { unsafe access($0, X_OK) == 0 } ?? name
    }

    /// The words of a program that runs as the owner of the data.
    static func words(_ name: String, _ arguments: [String]) -> [String] {
        let words = [path(name)] + arguments
        guard let user else { return words }
        return ["/usr/bin/setpriv", "--reuid=\(user)", "--regid=\(user)", "--init-groups"] + words
    }
}
