import Foundation
import StrictJSON
import TestSupport
import Testing

@Suite("The load generator", .timeLimit(.minutes(3)))
struct BenchTests {
    /// Runs amphi-bench against a hub of its own; the report is of a run that ended with status 0.
    private func bench(_ arguments: [String], hub: [String: String] = [:]) async throws -> JSON {
        let folder = try TestFolder()
        let off = [
            "AMPHI_LIMIT_POSTS_PER_USER", "AMPHI_LIMIT_POSTS_PER_SESSION", "AMPHI_LIMIT_CONNECTIONS_PER_USER",
        ]
        let limits = Dictionary(uniqueKeysWithValues: off.map { ($0, "0") })
        let (process, port) = try await HubProcess.serve(folder, limits.merging(hub) { $1 })
        let report = try await report(
            arguments + ["--url", "http://127.0.0.1:\(port)", "--server-pid", "\(process.pid)"], in: folder)
        try await process.stop()
        return report
    }

    private func report(_ arguments: [String], in folder: TestFolder) async throws -> JSON {
        let result = try await HubProcess.run(
            "amphi-bench", arguments + ["--json", "-"],
            environment: Self.environment(folder), in: folder, within: .seconds(90))
        #expect(result.ending == .exit(0), "\(result.output) \(result.errors)")
        return try JSON.parse(Array(result.output.utf8), limits: .request)
    }

    /// It starts hubs of its own: their folders stand in `folder`, and the run that keeps the logs keeps theirs.
    private static func environment(_ folder: TestFolder) -> [String: String] {
        let logs = ProcessInfo.processInfo.environment.filter { $0.key == "AMPHI_TEST_LOGS" }
        return HubProcess.environment(folder, logs.merging(["TMPDIR": folder.path]) { $1 })
    }

    private func count(_ name: String, in report: JSON) -> Int64? { report[name]?.integerValue }

    @Test func `fifty clients in two sessions lose nothing`() async throws {
        let report = try await bench([
            "run", "--clients", "50", "--sessions", "2", "--rate", "60", "--duration", "2", "--settle", "0.2",
        ])
        #expect(report["clean"] == true)
    }

    @Test func `posts that filled the journal before are no part of the figures`() async throws {
        let report = try await bench([
            "run", "--clients", "4", "--sessions", "2", "--prefill", "300", "--in-flight", "2", "--duration", "0.5",
            "--settle", "0.1",
        ])
        let posts = try #require(report["posts"])
        let (sent, committed) = (count("sent", in: posts), count("committed", in: posts))
        // Everything is checked, also what stood there before.
        #expect(try #require(committed) >= #require(sent) + 300)
        #expect(count("acknowledged", in: posts) == sent)
    }

    @Test func `slow readers catch up on their own connection`() async throws {
        let report = try await bench([
            "slow", "--clients", "30", "--senders", "5", "--slow-share", "0.2", "--stopped-share", "0.1", "--rate",
            "200", "--base", "0.5", "--duration", "2",
        ])
        #expect(count("slow_clients", in: report) == 6)
        #expect(count("slow_converged_in_place", in: report) == 6)
        #expect(count("stopped_clients", in: report) == 3)
        #expect(count("stopped_converged_in_place", in: report) == 3)
        #expect(report["losses"] == [:])
    }

    @Test func `who stopped reading is closed, comes back and has everything`() async throws {
        // So much goes by that the resumption has to page: over 1,000 events after the pong was missed.
        let report = try await bench(
            [
                "slow", "--clients", "12", "--senders", "5", "--slow-share", "0", "--stopped-share", "0.1", "--rate",
                "600", "--base", "0.5", "--duration", "8",
            ], hub: ["AMPHI_LIMIT_PING": "1s", "AMPHI_LIMIT_PONG": "3s"])
        #expect(count("stopped_clients", in: report) == 1)
        #expect(count("stopped_lost_connection", in: report) == 1)
        #expect(count("stopped_converged", in: report) == 1)
        #expect(count("returns", in: report) == 1)
    }

    @Test func `a wave of joins is counted`() async throws {
        let report = try await bench([
            "joins", "--clients", "40", "--talkers", "2", "--rate", "100", "--chat-rate", "20", "--settle", "0.5",
        ])
        #expect(count("clients", in: report) == 40)
        #expect(report["join_latency_ms"]?["count"]?.integerValue == 40)
        #expect(try #require(count("presence_frames_per_second_max", in: report)) > 0)
    }

    @Test func `a storm of votes ends with exact counts`() async throws {
        let report = try await bench([
            "votes", "--clients", "20", "--votes", "240", "--duration", "1", "--questions", "3",
        ])
        #expect(count("votes", in: report) == 240)
        #expect(report["vote_latency_ms"]?["count"]?.integerValue == 240)
        #expect(try #require(count("standing", in: report)) > 0)
        #expect(try #require(count("frames", in: report)) > 20)
    }

    @Test func `hands end in one order`() async throws {
        let report = try await bench(["hands", "--clients", "30", "--rate", "200"])
        // All 30, two of three of them, and half of these.
        #expect(count("moves", in: report) == 60)
        #expect(report["move_latency_ms"]?["count"]?.integerValue == 60)
        #expect(try #require(count("presence_frames_most", in: report)) > 0)
    }

    @Test func `nothing is stored behind what a host did`() async throws {
        let report = try await bench(["removal", "--clients", "8", "--rounds", "3"], hub: ["AMPHI_LOOPS": "3"])
        #expect(count("behind", in: report) == 0)
        #expect(report["mute_ms"]?["count"]?.integerValue == 3)
        // 8, 7 and 6: who is removed is no longer there for the lock of the next round.
        #expect(report["lock_ms"]?["count"]?.integerValue == 21)
        #expect(report["removal_ms"]?["count"]?.integerValue == 3)
    }

    @Test func `after a planned restart all resume and nobody seemed to leave`() async throws {
        let folder = try TestFolder()
        let report = try await report(
            [
                "restart", "--clients", "25", "--post-seconds", "0.3", "--watch", "0.5", "--executable",
                HubProcess.executable(),
            ], in: folder)
        #expect(count("back", in: report) == 25)
        #expect(count("resumed", in: report) == 25)
        #expect(count("presence_changes", in: report) == 0)
        #expect(report["byes"] == ["4000": 25])
    }

    @Test func `a relay of plain texts is measured in the same way`() async throws {
        let relay = try Relay()
        defer { relay.stop() }
        let report = try await report(
            [
                "peer", "--url", "ws://127.0.0.1:\(relay.port)/room/{room}", "--clients", "20", "--sessions", "2",
                "--in-flight", "4", "--duration", "0.5", "--settle", "0.1",
            ], in: TestFolder())
        let (posts, deliveries) = try (#require(report["posts"]), #require(report["deliveries"]))
        #expect(count("count", in: deliveries) == count("sent", in: posts).map { $0 * 10 })
    }

    @Test func `through kills and cut connections nobody loses, repeats or reorders anything`() async throws {
        let folder = try TestFolder()
        let result = try await HubProcess.run(
            "amphi-bench",
            ["crash", "--runs", "5", "--seed", "1", "--seconds", "2", "--executable", HubProcess.executable()],
            environment: Self.environment(folder), in: folder, within: .seconds(170)
        )
        #expect(result.ending == .exit(0), "\(result.output) \(result.errors)")
        #expect(result.output.contains("5 runs, 0 with faults"))
        // Not even a folder is left.
        #expect(result.errors == "")
    }

    @Test func `idle clients stay`() async throws {
        let report = try await bench([
            "idle", "--clients", "50", "--sessions", "5", "--duration", "1", "--settle", "0.2",
        ])
        #expect(report["clean"] == true)
    }
}

/// The Python server of the comparison, on a port that it chooses itself.
private final class Relay {
    let port: UInt16
    private let process = Process()

    init() throws {
        let output = Pipe()
        let python = ProcessInfo.processInfo.environment["AMPHI_TEST_PYTHON"] ?? "python3"
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [python, "\(PackageFolder.root)/Tests/Benchmarks/peers/websockets_relay.py", "0"]
        process.standardOutput = output
        // It tells of every connection that does not wait for its Close.
        process.standardError = FileHandle.nullDevice
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        let digits = line.split(separator: ":").last?.prefix { $0.isNumber }
        port = try #require(digits.flatMap { UInt16($0) }, "no port: is websockets installed (Tests/run does it)?")
    }

    /// Not SIGTERM: the child inherits the signal mask of a thread that may block it.
    func stop() { kill(process.processIdentifier, SIGKILL) }
}

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif
