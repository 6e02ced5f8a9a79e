import Foundation
import Synchronization

/// The built executable as a process of its own; killed when nobody holds it any more.
package actor HubProcess {
    private let executor = BlockingExecutor("test.process")
    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    package nonisolated let pid: Int32
    private let output: Int32
    private let errorFile: String
    private let folder: TestFolder
    private var buffered: [UInt8] = []
    private var isAtEnd = false
    private var status: Int32?

    /// How a process ended.
    package enum Ending: Sendable, Equatable {
        case exit(Int32)
        case signal(Int32)
    }

    /// What one run printed, and how it ended.
    package struct Result: Sendable {
        package let ending: Ending
        package let output: String
        package let errors: String
    }

    // MARK: - Starting

    /// `amphi`, from AMPHI_TEST_EXECUTABLE or beside the test bundle; other products lie beside it. A path stays as it
    /// is.
    package static func executable(_ name: String = "amphi") -> String {
        if name.hasPrefix("/") { return name }
        if let path = ProcessInfo.processInfo.environment["AMPHI_TEST_EXECUTABLE"] {
            return URL(fileURLWithPath: path).deletingLastPathComponent().appending(path: name).path
        }
        let beside = Bundle.main.executableURL?.deletingLastPathComponent().appending(path: name).path ?? name
        if FileManager.default.isExecutableFile(atPath: beside) { return beside }
        return "\(PackageFolder.root)/.build/debug/\(name)"
    }

    /// The variables of a hub that serves `folder`'s database on any port, and nothing of this process's own.
    ///
    /// - Parameter missing: names of variables that are left out.
    package static func environment(
        _ folder: TestFolder, _ more: [String: String] = [:], without missing: String...
    ) -> [String: String] {
        var variables = [
            "JWT_SECRET": TestHub.secret, "AMPHI_DATABASE": folder.file("amphi.db"), "AMPHI_PORT": "0",
            "AMPHI_LIMIT_CONNECTIONS_PER_ADDRESS": "0", "AMPHI_LIMIT_OPEN_PER_ADDRESS": "0", "AMPHI_LIMIT_PING": "10m",
            "AMPHI_LIMIT_REQUESTS_PER_USER": "0", "AMPHI_LIMIT_REQUESTS_PER_ADDRESS": "0",
            "AMPHI_MIGRATIONS": PackageFolder.migrations,
            "AMPHI_WEB_ROOT": PackageFolder.pages, "PATH": "/usr/bin:/bin",
        ]
        variables.merge(more) { $1 }
        for name in missing { variables[name] = nil }
        // For the Swift runtime's libraries, where they are not in the system's own folders.
        variables["LD_LIBRARY_PATH"] = ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"]
        return variables
    }

    /// Starts the program; it works in `folder`.
    ///
    /// - Parameter sockets: passed to it as systemd does (sd_listen_fds(3)), from descriptor 3 on.
    package static func start(
        _ program: String = "amphi", _ arguments: [String], environment: [String: String], in folder: TestFolder,
        passing sockets: [Int32] = []
    ) async throws -> HubProcess {
        try await blocking {
            try HubProcess(
                executable(program), arguments, environment: environment, in: folder, passing: sockets)
        }
    }

    private init(
        _ path: String, _ arguments: [String], environment: [String: String], in folder: TestFolder,
        passing sockets: [Int32]
    ) throws {
        self.folder = folder
        // A whole test run keeps the logs and searches them (`Tests/search_logs.py`).
        let logs = ProcessInfo.processInfo.environment["AMPHI_TEST_LOGS"]
        errorFile = "\(logs ?? folder.path)/swift-\(UUID().uuidString).log"
        // posix_spawn has no portable way to name the working directory; env(1) has, and becomes the program.
        var words = ["/usr/bin/env", "--chdir=\(folder.path)", path] + arguments
        // LISTEN_PID is the program's own number, which only a shell that becomes the program can tell.
        if !sockets.isEmpty {
            let script = "export LISTEN_PID=$$ LISTEN_FDS=\(sockets.count); exec \"$@\""
            words = ["/bin/sh", "-c", script, "sh"] + words
        }
        (pid, output) = try Self.spawn(words, environment: environment, errorFile: errorFile, passing: sockets)
    }

    /// Held while a pipe is made and given away: a second child, started in between, would hold this one's end open.
    private static let spawning = Mutex(())

    private static func spawn(
        _ words: [String], environment: [String: String], errorFile: String, passing sockets: [Int32]
    ) throws -> (pid: Int32, output: Int32) {
        try spawning.withLock { _ in
            var ends: [Int32] = [0, 0]
            guard pipe(&ends) == 0 else { throw TestFailure.system("pipe") }
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            defer { Glibc.close(ends[1]) }
            var actions = posix_spawn_file_actions_t()
            posix_spawn_file_actions_init(&actions)
            defer { posix_spawn_file_actions_destroy(&actions) }
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
            posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
            posix_spawn_file_actions_addopen(&actions, 2, errorFile, O_WRONLY | O_CREAT | O_APPEND, 0o600)
            for (index, socket) in sockets.enumerated() {
                posix_spawn_file_actions_adddup2(&actions, socket, 3 + Int32(index))
            }
            let arguments = words.map { strdup($0) } + [nil]
            let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
            defer { for word in arguments + variables { free(word) } }
            var process: pid_t = 0
            let failure = posix_spawn(&process, words[0], &actions, nil, arguments, variables)
            guard failure == 0 else {
                Glibc.close(ends[0])
                throw TestFailure("\(words) does not start: \(String(cString: strerror(failure)))")
            }
            return (process, ends[0])
        }
    }

    deinit {
        if status == nil {
            Glibc.kill(pid, SIGKILL)
            var raw: Int32 = 0
            waitpid(pid, &raw, 0)
        }
        Glibc.close(output)
    }

    /// Runs `amphi` to its end.
    ///
    /// - Parameter environment: the usual variables for this folder, unless a test has its own.
    package static func run(
        _ arguments: [String], environment: [String: String]? = nil, in folder: TestFolder
    ) async throws -> Result {
        try await run("amphi", arguments, environment: environment ?? self.environment(folder), in: folder)
    }

    /// Runs a program to its end.
    package static func run(
        _ program: String, _ arguments: [String], environment: [String: String], in folder: TestFolder,
        within time: Duration = .seconds(30)
    ) async throws -> Result {
        let process = try await start(program, arguments, environment: environment, in: folder)
        return try await process.finish(within: time)
    }

    /// Runs any program of the machine to its end.
    package static func run(
        path: String, _ arguments: [String], environment: [String: String], in folder: TestFolder,
        within time: Duration = .seconds(30)
    ) async throws -> Result {
        let process = try await blocking {
            try HubProcess(path, arguments, environment: environment, in: folder, passing: [])
        }
        return try await process.finish(within: time)
    }

    /// Starts `serve` and waits until it listens.
    package static func serve(
        _ folder: TestFolder, _ more: [String: String] = [:], arguments: [String] = []
    ) async throws -> (process: HubProcess, port: UInt16) {
        let process = try await start(
            "amphi", ["serve"] + arguments, environment: environment(folder, more), in: folder
        )
        return (process, try await process.port())
    }

    // MARK: - Talking to it

    /// The port of the line `listening on http://...`.
    package func port(within time: Duration = .seconds(15)) throws -> UInt16 {
        let line = try self.line(startingWith: "listening on ", within: time)
        guard let digits = line.split(separator: ":").last, let port = UInt16(digits) else {
            throw TestFailure("no port in: \(line)")
        }
        return port
    }

    /// The first line of standard output with this start; earlier lines are dropped.
    package func line(startingWith start: String, within time: Duration = .seconds(15)) throws -> String {
        let deadline = Deadline(after: time)
        while true {
            while let end = buffered.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: buffered[..<end], as: UTF8.self)
                buffered.removeFirst(end + 1)
                if line.hasPrefix(start) { return line }
            }
            guard try readMore(by: deadline) else {
                throw TestFailure("ended without a line \"\(start)...\": \(errors)")
            }
        }
    }

    package nonisolated func signal(_ number: Int32) { kill(pid, number) }

    /// Waits for the end: what was printed since the last `line`, and how it ended.
    package func finish(within time: Duration = .seconds(15)) throws -> Result {
        let deadline = Deadline(after: time)
        // The pipe's end is the process's end: nobody else holds it.
        while try readMore(by: deadline) {}
        return Result(ending: wait(), output: String(decoding: buffered, as: UTF8.self), errors: errors)
    }

    /// Stops it as an operator does. It must end by itself, and without a failure.
    package func stop() throws {
        signal(SIGTERM)
        let result = try finish()
        guard result.ending == .exit(0) else { throw TestFailure("\(result.ending) after SIGTERM: \(result.errors)") }
    }

    /// Ends it as a crash does, and waits until it is gone.
    package func crash() throws {
        signal(SIGKILL)
        let ending = try finish().ending
        guard ending == .signal(SIGKILL) else { throw TestFailure("\(ending) before SIGKILL: \(errors)") }
    }

    /// What stands on standard error so far.
    package var errors: String { (try? String(contentsOfFile: errorFile, encoding: .utf8)) ?? "" }

    private func wait() -> Ending {
        var raw = status ?? 0
        if status == nil {
            while waitpid(pid, &raw, 0) < 0, errno == EINTR {}
            status = raw
        }
        // As WIFEXITED, WEXITSTATUS and WTERMSIG of wait(2), which are macros.
        return raw & 0x7F == 0 ? .exit(raw >> 8 & 0xFF) : .signal(raw & 0x7F)
    }

    private func readMore(by deadline: Deadline) throws -> Bool {
        guard !isAtEnd else { return false }
        var entry = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
        guard poll(&entry, 1, deadline.milliseconds) > 0 else {
            throw TestFailure("process \(pid) says nothing and does not end: \(errors)")
        }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = read(output, &bytes, bytes.count)
        guard count > 0 else {
            isAtEnd = true
            return false
        }
        buffered += bytes[..<count]
        return true
    }
}

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif
