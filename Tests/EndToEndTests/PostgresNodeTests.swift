#if PostgreSQL
    import Foundation
    import PostgresSupport
    import StrictJSON
    import TestSupport
    import Testing

    /// Several hubs of the executable on one database, of which one fails.
    @Suite("The executable: nodes", .timeLimit(.minutes(3)))
    struct PostgresNodeTests {
        private struct Node {
            let name: String
            let process: HubProcess
            let hub: RunningHub
        }

        private static func start(_ name: String, _ folder: TestFolder, _ settings: [String: String]) async throws
            -> Node
        {
            var settings = settings
            settings["AMPHI_NODE"] = name
            settings["AMPHI_GRACE"] = "3s"
            let (process, port) = try await HubProcess.serve(folder, settings)
            return Node(name: name, process: process, hub: RunningHub(port: port))
        }

        private static func picture(_ welcome: JSON) throws -> PresencePicture {
            try PresencePicture(welcome["presence"] ?? .null)
        }

        @Test func `whose hub was killed goes on at another one, and nobody sees it`() async throws {
            let folder = try TestFolder()
            let settings = try TestEngine.postgres.settings(for: folder)
            let north = try await Self.start("north", folder, settings)
            let south = try await Self.start("south", folder, settings)
            let room = try await north.hub.testCourse(students: 3)
            let (watcher, welcome) = try await south.hub.join(room.session, as: room.teacher)
            let (student, shown) = try await north.hub.join(room.session, as: room.students[0])
            let (lasting, _) = try await north.hub.join(room.session, as: room.students[1])
            var seen = try await watcher.presence(Self.picture(welcome), until: [2, 101, 102])
            let said = try await student.say("\(TestHub.mark) before", clientID: "before")
            let seq = try #require(said["seq"]?.integerValue)
            let epoch = try #require(shown["epoch"]?.stringValue)

            try await north.process.crash()
            let (again, resumed) = try await south.hub.join(
                room.session, as: room.students[0], resume: (seq: seq, epoch: epoch))
            #expect(resumed["resumed"] == true)
            _ = try await again.say("\(TestHub.mark) after", clientID: "after")
            // The other one does not come back: lost after 10 to 13 s, gone after the grace.
            await watcher.wait(atMost: .seconds(40))
            seen = try await watcher.presence(seen, until: [2, 101])
            #expect(seen.changes.filter { $0.hasSuffix("101") } == ["joined 101"])
            #expect(seen.changes.filter { $0.hasSuffix("102") } == ["joined 102", "left 102"])
            await lasting.drop()
            let journal = try await south.hub.journal(room)
            #expect(journal.compactMap { $0["client_id"]?.stringValue } == ["before", "after"])
            #expect(journal.compactMap { $0["seq"]?.integerValue } == Array(1...Int64(journal.count)))

            // The one that was killed starts again as if nothing had been.
            let back = try await Self.start("north", folder, settings)
            let (_, last) = try await back.hub.join(room.session, as: room.students[2])
            #expect(try Self.picture(last).people.keys.sorted() == [2, 101, 103])
            try await back.process.stop()
            try await south.process.stop()
        }

        @Test func `a hub that was stopped for a while writes nothing any more, and ends`() async throws {
            let folder = try TestFolder()
            let settings = try TestEngine.postgres.settings(for: folder)
            let north = try await Self.start("north", folder, settings)
            let south = try await Self.start("south", folder, settings)
            let room = try await north.hub.testCourse(students: 2)
            let (student, _) = try await north.hub.join(room.session, as: room.students[0])
            let (watcher, welcome) = try await south.hub.join(room.session, as: room.teacher)
            var seen = try await watcher.presence(Self.picture(welcome), until: [2, 101])
            _ = try await student.say("\(TestHub.mark) before", clientID: "before")

            north.process.signal(SIGSTOP)
            // What was sent meanwhile waits in the stopped hub's socket.
            try await student.post("chat.post", ["client_id": "late", "text": "\(TestHub.mark) late"])
            await watcher.wait(atMost: .seconds(40))
            seen = try await watcher.presence(seen, until: [2])
            #expect(seen.changes.last == "left 101")
            north.process.signal(SIGCONT)
            let result = try await north.process.finish(within: .seconds(30))
            #expect(result.ending == .exit(1))
            #expect(result.errors.contains("Start the hub again"), "\(result.errors)")
            let journal = try await south.hub.journal(room)
            #expect(journal.compactMap { $0["client_id"]?.stringValue } == ["before"])
            try await south.process.stop()
        }

        @Test func `the check-up and the status tell of all hubs`() async throws {
            let folder = try TestFolder()
            var settings = try TestEngine.postgres.settings(for: folder)
            let north = try await Self.start("north", folder, settings)
            let south = try await Self.start("south", folder, settings)
            try await south.process.stop()
            settings["AMPHI_NODE"] = "north"
            func run(_ command: String) async throws -> HubProcess.Result {
                try await HubProcess.run([command], environment: HubProcess.environment(folder, settings), in: folder)
            }
            let found = try await run("doctor")
            #expect(found.ending == .exit(0), "\(found.output) \(found.errors)")
            for words in ["PostgreSQL 1", "synchronous_standby_names", "hub north: up", "hub south: left"] {
                #expect(found.output.contains(words), "\(found.output)")
            }
            let status = try await run("status")
            #expect(status.output.contains("north: up") && status.output.contains("south: left"), "\(status.output)")
            #expect(status.output.contains("answers here"))
            try await north.process.stop()
        }

        @Test func `a hub with another secret does not join`() async throws {
            let folder = try TestFolder()
            var settings = try TestEngine.postgres.settings(for: folder)
            let north = try await Self.start("north", folder, settings)
            settings["AMPHI_NODE"] = "south"
            settings["JWT_SECRET"] = String(TestHub.secret.reversed())
            let result = try await HubProcess.run(
                ["serve"], environment: HubProcess.environment(folder, settings), in: folder)
            #expect(result.ending == .exit(1))
            #expect(result.errors.contains("JWT_SECRET is not the one of the hub north"), "\(result.errors)")
            // Its own row, of a life that has crashed with the old secret, does not hide that of the others.
            settings["JWT_SECRET"] = TestHub.secret
            let south = try await Self.start("south", folder, settings)
            try await north.process.crash()
            settings["AMPHI_NODE"] = "north"
            settings["JWT_SECRET"] = String(TestHub.secret.reversed())
            let again = try await HubProcess.run(
                ["serve"], environment: HubProcess.environment(folder, settings), in: folder)
            #expect(again.ending == .exit(1))
            #expect(again.errors.contains("JWT_SECRET is not the one of the hub south"), "\(again.errors)")
            try await south.process.stop()
        }
    }
#endif
