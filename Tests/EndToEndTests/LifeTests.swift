import Database
import Foundation
import Logging
import StrictJSON
import TestSupport
import Testing

/// What happens to a class while its hub goes on, or is started again: time, a new certificate, an import.
@Suite("The executable: a class in the course of time", .timeLimit(.minutes(3)))
struct LifeTests {
    private func stop(_ process: HubProcess) async throws {
        process.signal(SIGTERM)
        let ending = try await process.finish().ending
        #expect(ending == .exit(0))
    }

    /// Changes the store of a hub that does not run.
    private func change(_ folder: TestFolder, _ sql: String) async throws {
        let database = try SQLiteDatabase(path: folder.file("amphi.db"), readers: 1, logger: Logger(label: "test"))
        _ = try await database.write { try $0.execute(sql, []) }
        try database.close()
    }

    @Test func `a class that nobody ends ends by itself, although the hub was started again in between`() async throws {
        let folder = try TestFolder()
        let keys = ["AMPHI_AUTO_END": "1s", "AMPHI_GRACE": "1s"]
        let (first, port) = try await HubProcess.serve(folder, keys)
        let room = try await RunningHub(port: port).testCourse(students: 1)
        try await stop(first)
        // Its hours pass while nobody serves.
        let past = "scheduled_start_at = 1000, actual_start_at = 1000, scheduled_end_at = 2000"
        try await change(folder, "UPDATE live_sessions SET \(past)")

        let (second, next) = try await HubProcess.serve(folder, keys)
        let (early, _) = try await RunningHub(port: next).join(room.session, as: room.student)
        await early.wait(atMost: .seconds(40))
        let announced = try await early.event("session.ending")
        #expect(announced["ends_at"]?.stringValue != nil, "\(announced.text)")
        try await stop(second)
        _ = early
        // And so does the time between the announcement and the end.
        try await change(folder, "UPDATE live_sessions SET ending_at = 4000")

        let (third, last) = try await HubProcess.serve(folder, keys)
        let hub = RunningHub(port: last)
        let (student, welcome) = try await hub.join(room.session, as: room.student)
        #expect(welcome["session"]?["status"] == "live")
        await student.wait(atMost: .seconds(40))
        let ended = try await student.event("session.ended")
        #expect(ended["ended_by"] == "system", "\(ended.text)")
        let row = try await hub.expectOK("GET", "/api/live-sessions/\(room.session)", token: room.teacher.token)
        #expect(row["status"] == "ended")
        try await stop(third)
        _ = student
    }

    @Test func `SIGHUP is for connections to come: those that are open stay`() async throws {
        let folder = try TestFolder()
        let certificate = try TestCertificate("hub", in: folder)
        let old = try certificate.copy(to: "old.pem", in: folder)
        let keys = ["AMPHI_TLS_CERT": certificate.path, "AMPHI_TLS_KEY": certificate.keyPath, "AMPHI_LOOPS": "2"]
        let (process, port) = try await HubProcess.serve(folder, keys)
        let hub = RunningHub(port: port, trusting: old)
        let room = try await hub.testCourse(students: 2)
        let (student, _) = try await hub.join(room.session, as: room.students[0])
        let (neighbour, _) = try await hub.join(room.session, as: room.students[1])
        _ = try await neighbour.ok("ping")

        _ = try TestCertificate("hub", in: folder)
        process.signal(SIGHUP)
        while await !process.errors.contains("certificate read again") { await Task.yield() }
        // Twice as many as loops, so that each has met the new one.
        for _ in 0..<4 {
            let answer = try await HTTPTestClient(port: port, trusting: certificate.path).send("GET", "/livez")
            #expect(answer.status == 200)
        }
        await #expect(throws: TestFailure.self) { try await hub.http.send("GET", "/livez") }
        let said = try await student.say("still here", clientID: "s")
        let heard = try await neighbour.events(through: said["seq"]?.integerValue ?? 0)
        #expect(heard.last?["text"] == "still here")

        // A key that does not fit is told, and nothing changes.
        try Data("no key".utf8).write(to: URL(filePath: certificate.keyPath))
        process.signal(SIGHUP)
        while await !process.errors.contains("the certificate cannot be used") { await Task.yield() }
        let answer = try await HTTPTestClient(port: port, trusting: certificate.path).send("GET", "/livez")
        #expect(answer.status == 200)
        _ = try await student.ok("ping")
        try await stop(process)
        _ = (student, neighbour)
    }

    @Test func `an import that ends an enrollment ends the connection, and one that begins it again opens the door`()
        async throws
    {
        let folder = try TestFolder()
        let (process, port) = try await HubProcess.serve(folder, ["AMPHI_GRACE": "1s"])
        let hub = RunningHub(port: port)
        let room = try await hub.testCourse(students: 3)
        let (teacher, welcome) = try await hub.join(room.session, as: room.teacher)
        var clients: [WebSocketTestClient] = []
        for student in room.students { clients.append(try await hub.join(room.session, as: student).client) }
        let everybody = try await teacher.presence(
            PresencePicture(welcome["presence"] ?? .null), until: [2, 101, 102, 103]
        )
        let ended = [101, 102].map { #"{"enrollment":{"course_id":1,"user_id":\#($0),"is_active":false}}"# }
        try await send(ended.joined(separator: "\n"), to: hub)
        for client in clients.prefix(2) {
            let (bye, code) = try await client.farewell()
            #expect(bye["code"] == 4502 && bye["reconnect"] == false && code == 4502, "\(bye.text)")
        }
        let left = try await teacher.presence(everybody, until: [2, 103])
        #expect(left.changes.filter { $0.hasPrefix("left") }.sorted() == ["left 101", "left 102"])
        _ = try await clients[2].say("I may stay", clientID: "a")
        let outside = try await hub.open(room.session)
        let refusal = try await outside.refusedHello(room.students[0].token)
        #expect(refusal["code"] == "session_not_found", "\(refusal.text)")

        try await send(#"{"enrollment":{"course_id":1,"user_id":101,"is_active":true}}"#, to: hub)
        let (again, _) = try await hub.join(room.session, as: room.students[0])
        _ = try await again.say("Back", clientID: "b")
        try await stop(process)
        _ = (teacher, clients)
    }

    private func send(_ lines: String, to hub: RunningHub) async throws {
        let answer = try await hub.http.send(
            "POST", "/api/directory/import", token: hub.serviceToken(),
            headers: [("Content-Type", "application/x-ndjson")], body: Array(lines.utf8)
        )
        #expect(answer.status == 200, "\(answer.text)")
    }
}
