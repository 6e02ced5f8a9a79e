import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// The executable on a disk that fails and comes back (`FaultyDisk`).
@Suite("The executable: a failing disk", .timeLimit(.minutes(3)))
struct DiskTests {
    static let settings = [
        "AMPHI_LOOPS": "2", "AMPHI_GRACE": "300ms", "AMPHI_LIMIT_POSTS_PER_USER": "0",
        "AMPHI_LIMIT_POSTS_PER_SESSION": "0", "AMPHI_LIMIT_COMMANDS_PER_CONNECTION": "0",
    ]

    static func serve(_ disk: FaultyDisk) async throws -> (HubProcess, RunningHub) {
        let (process, port) = try await HubProcess.serve(disk.folder, settings.merging(disk.environment) { $1 })
        return (process, RunningHub(port: port))
    }

    /// Kills the hub, and expects that the next one tells the class as this one did.
    static func expect(
        _ journal: [JSON], of room: TestCourse, afterACrashOf process: HubProcess, on disk: FaultyDisk
    ) async throws {
        try await process.crash()
        let (next, hub) = try await serve(disk)
        #expect(try await hub.journal(room) == journal)
        try await next.stop()
    }

    /// Faults that no commit survives.
    static let outages: [FaultyDisk.Fault] = [.full, .short, .io, .sync]

    @Test(arguments: outages)
    func `a class goes on while the disk fails, and afterwards nothing is missing`(fault: FaultyDisk.Fault) async throws
    {
        let disk = try FaultyDisk()
        let (process, hub) = try await Self.serve(disk)
        let room = try await hub.testCourse(students: 4)
        let (teacher, welcome) = try await hub.join(room.session, as: room.teacher)
        let (staying, _) = try await hub.join(room.session, as: room.students[0])
        let (leaving, _) = try await hub.join(room.session, as: room.students[1])
        var seen = try PresencePicture(welcome["presence"] ?? .null)
        seen = try await teacher.presence(seen, until: [2, 101, 102])
        let before = try await staying.say("\(TestHub.mark) before", clientID: "before")

        try disk.fail(fault)
        let refusal = try await staying.refusal("chat.post", ["client_id": "during", "text": "\(TestHub.mark) during"])
        #expect(refusal["code"] == "store_unavailable")
        #expect(refusal["retry_after_ms"]?.integerValue ?? 0 > 0)
        for client in [teacher, staying, leaving] {
            let told = try await client.next { $0["degraded"] != nil }
            #expect(told["degraded"] == ["on": true, "reason": "store"])
        }
        try await expectReading(room, hub)
        try await expectNoWriting(room, hub)

        // Somebody leaves, somebody comes and stays, somebody comes and leaves again: the others see all of it.
        try await leaving.close()
        seen = try await teacher.presence(seen, until: [2, 101])
        let (late, lateWelcome) = try await hub.join(room.session, as: room.students[2])
        #expect(lateWelcome["events"]?.arrayValue?.last?["client_id"] == "before")
        let lateTold = try await late.next { $0["degraded"] != nil }
        #expect(lateTold["degraded"]?["on"] == true)
        let (brief, _) = try await hub.join(room.session, as: room.students[3])
        seen = try await teacher.presence(seen, until: [2, 101, 103, 104])
        try await brief.close()
        seen = try await teacher.presence(seen, until: [2, 101, 103])
        _ = try await late.ok("typing", ["on": true])
        let typing = try await teacher.next { $0["typing"] != nil }
        #expect(typing["typing"] == [103])
        let outsider = try await hub.open(room.session)
        let refused = try await outsider.refusedHello(room.outsider.token)
        #expect(refused["code"] == "session_not_found")

        let healed = hub.now
        try disk.heal()
        for client in [teacher, staying, late] {
            let told = try await client.next { $0["degraded"] != nil }
            #expect(told["degraded"] == ["on": false])
        }
        let ready = try await hub.http.send("GET", "/readyz")
        #expect(ready.status == 200)
        // The retry is stored, once, right behind what was there before.
        let during = try await staying.say("\(TestHub.mark) during", clientID: "during")
        #expect(during["seq"]?.integerValue == (before["seq"]?.integerValue ?? 0) + 1)
        let again = try await staying.say("\(TestHub.mark) during", clientID: "during")
        #expect(again["seq"] == during["seq"] && again["duplicate"] == true)
        _ = try await late.event("chat.message")
        try await expectAttendance(room, hub, until: healed)
        let journal = try await hub.journal(room)
        let log = await process.errors
        #expect(
            log.count(of: "store cannot be written") == 1 && log.count(of: "store can be written again") == 1, "\(log)")

        try await Self.expect(journal, of: room, afterACrashOf: process, on: disk)
    }

    private func expectReading(_ room: TestCourse, _ hub: RunningHub) async throws {
        for path in ["", "/chat", "/events", "/presence", "/participants", "/attendance"] {
            let path = "/api/live-sessions/\(room.session)\(path)"
            let answer = try await hub.http.send("GET", path, token: room.teacher.token)
            #expect(answer.status == 200, "\(path): \(answer.text)")
        }
        // A token that says something new cannot be taken over now; its owner reads all the same.
        let renamed = try hub.token(2, role: .instructor, email: "new@school.example")
        #expect(try await hub.http.send("GET", "/api/live-sessions/\(room.session)", token: renamed).status == 200)
        #expect(try await hub.http.send("GET", "/livez").status == 200)
    }

    private func expectNoWriting(_ room: TestCourse, _ hub: RunningHub) async throws {
        for (method, path) in [("GET", "/readyz"), ("POST", "/api/live-sessions/\(room.session)/end")] {
            let answer = try await hub.http.send(method, path, token: room.teacher.token)
            #expect(answer.status == 503 && answer.code == "store_unavailable", "\(path): \(answer.text)")
            #expect(answer.header("Retry-After") == "1")
        }
    }

    /// 102 left, 103 came and stayed, 104 came and left, all of it before `healed`.
    private func expectAttendance(_ room: TestCourse, _ hub: RunningHub, until healed: Timestamp) async throws {
        let list = try await hub.expectOK(
            "GET", "/api/live-sessions/\(room.session)/attendance", token: room.teacher.token
        )
        for (id, isPresent) in [(101, true), (102, false), (103, true), (104, false)] as [(Int64, Bool)] {
            let person = try #require(list["participants"]?.arrayValue?.first { $0["user_id"]?.integerValue == id })
            #expect(person["is_present"] == .bool(isPresent), "\(person.text)")
            let segments = person["segments"]?.arrayValue ?? []
            #expect(segments.count == 1, "\(person.text)")
            #expect((segments.first?["joined_at"]?.stringValue ?? "~") < healed.text, "\(person.text)")
            let left = segments.first?["left_at"]?.stringValue
            #expect(isPresent ? left == nil : (left ?? "~") < healed.text, "\(person.text)")
        }
    }

    @Test(arguments: outages)
    func `a hub where nobody writes is not ready within five seconds`(fault: FaultyDisk.Fault) async throws {
        let disk = try FaultyDisk()
        let (process, hub) = try await Self.serve(disk)
        try disk.fail(fault)
        try await hub.wait(forReadiness: 503, within: .seconds(5))
        try disk.heal()
        try await hub.wait(forReadiness: 200, within: .seconds(5))
        try await process.stop()
    }

    @Test func `a commit whose sync failed is there once or not at all, also after a crash`() async throws {
        let disk = try FaultyDisk()
        let (process, hub) = try await Self.serve(disk)
        let room = try await hub.testCourse(students: 1)
        let (student, _) = try await hub.join(room.session, as: room.student)
        let kept = try await student.say("\(TestHub.mark) kept", clientID: "kept")
        // Its frames are in the log, whole and valid; only the sync has failed.
        try disk.fail(.sync)
        let refusal = try await student.refusal("chat.post", ["client_id": "lost", "text": "\(TestHub.mark) lost"])
        #expect(refusal["code"] == "store_unavailable")
        try await process.crash()
        try disk.heal()
        let (second, restarted) = try await Self.serve(disk)
        let (back, _) = try await restarted.join(room.session, as: room.student)
        let retried = try await back.say("\(TestHub.mark) lost", clientID: "lost")
        #expect(retried["seq"]?.integerValue == (kept["seq"]?.integerValue ?? 0) + 1)
        let ids = try await restarted.journal(room).compactMap { $0["client_id"]?.stringValue }
        #expect(ids == ["kept", "lost"])
        try await second.stop()
    }

    @Test func `a hub that is stopped while the disk fails says bye, and what it could not write`() async throws {
        let disk = try FaultyDisk()
        let (process, hub) = try await Self.serve(disk)
        let room = try await hub.testCourse(students: 1)
        let (teacher, welcome) = try await hub.join(room.session, as: room.teacher)
        try disk.fail(.io)
        let (student, _) = try await hub.join(room.session, as: room.student)
        var seen = try PresencePicture(welcome["presence"] ?? .null)
        seen = try await teacher.presence(seen, until: [2, 101])
        process.signal(SIGTERM)
        for client in [teacher, student] {
            let code = try await client.farewell().code
            #expect(code == 4000)
        }
        let result = try await process.finish()
        #expect(result.ending == .exit(0))
        #expect(result.errors.contains("attendance lost"), "\(result.errors)")
        try disk.heal()
        let (second, restarted) = try await Self.serve(disk)
        let (_, back) = try await restarted.join(room.session, as: room.student)
        #expect(try PresencePicture(back["presence"] ?? .null).ids.isSuperset(of: [2]))
        try await second.stop()
    }

    @Test func `a truncation that fails is no outage`() async throws {
        let disk = try FaultyDisk()
        let (process, hub) = try await Self.serve(disk)
        let room = try await hub.testCourse(students: 1)
        let (student, _) = try await hub.join(room.session, as: room.student)
        try disk.fail(.truncate)
        // Enough pages for checkpoints, after which the log begins anew; the hub's stop truncates it.
        for index in 0..<400 { _ = try await student.say("\(TestHub.mark) \(index)", clientID: "\(index)") }
        process.signal(SIGTERM)
        let result = try await process.finish()
        #expect(result.ending == .exit(0) && !result.errors.contains("store cannot be written"), "\(result.errors)")
        let (second, restarted) = try await Self.serve(disk)
        #expect(try await restarted.journal(room).count == 401)
        try await second.stop()
    }

    @Test(arguments: outages)
    func `a database that cannot be written keeps the hub from starting`(fault: FaultyDisk.Fault) async throws {
        let disk = try FaultyDisk()
        let environment = HubProcess.environment(disk.folder, disk.environment)
        // A new one, one that was closed, and one whose hub was killed.
        for ending in [SIGTERM, SIGKILL, SIGTERM] {
            try disk.fail(fault)
            let refused = try await HubProcess.run("amphi", ["serve"], environment: environment, in: disk.folder)
            #expect(refused.ending == .exit(1))
            #expect(refused.errors.contains("amphi: AMPHI_DATABASE: "), "\(refused.errors)")
            try disk.heal()
            let (process, _) = try await HubProcess.serve(disk.folder, disk.environment)
            process.signal(ending)
            _ = try await process.finish()
        }
    }
}

extension RunningHub {
    /// Every event of the class.
    func journal(_ room: TestCourse) async throws -> [JSON] { try await journal(room.session, as: room.teacher) }

    /// Every event of a class, for a host of it.
    func journal(_ session: Int64, as host: TestPerson) async throws -> [JSON] {
        let (client, _) = try await join(session, as: host)
        var events: [JSON] = []
        while true {
            let page = try await client.ok("history", ["after_seq": events.last?["seq"] ?? 0, "limit": 200])
            events += page["events"]?.arrayValue ?? []
            if page["more"] != true { break }
        }
        try await client.close()
        let seqs = events.compactMap { $0["seq"]?.integerValue }
        guard seqs == Array(1...Int64(events.count)) else { throw TestFailure("holes: \(seqs)") }
        return events
    }

    /// Asks until the answer is this one.
    func wait(forReadiness status: Int, within time: Duration) async throws {
        let deadline = Deadline(after: time)
        while try await http.send("GET", "/readyz").status != status {
            if deadline.hasPassed { throw TestFailure("/readyz is not \(status) after \(time)") }
        }
    }
}

extension String {
    fileprivate func count(of part: String) -> Int { ranges(of: part).count }
}

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif
