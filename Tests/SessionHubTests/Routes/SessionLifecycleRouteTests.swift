import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// start, end, cancel and DELETE: what is done, and what each state refuses.
@Suite("The life of a session over REST", .timeLimit(.minutes(5)))
struct SessionLifecycleRouteTests {
    @Test func `start makes a scheduled class live and gives the host the way in`() async throws {
        try await Classroom.with { room in
            let session = try await room.schedule()
            room.clock.advance(seconds: 61)
            let response = try await room.post("/api/live-sessions/\(session)/start", as: .teacher)
            let answer = try data(response)
            #expect(
                answer.without("jitsi_join_url") == [
                    "session_id": .integer(session), "status": "live", "actual_start_at": "2026-03-15T09:01:01Z",
                ]
            )
            let stored = try await room.row(session)
            let url = try #require(answer["jitsi_join_url"]?.stringValue)
            #expect(url.hasPrefix("https://meet.jit.si/\(stored.roomName)#config.subject=%22S%5Cu00E9ance%22&"))
            #expect(stored.status == .live)
            #expect(stored.actualStart == room.clock.now)
            let events = try data(await room.get("/api/live-sessions/\(session)/events", as: .awa))
            #expect(
                events["events"] == [
                    [
                        "seq": 1, "type": "session.started", "at": "2026-03-15T09:01:01Z",
                        "actual_start_at": "2026-03-15T09:01:01Z", "by": Someone.teacher.actor("instructor"),
                    ]
                ]
            )
        }
    }

    @Test func `a service starts for somebody else: nobody is named and there is no way in`() async throws {
        try await Classroom.with { room in
            let session = try await room.schedule()
            let path = "/api/live-sessions/\(session)"
            let token = try room.serviceToken()
            expectData(
                try await room.client.send("POST", "\(path)/start", token: token),
                [
                    "session_id": .integer(session), "status": "live", "actual_start_at": "2026-03-15T09:00:00Z",
                    "jitsi_join_url": nil,
                ]
            )
            _ = try data(await room.client.send("POST", "\(path)/end", token: token))
            #expect(try await room.row(session).endedBy == "service")
            let events = try data(await room.get("\(path)/events", as: .awa))
            #expect(events["events"]?.arrayValue?.map { $0["by"] } == [nil, nil])
        }
    }

    @Test func `a class can be started until an hour after its scheduled end, and as early as the host likes`()
        async throws
    {
        try await Classroom.with { room in
            let early = try await room.schedule(inMinutes: 24 * 60)
            _ = try data(await room.post("/api/live-sessions/\(early)/start", as: .teacher))
            let late = try await room.schedule(inMinutes: 0)  // ends at 11:00
            let tooLate = try await room.schedule(inMinutes: 0)
            room.clock.advance(seconds: 3 * 3600)  // 12:00
            _ = try data(await room.post("/api/live-sessions/\(late)/start", as: .teacher))
            room.clock.advance(milliseconds: 1)
            expectRefusal(
                try await room.post("/api/live-sessions/\(tooLate)/start", as: .teacher), 400, .sessionOver
            )
        }
    }

    @Test func `end closes a live class and keeps a recording's address`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            room.clock.advance(seconds: 90)
            expectData(
                try await room.post(
                    "/api/live-sessions/\(session)/end", as: .assistant,
                    ["recording_url": "https://cdn.example/1.mp4"]
                ),
                [
                    "session_id": .integer(session), "status": "ended", "actual_end_at": "2026-03-15T09:01:30Z",
                    "recording_url": "https://cdn.example/1.mp4",
                ]
            )
            let row = try data(await room.get("/api/live-sessions/\(session)", as: .awa))
            #expect(row["ended_by"] == "host")
            #expect(row["actual_start_at"] == "2026-03-15T09:00:00Z")
            #expect(row["actual_end_at"] == "2026-03-15T09:01:30Z")
            let events = try data(await room.get("/api/live-sessions/\(session)/events?after_seq=1", as: .awa))
            #expect(
                events["events"] == [
                    [
                        "seq": 2, "type": "session.ended", "at": "2026-03-15T09:01:30Z",
                        "actual_end_at": "2026-03-15T09:01:30Z", "ended_by": "host",
                        "recording_url": "https://cdn.example/1.mp4",
                        "by": Someone.assistant.actor("moderator"),
                    ]
                ]
            )
        }
    }

    @Test func `a recording's address must be one, and a refused end leaves the class live`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            for value: JSON in [5, "javascript:alert(1)", ["https://a.example"], true] {
                let response = try await room.post(
                    "/api/live-sessions/\(session)/end", as: .teacher, ["recording_url": value]
                )
                expectRefusal(response, 400, .invalidField, field: "recording_url")
            }
            #expect(try await room.row(session).status == .live)
        }
    }

    @Test func `cancel calls off a scheduled class`() async throws {
        try await Classroom.with { room in
            let session = try await room.schedule()
            let before = try data(await room.get("/api/live-sessions/\(session)", as: .teacher))
            room.clock.advance(seconds: 1)
            var expected = try #require(before.without("participants", "participants_count").objectValue)
            expected["status"] = "cancelled"
            expected["updated_at"] = "2026-03-15T09:00:01Z"
            expected["server_time"] = "2026-03-15T09:00:01Z"
            expectData(
                try await room.post("/api/live-sessions/\(session)/cancel", as: .teacher), .object(expected)
            )
            let events = try data(await room.get("/api/live-sessions/\(session)/events", as: .awa))
            #expect(
                events["events"] == [
                    [
                        "seq": 1, "type": "session.cancelled", "at": "2026-03-15T09:00:01Z",
                        "by": Someone.teacher.actor("instructor"),
                    ]
                ]
            )
        }
    }

    @Test func `delete takes away what nobody attended, everywhere`() async throws {
        try await Classroom.with { room in
            for session in [try await room.schedule(), try await room.ended(), try await room.cancelled()] {
                expectData(
                    try await room.delete("/api/live-sessions/\(session)", as: .teacher),
                    ["session_id": .integer(session)]
                )
                for path in ["", "/participants", "/chat", "/events", "/attendance", "/presence"] {
                    expectRefusal(
                        try await room.get("/api/live-sessions/\(session)\(path)", as: .teacher), 404, .sessionNotFound
                    )
                }
                expectRefusal(
                    try await room.delete("/api/live-sessions/\(session)", as: .teacher), 404, .sessionNotFound
                )
            }
            #expect(try data(await room.get("/api/courses/1/live-sessions", as: .teacher)) == [])
        }
    }

    @Test func `of many who start or end at once one does, and there is one event`() async throws {
        try await Classroom.with { room in
            let session = try await room.schedule()
            let path = "/api/live-sessions/\(session)"
            for (action, code) in [("start", "already_live"), ("end", "session_over")] {
                let token = try room.token(.teacher)
                let answers = try await withThrowingTaskGroup(of: TestResponse.self) { group in
                    for _ in 0..<8 {
                        group.addTask { try await room.client.send("POST", "\(path)/\(action)", token: token) }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(answers.map(\.status).sorted() == [200] + Array(repeating: 400, count: 7))
                #expect(Set(answers.compactMap(\.code)) == [code])
            }
            let events = try data(await room.get("\(path)/events", as: .awa))["events"]?.arrayValue
            #expect(events?.map { $0["type"] } == ["session.started", "session.ended"])
        }
    }

    /// What each action answers in each state: nil where it succeeds.
    private static let refusals:
        [(action: String, scheduled: ErrorCode?, live: ErrorCode?, ended: ErrorCode?, cancelled: ErrorCode?)] = [
            ("start", nil, .alreadyLive, .sessionOver, .sessionCancelled),
            ("end", .notLive, nil, .sessionOver, .sessionCancelled),
            ("cancel", nil, .alreadyLive, .sessionOver, .sessionCancelled),
            ("delete", nil, .alreadyLive, nil, nil),
            ("join", .sessionNotStarted, nil, .sessionOver, .sessionCancelled),
            ("jitsi-token", .sessionNotStarted, nil, .sessionOver, .sessionCancelled),
        ]

    @Test func `each state allows what it should, and refuses the rest with 400 and a code`() async throws {
        try await Classroom.with { room in
            for row in Self.refusals {
                let cells = [
                    (try await room.schedule(), row.scheduled), (try await room.live(), row.live),
                    (try await room.ended(), row.ended), (try await room.cancelled(), row.cancelled),
                ]
                for (session, refusal) in cells {
                    let path = "/api/live-sessions/\(session)"
                    let response =
                        row.action == "delete"
                        ? try await room.delete(path, as: .teacher)
                        : try await room.post("\(path)/\(row.action)", as: .teacher)
                    #expect(response.status == (refusal == nil ? 200 : 400), "\(row.action): \(response.text)")
                    #expect(response.code == refusal?.rawValue, "\(row.action)")
                }
            }
        }
    }
}
