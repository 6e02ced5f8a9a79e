import Database
import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// Texts at and beyond their limits: what is taken can be read by everybody, and what is refused changes nothing.
@Suite("Large texts", .timeLimit(.minutes(5)))
struct LargeTextTests {
    /// One character for a reader, a hundred code points, 200 bytes.
    private static let cluster = "e" + String(repeating: "\u{0301}", count: 99)

    // Found from outside, no. 13
    @Test func `a limit counts code points, at every door`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            let path = "/api/live-sessions/\(session)"
            let huge = String(repeating: Self.cluster, count: 1300)
            for (field, text) in [
                ("description", huge), ("title", String(repeating: Self.cluster, count: 3)),
                ("thumbnail_url", "https://e.example/" + String(repeating: Self.cluster, count: 21)),
            ] {
                let answer = try await room.put(path, as: .teacher, .object(JSONObject([(field, .string(text))])))
                expectRefusal(answer, 400, .invalidField, field: field)
            }
            let most = String(repeating: "😀", count: 20_000)
            #expect(try await room.put(path, as: .teacher, ["description": .string(most)]).status == 200)
            #expect(
                try await room.put(path, as: .teacher, ["title": .string(String(repeating: "é", count: 255))]).status
                    == 200)
            let welcome = try await room.enter(session, .awa).welcome
            #expect(welcome["session"]?["description"] == .string(most))
            expectRefusal(
                try await room.put("/api/users/20", as: .admin, ["first_name": .string(huge)]), 400, .invalidField,
                field: "first_name")
            expectRefusal(
                try await room.post(
                    "/api/courses/1/live-sessions", as: .teacher,
                    [
                        "title": .string(String(repeating: Self.cluster, count: 3)),
                        "scheduled_start_at": "2026-04-01T10:00:00Z", "scheduled_end_at": "2026-04-01T11:00:00Z",
                    ]), 400, .invalidField, field: "title")
        }
    }

    // Found from outside, no. 13
    @Test func `an event that is too large for the journal is refused whole`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            await #expect(throws: HubError.self) {
                try await room.application.journal.write { transaction in
                    _ = try transaction.append(
                        .sessionUpdated, to: session,
                        payload: ["changes": ["title": .string(String(repeating: "x", count: ServerEvent.mostBytes))]],
                        by: nil
                    )
                }
            }
            #expect(try await room.row(session).headSeq == 1)
        }
    }

    // Found from outside, no. 13
    @Test func `rows of an older version are read by everybody, however large`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            let title = String(repeating: "x", count: 300_000)
            let payload: JSON = ["changes": ["description": .string(title)]]
            try await room.execute(
                """
                INSERT INTO live_session_events (session_id, seq, type, payload, user_id, audience, at)
                VALUES ($1, 2, 'session.updated', $2, NULL, 'all', $3), ($1, 3, 'session.updated', $2, NULL, 'all', $3)
                """,
                [.integer(session), .text(payload.text), .timestamp(room.clock.now)]
            )
            try await room.execute(
                "UPDATE live_session_heads SET head_seq = 3 WHERE session_id = $1", [.integer(session)])
            let (fresh, welcome) = try await room.enter(session, .awa)
            #expect(welcome["seq"] == 3)
            let epoch = try #require(welcome["epoch"]?.stringValue)
            #expect(welcome["events"]?.seqs.last == 3)
            for (after, first) in [(0, [1 as Int64]), (1, [2]), (2, [3])] as [(Int64, [Int64])] {
                let page = try await fresh.ok("history", ["after_seq": .integer(after), "limit": 200])
                #expect(page["events"]?.seqs.first == first.first, "after \(after)")
            }
            let back = try await room.enter(session, .awa, resume: (seq: 1, epoch: epoch)).welcome
            #expect(back["seq"] == 3)
            let list = try data(await room.get("/api/live-sessions/\(session)/events?after_seq=1&limit=200", as: .awa))
            #expect(list["events"]?.seqs.first == 2)
        }
    }

    // Found from outside, no. 14
    @Test func `a name of an older version lets its owner in everywhere, and a refusal changes nothing`() async throws {
        try await Classroom.with { room in
            let name = String(repeating: Self.cluster, count: 255)
            for person in [Someone.awa, .teacher] {
                try await room.execute(
                    "UPDATE users SET first_name = $2, last_name = $2, avatar = $3 WHERE id = $1",
                    [
                        .integer(person.id), .text(name),
                        .text("https://e.example/" + String(repeating: "é", count: 2000)),
                    ]
                )
            }
            let session = try await room.schedule(inMinutes: 0)
            // Nameless tokens: these names came in another way.
            func post(_ path: String, _ person: Someone) async throws -> TestResponse {
                try await room.client.send("POST", path, token: room.namelessToken(person), json: [:])
            }
            #expect(try await post("/api/live-sessions/\(session)/start", .teacher).status == 200)
            #expect(try await post("/api/live-sessions/\(session)/join", .awa).status == 200)
            #expect(try await post("/api/live-sessions/\(session)/jitsi-token", .awa).status == 200)
            let link =
                try data(
                    await room.post("/api/users/20/sign-in-link", as: .admin, [:]), status: 201)["code"] ?? .null
            let answer = try await room.client.send("POST", "/api/auth/sign-in-link", json: ["code": link])
            #expect(answer.status == 200, "\(answer.text.prefix(200))")
            let token = try #require(answer.data["token"]?.stringValue)
            #expect(try await room.client.send("GET", "/api/auth/me", token: token).status == 200)
        }
    }

    // Found from outside, no. 14
    @Test func `a token with a name too long is refused before anything has happened`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            let token = try room.application.tokens.sign([
                "userId": 20, "email": .string(Someone.awa.email), "role": "student",
                "first_name": .string(String(repeating: "e\u{0301}\u{0302}\u{0303}", count: 255)),
                "aud": "amphi", "iat": .integer(room.nowSeconds), "exp": .integer(room.nowSeconds + 60),
            ])
            let answer = try await room.client.send(
                "POST", "/api/live-sessions/\(session)/join", token: token, json: [:])
            expectRefusal(answer, 401, .unauthenticated)
            #expect(try await room.row(session).seatedCount == 0)
        }
    }
}
