#if PostgreSQL
    import Foundation
    import TestSupport
    import Testing

    /// Several hubs on one PostgreSQL as `amphi-bench cluster` disturbs and checks them.
    @Suite("The load generator: nodes", .timeLimit(.minutes(5)))
    struct ClusterBenchTests {
        private func cluster(_ arguments: [String]) async throws -> HubProcess.Result {
            let folder = try TestFolder()
            let logs = ProcessInfo.processInfo.environment.filter { $0.key == "AMPHI_TEST_LOGS" }
            let environment = HubProcess.environment(folder, logs.merging(["TMPDIR": folder.path]) { $1 })
            return try await HubProcess.run(
                "amphi-bench", ["cluster", "--no-times", "--executable", HubProcess.executable()] + arguments,
                environment: environment, in: folder, within: .seconds(280))
        }

        @Test func `whatever fails between hubs, database and people, nobody loses, repeats or reorders anything`()
            async throws
        {
            let result = try await cluster([
                "--nodes", "3", "--runs", "2", "--seed", "1", "--seconds", "3", "--clients", "12", "--sessions", "2",
                "--rate", "40", "--grace", "2", "--faults",
                "kill,stop,pause,cut,refuse,hold,clients,deaf,crash,immediate", "--standby", "none",
            ])
            #expect(result.ending == .exit(0), "\(result.output) \(result.errors)")
            #expect(result.output.contains("2 runs, 0 with faults"))
            // Not even a folder is left.
            #expect(result.errors == "")
        }

        @Test func `when a standby takes over that a commit waits for, nothing acknowledged is lost`() async throws {
            let result = try await cluster([
                "--nodes", "2", "--seed", "1", "--seconds", "3", "--clients", "8", "--sessions", "1", "--rate", "40",
                "--grace", "2", "--faults", "promote", "--standby", "sync",
            ])
            #expect(result.ending == .exit(0), "\(result.output) \(result.errors)")
            #expect(result.output.contains("1 promote"))
        }

        @Test func `without faults it measures`() async throws {
            let result = try await cluster([
                "--nodes", "2", "--seconds", "2", "--clients", "8", "--sessions", "2", "--rate", "40", "--faults",
                "none",
            ])
            #expect(result.ending == .exit(0), "\(result.output) \(result.errors)")
            for figure in ["posts/s; CPU seconds: hubs", "acknowledgement: p50", "delivery on another hub: p50"] {
                #expect(result.output.contains(figure), "\(result.output)")
            }
        }
    }
#endif
