#if PostgreSQL
    import Database
    import StrictJSON
    import TestSupport
    import Testing

    /// Two hubs of the executable on one database behind the load balancer of Cluster.md, as people meet them.
    actor TwoNodes {
        /// Where nothing but the subject of a test stops anybody.
        private static let limits = [
            "AMPHI_TRUSTED_PROXIES": "127.0.0.1", "AMPHI_LIMIT_POSTS_PER_USER": "0",
            "AMPHI_LIMIT_POSTS_PER_SESSION": "0", "AMPHI_LIMIT_COMMANDS_PER_CONNECTION": "0",
            "AMPHI_LIMIT_STEERING_PER_USER": "0",
        ]

        nonisolated let proxy: TestProxy
        /// The way through the load balancer, over TLS.
        nonisolated let front: RunningHub
        nonisolated let kind: TestProxy.Kind
        nonisolated let ports: [String: UInt16]
        private let folder: TestFolder
        private let settings: [String: String]
        private let database: any SQLDatabase
        private var processes: [String: HubProcess]

        private init(
            _ kind: TestProxy.Kind, _ folder: TestFolder, _ settings: [String: String],
            _ started: [String: (process: HubProcess, port: UInt16)]
        ) async throws {
            let certificate = try TestCertificate("proxy", in: folder)
            self.kind = kind
            self.folder = folder
            self.settings = settings
            processes = started.mapValues(\.process)
            let ports = started.mapValues(\.port)
            self.ports = ports
            proxy = try await ClusterGuide.proxy(
                kind, north: ports["north"] ?? 0, south: ports["south"] ?? 0, certificate, in: folder)
            front = RunningHub(port: proxy.port, trusting: certificate.path)
            database = try TestDatabase.server(settings["AMPHI_DATABASE"] ?? "")
        }

        static func start(_ kind: TestProxy.Kind) async throws -> TwoNodes {
            let folder = try TestFolder()
            let settings = try TestEngine.postgres.settings(for: folder).merging(limits) { $1 }
            var started: [String: (process: HubProcess, port: UInt16)] = [:]
            for name in ["north", "south"] {
                started[name] = try await HubProcess.serve(folder, settings.merging(["AMPHI_NODE": name]) { $1 })
            }
            return try await TwoNodes(kind, folder, settings, started)
        }

        /// One node, past the load balancer.
        nonisolated func hub(_ name: String) -> RunningHub { RunningHub(port: ports[name] ?? 0) }

        static func other(_ name: String) -> String { name == "north" ? "south" : "north" }

        // MARK: - Ends of nodes

        nonisolated func signal(_ number: Int32, to name: String) async { await processes[name]?.signal(number) }

        /// Waits until a node has ended, after SIGTERM as it should.
        func finish(_ name: String, after number: Int32) async throws {
            let result = try await processes[name]?.finish()
            let expected = number == SIGTERM ? HubProcess.Ending.exit(0) : .signal(number)
            #expect(result?.ending == expected, "\(result?.errors ?? "")")
        }

        /// Starts a node that has ended again, at the port that the load balancer knows.
        func startAgain(_ name: String) async throws {
            let own = ["AMPHI_NODE": name, "AMPHI_PORT": "\(ports[name] ?? 0)"]
            processes[name] = try await HubProcess.serve(folder, settings.merging(own) { $1 }).process
        }

        func stop() async throws {
            for process in processes.values { try await process.stop() }
            try database.close()
        }

        // MARK: - Who is where

        /// At which nodes each person of the class has a place; a node that was killed keeps those of its people until
        /// the others have missed it.
        func places(of session: Int64) async throws -> [Int64: Set<String>] {
            let rows = try await database.read { connection in
                try connection.query(
                    "SELECT user_id, node FROM live_session_places WHERE session_id = $1 AND lost_at IS NULL",
                    [.integer(session)])
            }
            return Dictionary(rows.map { ($0.integer("user_id"), [$0.text("node")]) }) { $0.union($1) }
        }

        /// A live class for each node, to which the load balancer sends its people.
        func classes(of room: TestCourse) async throws -> [String: Int64] {
            var found: [String: Int64] = [:]
            // Each class has the same chance at both, so these are enough for every run.
            for _ in 0..<24 where found.count < 2 {
                let session = try await hub("south").session(course: room.course)
                try await hub("south").expectOK(
                    "POST", "/api/live-sessions/\(session)/start", token: room.teacher.token)
                // The bound of HAProxy's ring counts whoever is there, so only one is while it is asked.
                if kind == .haproxy { try await proxy.wait(until: "scur", of: "BACKEND", is: "0") }
                let (client, _) = try await front.join(session, as: room.teacher)
                for home in try await places(of: session)[room.teacher.id] ?? [] { found[home] = session }
                try await client.close()
            }
            if kind == .haproxy { try await proxy.wait(until: "scur", of: "BACKEND", is: "0") }
            guard found.count == 2 else { throw TestFailure("all classes are at \(found.keys)") }
            return found
        }
    }

    #if canImport(Glibc)
        import Glibc
    #else
        import Darwin
    #endif
#endif
