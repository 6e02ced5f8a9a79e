import StrictJSON
import TestSupport
import Testing
import Tokens

@testable import SessionHub

/// POST /api/live-sessions/{id}/join.
@Suite("Joining over REST", .timeLimit(.minutes(5)))
struct JoinTests {
    @Test func `a member of a live class gets everything that is needed to enter`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            room.clock.advance(seconds: 5)
            let response = try await room.post(
                "/api/live-sessions/\(session)/join", as: .awa, ["enrollment_id": 501]
            )
            let answer = try data(response)
            let stored = try await room.row(session)
            let channel = "ws://127.0.0.1:\(room.port)/api/live-sessions/\(session)/channel"
            #expect(
                answer.without("channel_token") == [
                    "session_id": .integer(session), "user_id": 20, "role": "participant",
                    "joined_at": "2026-03-15T09:00:05Z",
                    "jitsi_join_url": .string(
                        "https://meet.jit.si/\(stored.roomName)#config.subject=%22S%5Cu00E9ance%22"
                            + "&config.prejoinConfig.enabled=false&config.startWithAudioMuted=true"
                            + "&config.startWithVideoMuted=true&config.disableInviteFunctions=true"
                            + "&config.disableDeepLinking=true&config.requireDisplayName=true"
                    ),
                    "jitsi_room_name": .string(stored.roomName), "jitsi_room_password": .string(stored.roomPassword),
                    "jitsi_domain": "meet.jit.si", "jitsi_embed_room": .string(stored.roomName),
                    "jitsi_config": [
                        "subject": "Séance", "prejoinConfig": ["enabled": false], "startWithAudioMuted": true,
                        "startWithVideoMuted": true, "disableInviteFunctions": true, "disableDeepLinking": true,
                        "requireDisplayName": true,
                    ],
                    "jitsi_server_url": "https://meet.jit.si", "jwt": nil,
                    "expires_at": nil, "channel_url": .string(channel),
                ]
            )
            let token = try #require(answer["channel_token"]?.stringValue)
            let caller = try room.application.tokens.caller(from: token, nowSeconds: room.nowSeconds)
            #expect(
                caller
                    == Caller(
                        userID: 20, role: .student, email: Someone.awa.email,
                        issuedAt: Timestamp(seconds: room.nowSeconds),
                        // Scheduled end 11:00, 6 h for a class that overruns, 15 min of aftertalk.
                        expiresAt: Classroom.morning + 8 * Classroom.hour + 15 * Classroom.minute,
                        channelSession: session
                    )
            )
        }
    }

    @Test func `a channel token opens the channel of its session, after the platform's token has ended too`()
        async throws
    {
        try await Classroom.with { room in
            let (session, other) = (try await room.live(), try await room.live())
            let token = try #require(await room.join(session, .awa)["channel_token"]?.stringValue)
            room.clock.advance(seconds: 4 * 3600)
            #expect(try await room.client.send("GET", "/api/auth/me", token: token).status == 403)
            let (client, welcome) = try await room.enter(session, token: token)
            #expect(welcome["me"]?["user"] == Someone.awa.actor("participant"))
            let foreign = try await room.open(other)
            #expect(try await foreign.refusedHello(token)["code"] != nil)
            try await client.close()
        }
    }

    @Test func `before the start a member is told when and where to wait, a host is let in from the window on`()
        async throws
    {
        try await Classroom.with { room in
            let session = try await room.schedule(inMinutes: 60)
            let path = "/api/live-sessions/\(session)"
            let details: JSONObject = [
                "starts_at": "2026-03-15T10:00:00Z",
                "channel_url": .string("ws://127.0.0.1:\(room.port)\(path)/channel"),
            ]
            for person in [Someone.awa, .teacher, .assistant, .admin] {
                for action in ["join", "jitsi-token"] {
                    let response = try await room.post("\(path)/\(action)", as: person)
                    expectRefusal(response, 400, .sessionNotStarted, details: details)
                }
            }
            room.clock.advance(seconds: 50 * 60)
            for person in [Someone.teacher, .assistant, .admin] { try await room.join(session, person) }
            expectRefusal(
                try await room.post("\(path)/join", as: .awa), 400, .sessionNotStarted, details: details
            )
            let participants = try data(await room.get("\(path)/participants", as: .teacher))
            #expect(participants.arrayValue?.map { $0["user_id"] } == [11, 10, 1])
        }
    }

    @Test func `what nobody can start any more is over`() async throws {
        try await Classroom.with { room in
            let session = try await room.schedule(inMinutes: 0)
            room.clock.advance(seconds: 3 * 3600, milliseconds: 1)
            for person in [Someone.awa, .teacher] {
                for action in ["join", "jitsi-token"] {
                    let response = try await room.post("/api/live-sessions/\(session)/\(action)", as: person)
                    expectRefusal(response, 400, .sessionOver)
                }
            }
        }
    }

    @Test func `an enrollment must be a number, and this person's in this course`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            let path = "/api/live-sessions/\(session)/join"
            for value: JSON in ["501", 502, 999, 0, -501, 501.5, true, [], [501]] {
                let response = try await room.post(path, as: .awa, ["enrollment_id": value])
                expectRefusal(response, 400, .invalidField, field: "enrollment_id")
            }
            expectRefusal(
                try await room.post(path, as: .teacher, ["enrollment_id": 501]), 400, .invalidField,
                field: "enrollment_id"
            )
            #expect(try data(await room.get("/api/live-sessions/\(session)/participants", as: .awa)) == [])
            _ = try data(await room.post(path, as: .awa, ["enrollment_id": nil]))
        }
    }

    @Test func `the class is full for the next, not for those who are in it, nor for hosts`() async throws {
        try await Classroom.with { room in
            let session = try await room.live(["max_participants": 1])
            try await room.join(session, .teacher)
            try await room.join(session, .awa)
            for action in ["join", "jitsi-token"] {
                expectRefusal(
                    try await room.post("/api/live-sessions/\(session)/\(action)", as: .koffi), 400, .sessionFull
                )
                _ = try data(await room.post("/api/live-sessions/\(session)/\(action)", as: .awa))
                _ = try data(await room.post("/api/live-sessions/\(session)/\(action)", as: .assistant))
            }
            try await room.leave(session, .awa)
            try await room.join(session, .koffi)
            expectRefusal(
                try await room.post("/api/live-sessions/\(session)/join", as: .awa), 400, .sessionFull
            )
        }
    }

    @Test func `of 20 who join at once, exactly as many get in as there are places`() async throws {
        try await Classroom.with { room in
            let people = 100..<Int64(120)
            let lines = people.flatMap { id in
                [
                    #"{"user":{"id":\#(id),"email":"p\#(id)@school.example"}}"#,
                    #"{"enrollment":{"course_id":1,"user_id":\#(id)}}"#,
                ]
            }
            _ = try data(await room.importLines(lines.joined(separator: "\n")))
            let session = try await room.live(["max_participants": 5])
            let answers = try await withThrowingTaskGroup(of: TestResponse.self) { group in
                for id in people {
                    let token = try room.application.tokens.mint(
                        userID: id, email: "p\(id)@school.example", role: .student, issuedAt: room.nowSeconds,
                        expiresAt: room.nowSeconds + 60
                    )
                    group.addTask {
                        try await room.client.send("POST", "/api/live-sessions/\(session)/join", token: token)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.filter { $0.status == 200 }.count == 5)
            #expect(answers.filter { $0.status == 400 && $0.code == "session_full" }.count == 15)
            let rows = try data(await room.get("/api/live-sessions/\(session)/participants", as: .teacher))
            #expect(rows.arrayValue?.filter { $0["is_present"] == true }.count == 5)
        }
    }
}
