import Foundation
import SessionHub
import StrictJSON
import TestSupport
import Testing

#if PostgreSQL
    import Database
    import Dispatch
#endif

/// A hub that moves to another database, and back.
@Suite("The executable: copy", .timeLimit(.minutes(3)))
struct CopyCommandTests {
    private static func copy(_ from: String, _ to: String, _ folder: TestFolder) async throws -> HubProcess.Result {
        try await HubProcess.run(["copy", from, to], in: folder)
    }

    @Test(arguments: TestEngine.allCases)
    func `the demo's class moves, whoever has a link comes in there, and it moves back`(engine: TestEngine) async throws
    {
        let folder = try TestFolder()
        let there = try engine.settings(for: folder)["AMPHI_DATABASE"] ?? folder.file("there.db")
        let demo = try await HubProcess.start(
            "amphi", ["serve", "--demo", "--database", "amphi.db"], environment: HubProcess.environment(folder),
            in: folder)
        var codes: [String] = []
        var session: Int64 = 0
        for _ in 0..<2 {
            let line = try await demo.line(startingWith: "  ")
            codes.append(
                try #require(line.split(separator: "code=").last?.split(separator: "&").first.map(String.init)))
            session = try #require(line.split(separator: "/").last.flatMap { Int64($0) }, "\(line)")
        }
        let port = try await demo.port()
        func enter(_ port: UInt16, _ code: String) async throws -> String {
            let answer = try await RunningHub(port: port).expectOK(
                "POST", "/api/auth/sign-in-link", json: ["code": .string(code)])
            return try #require(answer["token"]?.stringValue)
        }
        let token = try await enter(port, codes[0])
        let client = try await RunningHub(port: port).open(session)
        let welcome = try await client.hello(token)
        let posted = try await client.say("\(TestHub.mark) \"quoted\" \\ 😀", clientID: "moving")
        let served = try await Self.copy("amphi.db", there, folder)
        #expect(served.ending == .exit(1) && served.output == "", "\(served.output)")
        #expect(served.errors.contains("A hub serves ") && served.errors.contains("stop it first"), "\(served.errors)")
        try await demo.stop()

        let moved = try await Self.copy("amphi.db", there, folder)
        #expect(moved.ending == .exit(0), "\(moved.errors)")
        let lines = moved.output.split(separator: "\n").map(String.init)
        #expect(lines.count == JournalScope.tables.count + 2, "\(moved.output)")
        #expect(lines.contains { $0.hasPrefix("live_session_chat ") && !$0.hasSuffix(" 0") }, "\(moved.output)")
        #expect(lines.last?.hasPrefix("Set AMPHI_DATABASE to it and start the hub.") == true)
        let (process, next) = try await HubProcess.serve(folder, ["AMPHI_DATABASE": there])
        let other = try await RunningHub(port: next).open(session).hello(try await enter(next, codes[1]))
        #expect(other["session"]?["status"] == "live")
        let seq = try #require(posted["seq"]?.integerValue)
        let again = try await RunningHub(port: next).open(session)
        let epoch = try #require(welcome["epoch"]?.stringValue)
        let fresh = try await again.hello(token, resume: (seq: seq, epoch: epoch))
        #expect(fresh["resumed"] == false && fresh["epoch"] != welcome["epoch"])
        let texts = fresh["events"]?.arrayValue?.compactMap { $0["text"]?.stringValue } ?? []
        #expect(texts.contains("\(TestHub.mark) \"quoted\" \\ 😀"))
        _ = try await again.say("\(TestHub.mark) there", clientID: "there")
        try await process.stop()

        let back = try await Self.copy(there, "back.db", folder)
        #expect(back.ending == .exit(0), "\(back.errors)")
        let (home, last) = try await HubProcess.serve(folder, ["AMPHI_DATABASE": folder.file("back.db")])
        let end = try await RunningHub(port: last).open(session).hello(token)
        let said = end["events"]?.arrayValue?.compactMap { $0["text"]?.stringValue } ?? []
        #expect(said.contains("\(TestHub.mark) there"))
        try await home.stop()
        // Everything stays where it was.
        let refused = try await Self.copy("amphi.db", there, folder)
        #expect(refused.ending == .exit(1) && refused.errors.contains("is not empty"), "\(refused.errors)")
    }

    @Test func `what makes no sense ends with 64, and what cannot be used with 1`() async throws {
        let folder = try TestFolder()
        for arguments in [["copy"], ["copy", "a.db"], ["copy", "a.db", "b.db", "c.db"], ["copy", "", "b.db"]] {
            #expect(try await HubProcess.run(arguments, in: folder).ending == .exit(64), "\(arguments)")
        }
        #expect(try await HubProcess.run(["migrate"], in: folder).ending == .exit(0))
        let secret = "postgres://amphi:\(TestHub.mark)@127.0.0.1:1/amphi"
        for (from, to) in [("none.db", "b.db"), (secret, "b.db"), ("amphi.db", secret), ("amphi.db", "./amphi.db")] {
            let result = try await Self.copy(from, to, folder)
            #expect(result.ending == .exit(1), "\(from) \(to): \(result.output)")
            #expect(!(result.output + result.errors).contains(TestHub.mark), "\(result.errors)")
            #expect(result.errors.contains("127.0.0.1:1/amphi") || !(from + to).contains("@"), "\(result.errors)")
        }
        #expect(!FileManager.default.fileExists(atPath: folder.file("b.db")))
    }

    #if PostgreSQL
        /// The server holds the copy up at the events, when people and classes are on their way already.
        private static func kill(
            copying from: String, to: String, _ folder: TestFolder, lock mode: String, in database: any SQLDatabase
        ) async throws {
            let (held, released) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
            async let holding: Void = database.read { connection in
                try connection.execute("LOCK TABLE live_session_events IN \(mode) MODE")
                held.signal()
                released.wait()
            }
            defer { released.signal() }
            try await blocking { held.wait() }
            let process = try await HubProcess.start(
                "amphi", ["copy", from, to], environment: HubProcess.environment(folder), in: folder)
            let waits =
                "SELECT 1 AS found FROM pg_locks WHERE NOT granted AND relation = 'live_session_events'::regclass"
            let deadline = ContinuousClock.now + .seconds(30)
            while try await database.read({ try $0.first(waits) }) == nil {
                guard ContinuousClock.now < deadline else { throw TestFailure("it does not come to the events") }
            }
            try await process.crash()
            released.signal()
            try await holding
        }

        @Test func `a copy that is killed leaves an empty database, and the next one succeeds`() async throws {
            let folder = try TestFolder()
            let url = try #require(try TestEngine.postgres.settings(for: folder)["AMPHI_DATABASE"])
            let (hub, port) = try await HubProcess.serve(folder)
            let room = try await RunningHub(port: port).testCourse(students: 2)
            let (client, _) = try await RunningHub(port: port).join(room.session, as: room.student)
            _ = try await client.say("\(TestHub.mark) one", clientID: "one")
            try await hub.stop()
            let environment = HubProcess.environment(folder, ["AMPHI_DATABASE": url])
            let made = try await HubProcess.run("amphi", ["migrate"], environment: environment, in: folder)
            #expect(made.ending == .exit(0), "\(made.errors)")

            let database = try TestDatabase.server(url)
            try await Self.kill(copying: "amphi.db", to: url, folder, lock: "SHARE", in: database)
            let count = "SELECT COUNT(*) AS n FROM users"
            #expect(try await database.read { try $0.first(count)?.integer("n") } == 0)
            let next = try await Self.copy("amphi.db", url, folder)
            #expect(next.ending == .exit(0), "\(next.errors)")

            try await Self.kill(copying: url, to: "back.db", folder, lock: "ACCESS EXCLUSIVE", in: database)
            let left = try SQLiteReader.read(folder.file("back.db")) { try $0.first(count)?.integer("n") }
            #expect(left == 0)
            let back = try await Self.copy(url, "back.db", folder)
            #expect(back.ending == .exit(0), "\(back.errors)")
            let there = try await database.read { try $0.first(count)?.integer("n") }
            let here = try SQLiteReader.read(folder.file("back.db")) { try $0.first(count)?.integer("n") }
            #expect(here == there && here != 0)
            try database.close()
        }
    #endif
}
