import Database
import StrictJSON
import TestSupport
import Testing
import Tokens

@testable import SessionHub

/// Idempotency-Key, over real sockets.
@Suite("Idempotency keys", .timeLimit(.minutes(5)))
struct IdempotencyTests {
    private static let path = "/api/courses/1/live-sessions"

    private func body(_ title: String, _ room: Classroom) -> JSON {
        [
            "title": .string(title), "scheduled_start_at": .string((room.clock.now + Classroom.hour).text),
            "scheduled_end_at": .string((room.clock.now + 2 * Classroom.hour).text),
        ]
    }

    private func post(
        _ room: Classroom, _ key: String, path: String = path, as person: Someone = .teacher, _ json: JSON? = nil
    ) async throws -> TestResponse {
        try await room.client.send(
            "POST", path, token: room.token(person), json: json, headers: [("Idempotency-Key", key)]
        )
    }

    private func sessions(_ room: Classroom) async throws -> Int64 {
        try await room.application.database.read { connection in
            try connection.first("SELECT count(*) AS n FROM live_sessions", [])?.integer("n") ?? -1
        }
    }

    @Test func `the same request again gets the same answer and does nothing`() async throws {
        try await Classroom.with { room in
            let json = body("Une fois", room)
            let first = try await post(room, "k1", json)
            room.clock.advance(milliseconds: Classroom.minute)
            let second = try await post(room, "k1", json)
            #expect(first.status == 201 && second.status == 201)
            #expect(first.body == second.body)
            #expect(second.header("Content-Type") == first.header("Content-Type"))
            #expect(try await sessions(room) == 1)
            let other = try await post(room, "k2", json)
            #expect(other.status == 201 && other.body != first.body)
            // Without a key each is its own.
            _ = try await room.post(Self.path, as: .teacher, json)
            #expect(try await sessions(room) == 3)
        }
    }

    @Test func `a twin while the first is under way is refused, and then gets the same answer`() async throws {
        try await Classroom.with { room in
            let json = body("Une fois", room)
            let first = try await room.whileWaiting({ try await post(room, "k1", json) }) { _ in
                let twins = try await withThrowingTaskGroup(of: TestResponse.self) { group in
                    for _ in 0..<3 { group.addTask { try await post(room, "k1", json) } }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                for twin in twins {
                    expectRefusal(twin, 409, .conflict)
                    #expect(twin.header("Retry-After") == "1")
                }
            }
            #expect(first.status == 201)
            let again = try await post(room, "k1", json)
            #expect(again.status == 201 && again.body == first.body)
            #expect(try await sessions(room) == 1)
        }
    }

    @Test func `of many at the same time one does the work, and nobody is told anything else`() async throws {
        try await Classroom.with { room in
            let json = body("Une fois", room)
            let answers = try await withThrowingTaskGroup(of: TestResponse.self) { group in
                for _ in 0..<12 { group.addTask { try await post(room, "k1", json) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let done = answers.filter { $0.status == 201 }
            #expect(!done.isEmpty && Set(done.map(\.body)).count == 1)
            #expect(answers.allSatisfy { $0.status == 201 || $0.code == "conflict" })
            #expect(try await sessions(room) == 1)
        }
    }

    @Test func `a key belongs to one person and to one request, for a day`() async throws {
        try await Classroom.with { room in
            let json = body("Une fois", room)
            _ = try data(await post(room, "k1", json), status: 201)
            _ = try data(await post(room, "k1", as: .assistant, json), status: 201)
            expectRefusal(try await post(room, "k1", body("Autre", room)), 422, .idempotencyMismatch)
            let elsewhere = try await post(room, "k1", path: "/api/courses/1/live-sessions?x=1", json)
            expectRefusal(elsewhere, 422, .idempotencyMismatch)
            #expect(try await sessions(room) == 2)
            room.clock.advance(milliseconds: 24 * Classroom.hour)
            _ = try data(await post(room, "k1", body("Autre", room)), status: 201)
            #expect(try await sessions(room) == 3)
        }
    }

    @Test(arguments: ["", "two words", String(repeating: "k", count: 256)])
    func `a key that is none is refused`(key: String) async throws {
        try await Classroom.with { room in
            let answer = try await post(room, key, body("x", room))
            #expect(answer.status == 400 && answer.json["field"] == "Idempotency-Key", "\(answer.text)")
            #expect(try await sessions(room) == 0)
        }
    }

    @Test func `a refusal is not kept: nothing was done`() async throws {
        try await Classroom.with { room in
            var json = try #require(body("x", room).objectValue)
            json["title"] = .string("")
            expectRefusal(try await post(room, "k1", .object(json)), 400, .invalidField, field: "title")
            _ = try data(await post(room, "k1", body("x", room)), status: 201)
        }
    }

    @Test(TestDatabase.ofFiles) func `work whose answer was lost is not done again`() async throws {
        try await Classroom.with { room in
            let json = body("Une fois", room)
            // As in a crash between the commit of the work and that of its answer: the claim can be written, the answer
            // not.
            try await room.execute(
                """
                CREATE TRIGGER no_answer BEFORE UPDATE ON idempotency_keys WHEN NEW.status IS NOT NULL
                BEGIN SELECT RAISE(ABORT, 'no answer'); END
                """, [])
            _ = try data(await post(room, "k1", json), status: 201)
            expectRefusal(try await post(room, "k1", json), 409, .conflict)
            #expect(try await sessions(room) == 1)
        }
    }

    @Test func `the claim stands in the transaction of the work`() async throws {
        try await Classroom.with { room in
            // The work fails after its claim: both are gone.
            try await room.execute("ALTER TABLE live_sessions RENAME COLUMN jitsi_room_name TO hidden", [])
            let failed = try await post(room, "k1", body("x", room))
            let id = try #require(failed.header("X-Request-Id"))
            expectRefusal(failed, 500, .internal, details: ["request_id": .string(id)])
            try await room.execute("ALTER TABLE live_sessions RENAME COLUMN hidden TO jitsi_room_name", [])
            _ = try data(await post(room, "k1", body("x", room)), status: 201)
        }
    }

    @Test func `what a request held cannot be tried out with what the store keeps of it`() async throws {
        try await Classroom.with { room in
            let json: JSON = ["email": "mehmet@school.example", "password": .string("\(TestHub.mark) guessable")]
            _ = try data(await post(room, "k1", path: "/api/users", as: .admin, json), status: 201)
            _ = try data(await post(room, "k1", path: "/api/users", as: .admin, json), status: 201)
            let row = try await room.application.database.read {
                try $0.first("SELECT request FROM idempotency_keys WHERE key = 'k1'", [])
            }
            let kept = try #require(row).text("request")
            #expect(kept.hasPrefix("POST /api/users? "))
            #expect(!kept.contains(Hex.encode(SHA256.hash(json.encoded()))))
        }
    }

    @Test func `an answer with a token or a password is never stored`() async throws {
        try await Classroom.with { room in
            let session = try await room.schedule(inMinutes: 0)
            for (path, person) in [("start", Someone.teacher), ("join", .awa), ("jitsi-token", .awa)] {
                let answer = try await post(
                    room, "k-\(path)", path: "/api/live-sessions/\(session)/\(path)", as: person)
                #expect(answer.status == 200, "\(answer.text)")
            }
            let again = try await post(room, "k-join", path: "/api/live-sessions/\(session)/join", as: .awa)
            #expect(again.status == 200)
            let rows = try await room.application.database.read { try $0.query("SELECT key FROM idempotency_keys", []) }
            #expect(rows.isEmpty)
        }
    }
}
