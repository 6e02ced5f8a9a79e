import Glibc
import Tokens

/// The real executable on a database of its own in a temporary folder; killed and started again as often as wanted.
final class HubUnderTest {
    /// What the child takes over from this process: nothing else reaches it.
    private static let inherited = ["PATH", "LD_LIBRARY_PATH", "AMPHI_MIGRATIONS", "AMPHI_WEB_ROOT"]
    /// 0 is off: the limits would only slow the run down.
    private static let limits = [
        "POSTS_PER_USER", "POSTS_PER_SESSION", "CONNECTIONS_PER_USER", "CONNECTIONS_PER_ADDRESS",
        "OPEN_PER_ADDRESS", "COMMANDS_PER_CONNECTION",
    ]
    private static let startSeconds: UInt64 = 15

    let folder: String
    private let log: String
    let secret: String
    private let executable: String
    private var process: pid_t?
    private var output: Int32 = -1

    /// - Parameter name: stands in the folder's name.
    init(executable: String, name: String) throws {
        self.executable = executable
        var secret = ""
        for byte in Random.bytes(24) { secret += String(UInt16(byte) + 256, radix: 16).dropFirst() }
        self.secret = secret
        // The six X are for mkdtemp to replace.
        var path = Array("\(Self.variable("TMPDIR") ?? "/tmp")/amphi-\(name)-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&path) != nil else { throw SystemError("mkdtemp") }
        folder = String(decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        // A whole test run keeps the logs and searches them (`Tests/search_logs.py`).
        let kept = Self.variable("AMPHI_TEST_LOGS").map { "\($0)/bench-\(name)-\(getpid()).log" }
        log = kept ?? "\(folder)/hub.log"
    }

    deinit { kill() }

    /// Starts the hub and returns where it listens. Blocks until it says so.
    ///
    /// - Parameter port: 0 for any free one.
    func start(port: UInt16 = 0) throws -> HubAddress {
        try spawn(port: port)
        let prefix = "listening on "
        let deadline = MonotonicClock.now + Self.startSeconds * MonotonicClock.second
        var text: [UInt8] = []
        while true {
            let lines = text.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast()
            for line in lines.map({ String(decoding: $0, as: UTF8.self) }) where line.hasPrefix(prefix) {
                return try HubAddress(url: String(line.dropFirst(prefix.count)))
            }
            text += try read(until: deadline)
        }
    }

    /// SIGKILL; returns when the process is gone.
    func kill() { _ = end(with: SIGKILL) }

    /// SIGTERM, as an operator stops a hub; returns when the process is gone, and throws when it failed.
    func terminate() throws {
        let status = end(with: SIGTERM)
        guard status == 0 else { throw SetupError("the hub ended with wait status \(status), see \(log)") }
    }

    /// The status as wait(2) encodes it.
    private func end(with signal: Int32) -> Int32 {
        guard let process else { return 0 }
        Glibc.kill(process, signal)
        var status: Int32 = 0
        while unsafe waitpid(process, &status, 0) < 0, errno == EINTR {}
        self.process = nil
        close(output)
        return status
    }

    /// Removes the folder with the database. The hub must not run.
    func removeFolder() {
        for name in ["amphi.db", "amphi.db-wal", "amphi.db-shm", "amphi.db.lock", "amphi.db.sock", "hub.log"] {
            unsafe unlink("\(folder)/\(name)")
        }
        if unsafe rmdir(folder) != 0 { Console.note("\(folder) stays: \(SystemError("rmdir"))") }
    }

    private func read(until deadline: UInt64) throws -> [UInt8] {
        let now = MonotonicClock.now
        var entry = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
        let pause = deadline > now ? (deadline - now) / MonotonicClock.millisecond : 0
        guard unsafe poll(&entry, 1, Int32(pause)) > 0 else {
            throw SetupError("the hub does not say where it listens, see \(log)")
        }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe Glibc.read(output, $0.baseAddress, $0.count) }
        guard count > 0 else { throw SetupError("the hub ended before it listened, see \(log)") }
        return Array(bytes[..<count])
    }

    private func spawn(port: UInt16) throws {
        var ends: [Int32] = [0, 0]
        guard unsafe pipe(&ends) == 0 else { throw SystemError("pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[1]) }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        unsafe posix_spawn_file_actions_addopen(&actions, 2, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        let words = [executable, "serve", "--port", "\(port)", "--database", "\(folder)/amphi.db"]
        let arguments = unsafe words.map { unsafe strdup($0) } + [nil]
        let variables = unsafe environment.map { unsafe strdup($0) } + [nil]
        defer { unsafe (arguments + variables).forEach { unsafe free($0) } }
        var child: pid_t = 0
        let failure = unsafe posix_spawn(&child, executable, &actions, nil, arguments, variables)
        guard failure == 0 else {
            close(ends[0])
            throw SystemError("posix_spawn \(executable)", code: failure)
        }
        process = child
        output = ends[0]
    }

    private var environment: [String] {
        Self.inherited.compactMap { name in Self.variable(name).map { "\(name)=\($0)" } }
            + Self.limits.map { "AMPHI_LIMIT_\($0)=0" }
            + ["JWT_SECRET=\(secret)", "AMPHI_LOOPS=2", "AMPHI_HOST=127.0.0.1"]
    }

    private static func variable(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    }
}
