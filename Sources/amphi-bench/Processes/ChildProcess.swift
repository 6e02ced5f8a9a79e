import Glibc

/// A program that this one has started. Used by one thread.
final class ChildProcess {
    let id: pid_t
    /// As wait(2) encodes it; nil while the program runs.
    private(set) var status: Int32?
    /// The reading end of its standard output, -1 when that goes into the log.
    private var output: Int32

    /// - Parameters:
    ///   - words: the path of the program, then its arguments.
    ///   - variables: `NAME=value`; nothing else reaches the program.
    ///   - folder: where it runs; nil for here.
    ///   - log: takes its standard error, and its output unless that is heard.
    ///   - isHeard: whether `read` returns its standard output.
    init(_ words: [String], variables: [String], folder: String? = nil, log: String, isHeard: Bool) throws {
        let words = folder.map { ["/usr/bin/env", "-C", $0] + words } ?? words
        var ends: [Int32] = [-1, -1]
        if isHeard {
            guard unsafe pipe(&ends) == 0 else { throw SystemError("pipe") }
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        }
        defer { if isHeard { close(ends[1]) } }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_addopen(&actions, 2, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        unsafe posix_spawn_file_actions_adddup2(&actions, isHeard ? ends[1] : 2, 1)
        let arguments = unsafe words.map { unsafe strdup($0) } + [nil]
        let environment = unsafe variables.map { unsafe strdup($0) } + [nil]
        defer { unsafe (arguments + environment).forEach { unsafe free($0) } }
        var child: pid_t = 0
        let failure = unsafe posix_spawn(&child, words[0], &actions, nil, arguments, environment)
        guard failure == 0 else {
            if isHeard { close(ends[0]) }
            throw SystemError("posix_spawn \(words[0])", code: failure)
        }
        id = child
        output = ends[0]
    }

    deinit { if output >= 0 { close(output) } }

    /// Words that run a program so that it gets a signal when this process ends, however that ends.
    ///
    /// prctl(2), PR_SET_PDEATHSIG: "the "parent" in this case is considered to be the thread that created this
    /// process". So only the main thread may start it.
    ///
    /// - Parameter user: whom it runs as; nil for who runs this process.
    static func bound(_ words: [String], signal: String, user: String? = nil) -> [String] {
        let identity = user.map { ["--reuid=\($0)", "--regid=\($0)", "--init-groups"] } ?? []
        return ["/usr/bin/setpriv"] + identity + ["--pdeathsig", signal] + words
    }

    /// Runs a program to its end, and returns what it wrote; blocks. An error names what it said.
    static func output(of words: [String], variables: [String], log: String) throws -> [UInt8] {
        let process = try ChildProcess(words, variables: variables, folder: "/", log: log, isHeard: true)
        var text: [UInt8] = []
        while let bytes = try process.read(until: .max), !bytes.isEmpty { text += bytes }
        let status = process.wait()
        guard status == 0 else { throw SetupError("\(words.joined(separator: " ")) ended with \(status), see \(log)") }
        return text
    }

    func send(_ signal: Int32) { if status == nil { kill(id, signal) } }

    /// Waits for its end; returns the status.
    @discardableResult
    func wait() -> Int32 { end(0) ?? 0 }

    /// The status when it has ended; does not wait.
    func poll() -> Int32? { end(WNOHANG) }

    private func end(_ options: Int32) -> Int32? {
        if let status { return status }
        var found: Int32 = 0
        var process = unsafe waitpid(id, &found, options)
        while process < 0, errno == EINTR { process = unsafe waitpid(id, &found, options) }
        if process == id { status = found }
        return status
    }

    /// What it wrote: nothing at the end of its output, nil when nothing came until `deadline` (monotonic nanoseconds).
    func read(until deadline: UInt64) throws -> [UInt8]? {
        let now = MonotonicClock.now
        var entry = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
        let pause = deadline > now ? min((deadline - now) / MonotonicClock.millisecond, UInt64(Int32.max)) : 0
        guard unsafe Glibc.poll(&entry, 1, Int32(pause)) > 0 else { return nil }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe Glibc.read(output, $0.baseAddress, $0.count) }
        guard count >= 0 else { throw SystemError("read") }
        return Array(bytes[..<count])
    }
}
