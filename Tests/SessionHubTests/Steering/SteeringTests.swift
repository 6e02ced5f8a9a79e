import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

@Suite("Channel: start, end, update", .timeLimit(.minutes(3)))
struct SteeringTests {
    // MARK: - Over the channel

    @Test(arguments: [1, 2])
    func `a host starts, changes and ends the class and everybody hears of it`(loops: Int) async throws {
        try await TestHub.with({ $0.loops = loops }) { hub in
            let room = try await hub.testCourse(students: 1, isLive: false)
            let (teacher, _) = try await hub.join(room.session, as: room.teacher)
            let (assistant, _) = try await hub.join(room.session, as: room.assistant)
            let (student, _) = try await hub.join(room.session, as: room.student)
            #expect(try await teacher.ok("session.start") == ["seq": 1])
            #expect(try await assistant.ok("session.update", ["title": "New", "is_chat_enabled": false]) == ["seq": 2])
            let recording: JSON = ["recording_url": "https://video.example/1"]
            #expect(try await teacher.ok("session.end", recording) == ["seq": 3])
            for client in [teacher, assistant, student] {
                let events = try await client.events(through: 3)
                let at = try events.map { try #require($0["at"]) }
                #expect(
                    events == [
                        [
                            "seq": 1, "type": "session.started", "at": at[0], "actual_start_at": at[0],
                            "by": room.teacher.shown(as: "instructor"),
                        ],
                        [
                            "seq": 2, "type": "session.updated", "at": at[1],
                            "changes": ["title": "New", "is_chat_enabled": false],
                            "by": room.assistant.shown(as: "moderator"),
                        ],
                        [
                            "seq": 3, "type": "session.ended", "at": at[2], "actual_end_at": at[2], "ended_by": "host",
                            "recording_url": "https://video.example/1", "by": room.teacher.shown(as: "instructor"),
                        ],
                    ]
                )
            }
            let row = try await hub.expectOK("GET", "/api/live-sessions/\(room.session)", token: room.student.token)
            #expect(row["status"] == "ended")
            #expect(row["title"] == "New")
        }
    }

    @Test(arguments: ["session.start", "session.end", "session.update"])
    func `a participant may not steer`(type: String) async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1, isLive: false)
            let (student, _) = try await hub.join(room.session, as: room.student)
            #expect(try await student.refusal(type, ["title": "Mine"])["code"] == "forbidden")
            #expect(try await hub.journal(room.session).isEmpty)
        }
    }

    @Test func `what the state does not allow is refused with its code`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1, isLive: false)
            let (teacher, _) = try await hub.join(room.session, as: room.teacher)
            #expect(try await teacher.refusal("session.end")["code"] == "not_live")
            _ = try await teacher.ok("session.start")
            #expect(try await teacher.refusal("session.start")["code"] == "already_live")
            let fixed = try await teacher.refusal("session.update", ["scheduled_start_at": "2030-01-01T00:00:00Z"])
            #expect(fixed["code"] == "already_live")
            #expect(fixed["field"] == "scheduled_start_at")
            _ = try await teacher.ok("session.end")
            #expect(try await teacher.refusal("session.start")["code"] == "session_over")
            #expect(try await teacher.refusal("session.end")["code"] == "session_over")
            #expect(try await teacher.refusal("session.update", ["is_chat_enabled": false])["code"] == "session_over")
            #expect(try await hub.journal(room.session).map(\.kind.name) == ["session.started", "session.ended"])
        }
    }

    @Test(
        arguments: [
            ("title", 7), ("title", .string(String(repeating: "x", count: 256))),
            ("scheduled_end_at", "2026-03-15T10:00:00"),
            ("scheduled_end_at", "2001-01-01T00:00:00Z"), ("scheduled_end_at", 5), ("max_participants", 0),
            ("max_participants", "many"), ("is_chat_enabled", "no"), ("thumbnail_url", "javascript:alert(1)"),
        ] as [(String, JSON)])
    func `an update names the field that is wrong and changes nothing`(field: String, value: JSON) async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1)
            let (teacher, _) = try await hub.join(room.session, as: room.teacher)
            let error = try await teacher.refusal("session.update", .object(JSONObject([(field, value)])))
            #expect(error["code"] == "invalid_field")
            #expect(error["field"]?.stringValue == field)
            #expect(try await hub.journal(room.session).count == 1)
        }
    }

    @Test func `a recording address of a wrong type does not end the class`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1)
            let (teacher, _) = try await hub.join(room.session, as: room.teacher)
            #expect(try await teacher.refusal("session.end", ["recording_url": 7])["field"] == "recording_url")
            #expect(try await hub.journal(room.session).count == 1)
        }
    }

    @Test func `an update that changes nothing writes no event`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1)
            let (teacher, _) = try await hub.join(room.session, as: room.teacher)
            #expect(try await teacher.ok("session.update", ["title": "A class"]) == ["seq": 1])
            #expect(try await hub.journal(room.session).count == 1)
        }
    }

    // MARK: - Over REST

    @Test(arguments: [1, 2])
    func `start, change and end over REST reach the channel`(loops: Int) async throws {
        try await TestHub.with({ $0.loops = loops }) { hub in
            let room = try await hub.testCourse(students: 1, isLive: false)
            let (student, _) = try await hub.join(room.session, as: room.student)
            try await hub.startClass(room)
            let path = "/api/live-sessions/\(room.session)"
            try await hub.expectOK("PUT", path, token: room.teacher.token, json: ["title": "New"])
            try await hub.endClass(room)
            let events = try await student.events(through: 3)
            #expect(
                events.map { $0["type"] } == ["session.started", "session.updated", "session.ended"]
            )
            #expect(events[1]["changes"] == ["title": "New"])
        }
    }

    @Test(arguments: [1, 2])
    func `a cancelled class tells those who wait, then closes with 4505`(loops: Int) async throws {
        try await TestHub.with({ $0.loops = loops }) { hub in
            let room = try await hub.testCourse(students: 6, isLive: false)
            var clients: [WebSocketTestClient] = []
            for student in room.students { clients.append(try await hub.join(room.session, as: student).client) }
            try await hub.expectOK("POST", "/api/live-sessions/\(room.session)/cancel", token: room.teacher.token)
            for client in clients {
                let (bye, code) = try await client.farewell()
                #expect(bye == ["code": 4505, "reason": "session_gone", "reconnect": false, "after_ms": 0])
                #expect(code == 4505)
                let events = try await client.takeReceived().compactMap { $0["events"]?.arrayValue }.flatMap(\.self)
                #expect(events.map { $0["type"] } == ["session.cancelled"])
            }
        }
    }

    @Test(arguments: [1, 2])
    func `a deleted class closes with 4505`(loops: Int) async throws {
        try await TestHub.with({ $0.loops = loops }) { hub in
            let room = try await hub.testCourse(students: 2, isLive: false)
            var clients: [WebSocketTestClient] = []
            for student in room.students { clients.append(try await hub.join(room.session, as: student).client) }
            try await hub.expectOK("DELETE", "/api/live-sessions/\(room.session)", token: room.teacher.token)
            for client in clients { #expect(try await client.farewell().code == 4505) }
        }
    }

    // MARK: - After the end

    @Test(arguments: [1, 2])
    func `the end leaves the channel open for the aftertalk, then closes it with 1000`(loops: Int) async throws {
        try await TestHub.with({
            $0.loops = loops
            $0.windows.aftertalk = 700
        }) { hub in
            let room = try await hub.testCourse(students: 2)
            var clients = [try await hub.join(room.session, as: room.teacher).client]
            for student in room.students { clients.append(try await hub.join(room.session, as: student).client) }
            let begin = ContinuousClock.now
            _ = try await clients[0].ok("session.end")
            for client in clients {
                #expect(try await client.event("session.ended")["seq"] == 2)
                let (bye, code) = try await client.farewell()
                #expect(bye == ["code": 1000, "reason": "done", "reconnect": false, "after_ms": 0])
                #expect(code == 1000)
            }
            #expect(ContinuousClock.now - begin >= .milliseconds(700))
        }
    }
}
