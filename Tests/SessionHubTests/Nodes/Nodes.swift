#if PostgreSQL
    import StrictJSON
    import TestSupport
    import Testing

    @testable import SessionHub

    /// Two hubs on one database, in this process.
    struct Nodes {
        let north: TestHub
        let south: TestHub
        let room: TestCourse

        /// Runs `body` with two hubs and a live class of three students, whatever the engine of the other tests is.
        static func with(grace: Int64 = 10_000, _ body: (Nodes) async throws -> Void) async throws {
            let folder = try TestFolder()
            try await TestHub.with(folder: folder, { prepare(&$0, "north", folder, grace) }) { north in
                try await TestHub.with(folder: folder, { prepare(&$0, "south", folder, grace) }) { south in
                    let room = try await north.testCourse(students: 3)
                    try await body(Nodes(north: north, south: south, room: room))
                }
            }
        }

        /// Starts another hub on the same database.
        func start(_ name: String, grace: Int64 = 10_000) async throws -> TestHub {
            let folder = north.folder
            return try await TestHub.start(folder: folder) { Self.prepare(&$0, name, folder, grace) }
        }

        private static func prepare(
            _ configuration: inout HubConfiguration, _ name: String, _ folder: TestFolder, _ grace: Int64
        ) {
            // The control socket is called as the node is.
            configuration.node = folder.file(name)
            configuration.windows.grace = grace
            configuration.limits.postsPerUserBurst = 1000
            configuration.limits.commandsPerConnection = 0
        }

        func picture(_ welcome: JSON) throws -> PresencePicture { try PresencePicture(welcome["presence"] ?? .null) }
    }
#endif
