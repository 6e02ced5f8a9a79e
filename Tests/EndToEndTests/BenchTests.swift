import StrictJSON
import TestSupport
import Testing

@Suite("The load generator", .timeLimit(.minutes(3)))
struct BenchTests {
    private func bench(_ arguments: [String]) async throws -> HubProcess.Result {
        let folder = try TestFolder()
        let off = [
            "AMPHI_LIMIT_POSTS_PER_USER", "AMPHI_LIMIT_POSTS_PER_SESSION", "AMPHI_LIMIT_CONNECTIONS_PER_USER",
        ]
        let (process, port) = try await HubProcess.serve(
            folder, Dictionary(uniqueKeysWithValues: off.map { ($0, "0") })
        )
        let result = try await HubProcess.run(
            "amphi-bench",
            arguments + ["--url", "http://127.0.0.1:\(port)", "--server-pid", "\(process.pid)", "--json", "-"],
            environment: HubProcess.environment(folder), in: folder, within: .seconds(60)
        )
        process.signal(SIGTERM)
        #expect(try await process.finish().ending == .exit(0))
        return result
    }

    @Test func `fifty clients in two sessions lose nothing`() async throws {
        let result = try await bench([
            "run", "--clients", "50", "--sessions", "2", "--rate", "60", "--duration", "2", "--settle", "0.2",
        ])
        #expect(result.ending == .exit(0), "\(result.output) \(result.errors)")
        let report = try JSON.parse(Array(result.output.utf8), limits: .request)
        #expect(report.objectValue?.isEmpty == false)
    }

    @Test func `through kills and cut connections nobody loses, repeats or reorders anything`() async throws {
        let folder = try TestFolder()
        let result = try await HubProcess.run(
            "amphi-bench",
            ["crash", "--runs", "5", "--seed", "1", "--seconds", "2", "--executable", HubProcess.executable()],
            environment: HubProcess.environment(folder, ["TMPDIR": folder.path]), in: folder, within: .seconds(170)
        )
        #expect(result.ending == .exit(0), "\(result.output) \(result.errors)")
        #expect(result.output.contains("5 runs, 0 with faults"))
        // Not even a folder is left.
        #expect(result.errors == "")
    }

    @Test func `idle clients stay`() async throws {
        let result = try await bench([
            "idle", "--clients", "50", "--sessions", "5", "--duration", "1", "--settle", "0.2",
        ])
        #expect(result.ending == .exit(0), "\(result.output) \(result.errors)")
    }
}

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif
