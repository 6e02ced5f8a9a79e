import Foundation
import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// A disk that does not answer, neither well nor badly: a sync that does not return.
extension DiskTests {
    // Found from outside, no. 5
    @Test(arguments: [FaultyDisk.Fault.hang, .freeze])
    func `a disk that does not answer counts as one that fails, and a class goes on`(fault: FaultyDisk.Fault)
        async throws
    {
        let disk = try FaultyDisk()
        let (process, hub) = try await Self.serve(disk)
        let room = try await hub.testCourse(students: 3)
        let (teacher, _) = try await hub.join(room.session, as: room.teacher)
        let (student, _) = try await hub.join(room.session, as: room.students[0])
        let before = try await student.say("\(TestHub.mark) before", clientID: "before")
        let seq = try #require(before["seq"]?.integerValue)
        try disk.fail(fault)
        let refusal = try await student.refusal("chat.post", ["client_id": "during", "text": "\(TestHub.mark) during"])
        #expect(refusal["code"] == "store_unavailable" && refusal["retry_after_ms"]?.integerValue ?? 0 > 0)
        for client in [teacher, student] {
            let told = try await client.next { $0["degraded"] != nil }
            #expect(told["degraded"] == ["on": true, "reason": "store"])
        }
        // Nobody waits any more: not for writing, and reading goes on.
        for path in ["/readyz", "/api/live-sessions/\(room.session)/participants"] {
            let answer = try await hub.http.send("GET", path, token: room.teacher.token)
            #expect(answer.status == (path == "/readyz" ? 503 : 200), "\(path)")
        }
        let update = try await hub.http.send(
            "PUT", "/api/live-sessions/\(room.session)", token: room.teacher.token, json: ["title": "Other"]
        )
        #expect(update.status == 503 && update.header("Retry-After") == "1")
        let (late, welcome) = try await hub.join(room.session, as: room.students[1])
        #expect(welcome["seq"] == .integer(seq))
        _ = try await late.ok("typing", ["on": true])
        #expect(try await teacher.next { $0["typing"] != nil } == ["typing": [102]])
        try disk.heal()
        for client in [teacher, student, late] { _ = try await client.next { $0["degraded"]?["on"] == false } }
        // It was written after all, everybody hears of it, and the retry is told so.
        let event = try await late.event("chat.message")
        #expect(event["client_id"] == "during" && event["seq"] == .integer(seq + 1))
        let again = try await student.say("\(TestHub.mark) during", clientID: "during")
        #expect(again["seq"] == .integer(seq + 1) && again["duplicate"] == true)
        let log = await process.errors
        #expect(log.ranges(of: "store cannot be written").count == 1, "\(log)")
        #expect(log.ranges(of: "store can be written again").count == 1, "\(log)")
        try await process.stop()
    }

    // Found from outside, no. 5
    @Test func `commands that only read write nothing, with a hub whose disk hangs and without a hub`() async throws {
        let commands = [["token", "--list"], ["token", "--user", "7"], ["doctor"], ["status"]]
        let disk = try FaultyDisk()
        let folder = disk.folder
        let environment = HubProcess.environment(folder, disk.environment)
        func run(_ arguments: [String]) async throws -> HubProcess.Result {
            try await HubProcess.run(arguments, environment: environment, in: folder)
        }
        // Nobody has made a file, and a look makes none.
        #expect(try await run(["token", "--list"]).output == "")
        #expect(try await run(["token", "--user", "7"]).ending == .exit(0))
        #expect(!FileManager.default.fileExists(atPath: folder.file("amphi.db")))
        let (process, hub) = try await Self.serve(disk)
        _ = try await hub.testCourse(students: 1)
        #expect(try await run(["token", "--service", "platform"]).ending == .exit(0))
        func stored() -> [Data] {
            ["amphi.db", "amphi.db-wal"].map { FileManager.default.contents(atPath: folder.file($0)) ?? Data() }
        }
        func expectNothingWritten(_ commands: [[String]]) async throws {
            let before = stored()
            for command in commands {
                let result = try await run(command)
                #expect(result.ending == .exit(0), "\(command): \(result.errors)")
                if command.contains("--list") { #expect(result.output.hasPrefix("platform: known since ")) }
            }
            #expect(stored() == before)
        }
        try disk.fail(.freeze)
        try await expectNothingWritten(commands)
        try disk.heal()
        try await process.stop()
        try disk.fail(.freeze)
        try await expectNothingWritten(commands.dropLast())
    }

    // Found from outside, no. 5
    @Test func `what was refused and written after all is known on the retry, and a seat is not kept`() async throws {
        let disk = try FaultyDisk()
        let (process, hub) = try await Self.serve(disk)
        let room = try await hub.testCourse(students: 2, isLive: false)
        let path = "/api/live-sessions/\(room.session)"
        let key = [("Idempotency-Key", "once"), ("Content-Type", "application/json")]
        let exam: JSON = [
            "title": "Exam", "scheduled_start_at": "2031-01-01T10:00:00Z", "scheduled_end_at": "2031-01-01T11:00:00Z",
        ]
        func create() async throws -> TestResponse {
            try await hub.http.send(
                "POST", "/api/courses/1/live-sessions", token: room.teacher.token, headers: key, body: exam.encoded()
            )
        }
        try disk.fail(.hang)
        #expect(try await hub.http.send("POST", "\(path)/start", token: room.teacher.token).status == 503)
        try disk.heal()
        try await hub.waitUntilReady()
        let again = try await hub.http.send("POST", "\(path)/start", token: room.teacher.token)
        #expect(again.code == "already_live", "\(again.text)")

        try disk.fail(.hang)
        #expect(try await create().status == 503)
        try disk.heal()
        try await hub.waitUntilReady()
        let repeated = try await create()
        #expect(repeated.status == 409 && repeated.code == "conflict", "\(repeated.text)")
        let all = try await hub.expectOK("GET", "/api/courses/1/live-sessions", token: room.teacher.token)
        #expect(all.arrayValue?.filter { $0["title"] == "Exam" }.count == 1, "\(all.text)")

        try disk.fail(.hang)
        let joined = try await hub.http.send("POST", "\(path)/join", token: room.students[0].token, json: [:])
        #expect(joined.status == 503)
        try disk.heal()
        try await hub.waitUntilReady()
        // The join is written, and given up by the commit after it.
        try await Self.untilNobodyIsThere(path, hub, room)

        // Let in without the store, and gone before its own admission is written: nobody is left behind.
        try disk.fail(.hang)
        let (brief, _) = try await hub.join(room.session, as: room.students[1])
        try await brief.close()
        try disk.heal()
        try await hub.waitUntilReady()
        try await Self.untilNobodyIsThere(path, hub, room)
        try await process.stop()
    }

    /// Waits until the store says that everybody has left.
    private static func untilNobodyIsThere(_ path: String, _ hub: RunningHub, _ room: TestCourse) async throws {
        let deadline = Deadline(after: .seconds(20))
        while true {
            let list = try await hub.expectOK("GET", "\(path)/attendance", token: room.teacher.token)
            let rows = list["participants"]?.arrayValue ?? []
            if rows.allSatisfy({ $0["is_present"] == false && $0["left_at"] != .null }) { return }
            if deadline.hasPassed { throw TestFailure("still there: \(list.text)") }
        }
    }

    // Found from outside, no. 5
    @Test(arguments: [FaultyDisk.Fault.hang, .freeze])
    func `a hub that is stopped while the disk does not answer says bye and ends`(fault: FaultyDisk.Fault) async throws
    {
        let disk = try FaultyDisk()
        let (process, hub) = try await Self.serve(disk)
        let room = try await hub.testCourse(students: 1)
        let (teacher, _) = try await hub.join(room.session, as: room.teacher)
        let (student, _) = try await hub.join(room.session, as: room.student)
        let kept = try await student.say("\(TestHub.mark) kept", clientID: "kept")
        try disk.fail(fault)
        let start = ContinuousClock.now
        process.signal(SIGTERM)
        for client in [teacher, student] { #expect(try await client.farewell().code == 4000) }
        let result = try await process.finish(within: .seconds(40))
        #expect(result.ending == .exit(0), "\(result.errors)")
        // Its promise is ten; the rest is for a busy machine.
        #expect(ContinuousClock.now - start < .seconds(20))
        #expect(result.errors.contains("database not closed"), "\(result.errors)")
        try disk.heal()
        let (second, restarted) = try await Self.serve(disk)
        let (_, back) = try await restarted.join(room.session, as: room.student)
        #expect(back["seq"] == kept["seq"])
        try await second.stop()
    }

    // Found from outside, no. 5
    @Test(arguments: [SIGTERM, SIGINT], [false, true])
    func `a hub whose disk does not answer at its start says so, and a signal ends it`(
        signal: Int32, isFileThere: Bool
    ) async throws {
        let disk = try FaultyDisk()
        if isFileThere {
            let (first, _) = try await Self.serve(disk)
            try await first.stop()
        }
        try disk.fail(.freeze)
        let process = try await HubProcess.start(
            "amphi", ["serve"], environment: HubProcess.environment(disk.folder, disk.environment), in: disk.folder
        )
        try await Self.untilItSaysSo(process)
        let start = ContinuousClock.now
        process.signal(signal)
        let result = try await process.finish(within: .seconds(20))
        #expect(ContinuousClock.now - start < .seconds(10))
        #expect(result.ending == .signal(signal) || result.ending == .exit(1), "\(result.ending) \(result.errors)")
        #expect(result.errors.ranges(of: "disk may not answer").count == 1, "\(result.errors)")
    }

    // Found from outside: a reload while the hub started ended it, and systemd took that for a clean end.
    @Test func `a hub that is told to read its certificate again while it starts does so when it serves`() async throws
    {
        let disk = try FaultyDisk()
        let certificate = try TestCertificate("hub", in: disk.folder)
        var keys = disk.environment
        keys["AMPHI_TLS_CERT"] = certificate.path
        keys["AMPHI_TLS_KEY"] = certificate.keyPath
        try disk.fail(.freeze)
        let process = try await HubProcess.start(
            "amphi", ["serve"], environment: HubProcess.environment(disk.folder, keys), in: disk.folder
        )
        try await Self.untilItSaysSo(process)
        process.signal(SIGHUP)
        try disk.heal()
        _ = try await process.port(within: .seconds(30))
        while await !process.errors.contains("certificate read again") { await Task.yield() }
        try await process.stop()
    }

    private static func untilItSaysSo(_ process: HubProcess) async throws {
        let deadline = Deadline(after: .seconds(20))
        while await !process.errors.contains("disk may not answer") {
            if deadline.hasPassed { throw TestFailure("it says nothing") }
            try await Task.sleep(for: .milliseconds(50))
        }
    }
}

extension RunningHub {
    func waitUntilReady() async throws {
        let deadline = Deadline(after: .seconds(20))
        while try await http.send("GET", "/readyz").status != 200 {
            if deadline.hasPassed { throw TestFailure("not ready") }
        }
    }
}

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif
