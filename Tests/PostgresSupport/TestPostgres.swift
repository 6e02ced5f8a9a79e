import Foundation
import Glibc
import Synchronization

/// A PostgreSQL server for tests: a throw-away cluster on a Unix socket in a temporary folder.
///
/// It ends with this process, however that ends, and its folder goes: a shell keeps both only for as long as its own
/// standard input is open.
package final class TestPostgres: Sendable {
    /// The one of this process, made when it is first asked for; or the server of `AMPHI_TEST_POSTGRES`, the URL of a
    /// database whose role may create others.
    package static func shared() throws -> TestPostgres { try made.get() }

    private static let made = Result {
        if let url = ProcessInfo.processInfo.environment["AMPHI_TEST_POSTGRES"] { return TestPostgres(of: url) }
        return try TestPostgres()
    }

    /// The folder of the cluster and of its socket; nil for a server that is not ours.
    package let folder: String?
    private let admin: String
    private let server = Mutex<Process?>(nil)

    private let isDurable: Bool

    private init(of url: String) {
        isDurable = true
        folder = nil
        admin = url
    }

    /// A cluster of its own, for a test that kills or stops it.
    ///
    /// - Parameter isDurable: whether it waits for the disk, as a hub demands of its server.
    package init(isDurable: Bool = false) throws {
        self.isDurable = isDurable
        let folder = NSTemporaryDirectory() + "/amphi-pg-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        self.folder = folder
        admin = "postgresql:///postgres?host=\(folder)&user=postgres"
        if let owner = Self.owner { chown(folder, owner.pw_uid, owner.pw_gid) }
        // Code points in the order of the C locale, and a disk that nobody waits for.
        try Self.run(
            Self.asOwner + [
                Self.program("initdb"), "-D", folder + "/data", "-U", "postgres", "--auth=trust", "--locale=C",
                "--encoding=UTF8", "--no-sync",
            ])
        try start()
    }

    /// Starts the server and waits until it answers.
    ///
    /// The shell reads by `cat`, not by itself: threads of Swift start their children with signals blocked, and dash
    /// unblocks them only when it runs a program. Without SIGCHLD its `wait` would never end.
    package func start() throws {
        guard let folder else { return }
        let script = """
            trap '' INT
            "$@" >>"$0" 2>&1 </dev/null &
            server=$!
            cat >"$0.answer"
            kill -QUIT $server 2>/dev/null
            wait $server
            [ -s "$0.answer" ] || rm -rf "${0%/log}"
            """
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments =
            ["-c", script, folder + "/log"] + Self.asOwner + [
                Self.program("postgres"), "-D", folder + "/data", "-k", folder, "-c", "listen_addresses=", "-c",
                "fsync=\(isDurable ? "on" : "off")", "-c", "max_connections=200", "-c", "shared_buffers=64MB",
            ]
        let input = Pipe()
        // Another child that held this end as well would keep the server alive.
        _ = fcntl(input.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        process.standardInput = input
        try process.run()
        server.withLock { $0 = process }
        let deadline = ContinuousClock.now + .seconds(30)
        while !((try? Self.run([Self.program("pg_isready"), "-q", "-d", admin])) != nil) {
            guard ContinuousClock.now < deadline else { throw TestPostgresError(what: "the server does not start") }
            usleep(20_000)
        }
    }

    /// Ends the server and all its processes at once, as a failing machine would.
    package func kill() {
        guard let main = mainProcess else { return }
        let children = (try? String(contentsOfFile: "/proc/\(main)/task/\(main)/children", encoding: .utf8)) ?? ""
        // The children of a server that is gone end by themselves; a new one starts when they have.
        for process in [main] + children.split(separator: " ").compactMap({ Int32($0) }) {
            _ = Glibc.kill(process, SIGKILL)
        }
        endShell()
    }

    /// Stops the server in an orderly way: it closes all connections.
    package func stop() {
        if let main = mainProcess {
            _ = Glibc.kill(main, SIGINT)
            // The file goes when the server has stopped.
            for _ in 0..<500 where mainProcess != nil { usleep(10_000) }
        }
        endShell()
    }

    /// The process that takes new connections.
    package var mainProcess: Int32? {
        guard let folder, let lines = try? String(contentsOfFile: folder + "/data/postmaster.pid", encoding: .utf8)
        else { return nil }
        return lines.split(separator: "\n").first.flatMap { Int32($0) }
    }

    private func endShell() {
        guard let process = server.withLock({ $0 }) else { return }
        let input = (process.standardInput as? Pipe)?.fileHandleForWriting
        try? input?.write(contentsOf: Data("keep\n".utf8))
        try? input?.close()
        process.waitUntilExit()
        server.withLock { $0 = nil }
    }

    deinit {
        endShell()
        if let folder { try? FileManager.default.removeItem(atPath: folder) }
    }
}

/// What could not be made for a test.
package struct TestPostgresError: Error {
    package let what: String

    package init(what: String) { self.what = what }
}

// MARK: - Databases

extension TestPostgres {
    /// Makes a database for `body` and drops it afterwards.
    /// - Parameter template: the name of the database that it becomes a copy of; nobody may be connected to that.
    package func withDatabase<T>(template: String = "template0", _ body: (String) async throws -> T) async throws -> T {
        let name = try makeDatabase(template: template)
        defer { try? dropDatabase(name) }
        return try await body(url(of: name))
    }

    /// - Parameter options: further words of CREATE DATABASE.
    /// - Returns: its name.
    package func makeDatabase(template: String = "template0", options: String = "") throws -> String {
        let name = "test_" + UUID().uuidString.lowercased().filter { $0 != "-" }
        try sql("CREATE DATABASE \(name) TEMPLATE \(template) \(options)")
        return name
    }

    package func dropDatabase(_ name: String) throws { try sql("DROP DATABASE IF EXISTS \(name) WITH (FORCE)") }

    /// A URL for a database of this server.
    package func url(of name: String) -> String {
        guard var parts = URLComponents(string: admin) else { return admin }
        parts.path = "/" + name
        return parts.string ?? admin
    }

    /// Runs one statement with psql, by default where other databases are made.
    package func sql(_ statement: String, in database: String? = nil) throws {
        let url = database.map { self.url(of: $0) } ?? admin
        try Self.run([Self.program("psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", statement])
    }
}

// MARK: - Programs

extension TestPostgres {
    /// PostgreSQL refuses to run as root: then it runs as the user that Debian's package makes.
    private static var owner: passwd? { getuid() == 0 ? getpwnam("postgres")?.pointee : nil }

    private static var asOwner: [String] {
        owner == nil ? [] : ["/usr/bin/setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]
    }

    /// From Debian's folder of the newest version, which is not in PATH.
    private static func program(_ name: String) -> String {
        let top = "/usr/lib/postgresql"
        let versions = ((try? FileManager.default.contentsOfDirectory(atPath: top)) ?? []).compactMap { Int($0) }
        let folders = versions.sorted(by: >).map { "\(top)/\($0)/bin" }
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return (folders + path.split(separator: ":").map { String($0) }).map { $0 + "/" + name }
            .first { FileManager.default.isExecutableFile(atPath: $0) } ?? name
    }

    private static func run(_ command: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        // initdb wants a folder that its user may enter.
        process.currentDirectoryURL = URL(fileURLWithPath: "/")
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw TestPostgresError(what: "\(command): \(text)") }
    }
}
