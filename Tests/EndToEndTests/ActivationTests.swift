import Foundation
import TestSupport
import Testing

/// The executable with a socket that somebody else has opened, and without its pages.
@Suite("The executable: socket activation and pages", .timeLimit(.minutes(3)))
struct ActivationTests {
    /// A TCP socket on 127.0.0.1 with a number that a spawned process does not need for itself.
    private static func bound(listens: Bool = true) throws -> (fd: Int32, port: UInt16) {
        let first = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer { close(first) }
        let fd = fcntl(first, F_DUPFD_CLOEXEC, 100)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(fd, $0, size) == 0 && (!listens || listen(fd, 10) == 0) && getsockname(fd, $0, &size) == 0
            }
        }
        guard status else { throw TestFailure.system("a socket") }
        return (fd, UInt16(bigEndian: address.sin_port))
    }

    private func start(
        _ sockets: [Int32], _ folder: TestFolder, _ more: [String: String] = [:]
    ) async throws -> HubProcess {
        defer { for socket in sockets { close(socket) } }
        return try await HubProcess.start(
            "amphi", ["serve"], environment: HubProcess.environment(folder, more), in: folder, passing: sockets)
    }

    // Found from outside, no. 20a
    @Test func `a socket that systemd passes is taken in the place of host and port`() async throws {
        let (fd, port) = try Self.bound()
        let process = try await start([fd], try TestFolder(), ["AMPHI_HOST": "192.0.2.1", "AMPHI_PORT": "1"])
        #expect(try await process.line(startingWith: "listening on ") == "listening on http://127.0.0.1:\(port)")
        #expect(try await HTTPTestClient(port: port).send("GET", "/readyz").status == 200)
        let variables = try Data(contentsOf: URL(filePath: "/proc/\(process.pid)/environ"))
        // What the kernel shows is the environment at the start; that it was meant for this process is seen there.
        #expect(String(decoding: variables, as: UTF8.self).contains("LISTEN_PID=\(process.pid)"))
        try await process.stop()
    }

    // Found from outside, no. 20a
    @Test func `variables for another process are not ours`() async throws {
        let folder = try TestFolder()
        let (process, port) = try await HubProcess.serve(folder, ["LISTEN_PID": "1", "LISTEN_FDS": "1"])
        #expect(try await HTTPTestClient(port: port).send("GET", "/livez").status == 200)
        try await process.stop()
    }

    // Found from outside, no. 20a
    @Test func `what is no listening TCP socket, and more than one, is said and exits 1`() async throws {
        var pair: [Int32] = [-1, -1]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
        let file = open("/dev/null", O_RDONLY)
        for (sockets, words) in [
            ([try Self.bound(listens: false).fd], "no listening TCP socket"),
            ([fcntl(pair[0], F_DUPFD_CLOEXEC, 100)], "no listening TCP socket"),
            ([fcntl(file, F_DUPFD_CLOEXEC, 100)], "no listening TCP socket"),
            ([try Self.bound().fd, try Self.bound().fd], "passes 2 sockets"),
        ] {
            let process = try await start(sockets, try TestFolder())
            let result = try await process.finish()
            #expect(result.ending == .exit(1))
            #expect(result.errors.contains("LISTEN_FDS") && result.errors.contains(words), "\(result.errors)")
        }
        for descriptor in pair + [file] { close(descriptor) }
    }

    // Found from outside, no. 20a
    @Test func `without its pages the hub says so at the start, and the doctor exits 1`() async throws {
        let folder = try TestFolder()
        let half = folder.file("half")
        try FileManager.default.createDirectory(atPath: half, withIntermediateDirectories: true)
        try folder.write("<!doctype html>", to: "half/index.html")
        for (root, words) in [("/nowhere", "no folder with index.html"), (half, "has no sign-in.html")] {
            let variables = ["AMPHI_WEB_ROOT": root]
            let (process, port) = try await HubProcess.serve(folder, variables)
            #expect(try await HTTPTestClient(port: port).send("GET", "/livez").status == 200)
            process.signal(SIGTERM)
            let result = try await process.finish()
            #expect(result.ending == .exit(0))
            #expect(result.errors.contains("AMPHI_WEB_ROOT") && result.errors.contains(words), "\(result.errors)")
            let doctor = try await HubProcess.run(
                "amphi", ["doctor"], environment: HubProcess.environment(folder, variables), in: folder)
            #expect(doctor.ending == .exit(1))
            #expect(doctor.output.contains("PROBLEM  AMPHI_WEB_ROOT") && doctor.output.contains(words))
        }
    }
}
