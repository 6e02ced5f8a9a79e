import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// Who comes in, comes back and stays out while nothing can be written.
extension DiskTests {
    @Test func `whoever loses a connection during an outage and comes back within the grace attends on`() async throws {
        let disk = try FaultyDisk()
        let settings = disk.environment.merging(["AMPHI_LOOPS": "2", "AMPHI_GRACE": "60s"]) { $1 }
        let (process, port) = try await HubProcess.serve(disk.folder, settings)
        let hub = RunningHub(port: port)
        let room = try await hub.testCourse(students: 2)
        let (teacher, _) = try await hub.join(room.session, as: room.teacher)
        let (before, _) = try await hub.join(room.session, as: room.students[0])
        try disk.fail(.full)
        _ = try await before.refusal("chat.post", ["client_id": "during", "text": "\(TestHub.mark) during"])
        _ = try await teacher.next { $0["degraded"] != nil }
        let (during, _) = try await hub.join(room.session, as: room.students[1])
        for client in [before, during] { try await client.close() }
        var back: [WebSocketTestClient] = []
        for student in room.students { back.append(try await hub.join(room.session, as: student).client) }
        try disk.heal()
        _ = try await teacher.next { $0["degraded"]?["on"] == false }
        let end = try await hub.expectOK(
            "POST", "/api/live-sessions/\(room.session)/end", token: room.teacher.token, json: [:]
        )
        let list = try await hub.expectOK(
            "GET", "/api/live-sessions/\(room.session)/attendance", token: room.teacher.token
        )
        for id in [101, 102] as [Int64] {
            let person = try #require(list["participants"]?.arrayValue?.first { $0["user_id"]?.integerValue == id })
            #expect(person["segments"]?.arrayValue?.map { $0["left_at"] } == [end["actual_end_at"]], "\(person.text)")
        }
        for client in back { await client.drop() }
        try await process.stop()
    }

    @Test func `places are counted while nothing can be written`() async throws {
        let disk = try FaultyDisk()
        let (process, hub) = try await Self.serve(disk)
        let room = try await hub.testCourse(students: 5, fields: ["max_participants": 3])
        let (teacher, welcome) = try await hub.join(room.session, as: room.teacher)
        let (first, _) = try await hub.join(room.session, as: room.students[0])
        try await hub.expectOK(
            "POST", "/api/live-sessions/\(room.session)/join", token: room.students[1].token, json: [:]
        )
        try disk.fail(.full)
        // One by a row of the channel, one by a row of REST, one in memory only: full.
        let (third, _) = try await hub.join(room.session, as: room.students[2])
        let late = try await hub.open(room.session)
        let full = try await late.refusedHello(room.students[3].token)
        #expect(full["code"] == "session_full")
        // Everybody who has a place may come back to it, and hosts take none.
        let (second, _) = try await hub.join(room.session, as: room.students[1])
        let (assistant, _) = try await hub.join(room.session, as: room.assistant)
        // A place that somebody gives up is free, though its row says otherwise.
        var seen = try PresencePicture(welcome["presence"] ?? .null)
        seen = try await teacher.presence(seen, until: [2, 3, 101, 102, 103])
        try await first.close()
        seen = try await teacher.presence(seen, until: [2, 3, 102, 103])
        let (fourth, _) = try await hub.join(room.session, as: room.students[3])
        try disk.heal()
        for client in [second, third, fourth, assistant] {
            _ = try await client.next { $0["degraded"]?["on"] == false }
        }
        let last = try await hub.open(room.session)
        let stillFull = try await last.refusedHello(room.students[4].token)
        #expect(stillFull["code"] == "session_full")
        try await process.stop()
    }

    @Test func `whoever may not come in does not come in while nothing can be written`() async throws {
        let disk = try FaultyDisk()
        let (process, hub) = try await Self.serve(disk)
        let room = try await hub.testCourse(students: 3)
        try await hub.enroll(102, in: room.course, isActive: false)
        try await hub.expectOK("POST", "/api/users/103/revoke")
        let later = try await hub.session(course: room.course, startingIn: 600)
        try disk.fail(.full)
        for (session, person, code) in [
            (room.session, room.students[1], "session_not_found"), (room.session, room.students[2], "token_revoked"),
            (room.session, room.outsider, "session_not_found"), (later, room.student, "not_open"),
        ] {
            let client = try await hub.open(session)
            let refusal = try await client.refusedHello(person.token)
            #expect(refusal["code"]?.stringValue == code, "\(person.id)")
        }
        // Nobody knows this one yet: the platform's token must be written down first, so that no answer is right now.
        let newcomer = try hub.token(4711, role: .student)
        let client = try await hub.open(room.session)
        let refusal = try await client.refusedHello(newcomer)
        #expect(refusal["code"] == "store_unavailable" && refusal["reconnect"] != false, "\(refusal.text)")
        let answer = try await hub.http.send("GET", "/api/live-sessions/\(room.session)", token: newcomer)
        #expect(answer.status == 503 && answer.json["code"] == "store_unavailable", "\(answer.text)")
        let (student, _) = try await hub.join(room.session, as: room.student)
        try disk.heal()
        _ = try await student.next { $0["degraded"]?["on"] == false }
        let after = try await hub.open(room.session)
        #expect(try await after.refusedHello(newcomer)["code"] == "session_not_found")
        try await process.stop()
    }
}

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif
