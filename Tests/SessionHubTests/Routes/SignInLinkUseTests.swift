import Database
import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// POST /api/auth/sign-in-link: a one-use code against a token.
@Suite("Signing in by a link", .timeLimit(.minutes(5)))
struct SignInLinkUseTests {
    private static let path = "/api/auth/sign-in-link"

    private static func code(_ room: Classroom, _ person: Someone = .awa) async throws -> String {
        let expiry = room.clock.now + Classroom.hour
        return try await room.application.journal.write { transaction in
            try SignInCodes.create(
                user: person.id, now: transaction.now, expiresAt: expiry, in: transaction.connection
            )
        }
    }

    private static func exchange(_ code: JSON, _ room: Classroom) async throws -> TestResponse {
        try await room.client.send("POST", path, json: ["code": code])
    }

    @Test func `a code gives a token of its person, once`() async throws {
        try await Classroom.with { room in
            let code = JSON.string(try await Self.code(room))
            let answer = try data(await Self.exchange(code, room))
            let me: JSON = [
                "id": 20, "email": "person20@school.example", "first_name": "Awa", "last_name": "Ndiaye",
                "role": "student",
            ]
            #expect(
                answer.without("token") == [
                    "expires_at": "2026-03-15T13:00:00Z", "expires_in": 14_400, "refresh_until": "2026-03-15T21:00:00Z",
                    "user": me,
                    "purpose": "sign_in",
                ])
            let token = try #require(answer["token"]?.stringValue)
            expectData(try await room.client.send("GET", "/api/auth/me", token: token), me)
            expectRefusal(try await Self.exchange(code, room), 401, .unauthenticated)
            room.clock.advance(seconds: 4 * 3600)
            expectRefusal(try await room.client.send("GET", "/api/auth/me", token: token), 401, .tokenExpired)
        }
    }

    @Test func `of ten who use a code at once one gets in`() async throws {
        try await Classroom.with { room in
            let code = JSON.string(try await Self.code(room))
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<10 { group.addTask { try await Self.exchange(code, room).status } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.sorted() == [200] + Array(repeating: 401, count: 9))
        }
    }

    // Found from outside, no. 10
    @Test func `a link ends with the authority of whoever made it`() async throws {
        let endings: [(what: String, maker: Someone, @Sendable (Classroom) async throws -> TestResponse)] = [
            ("revoked", .admin, { try await $0.client.send("POST", "/api/users/1/revoke", token: $0.serviceToken()) }),
            (
                "demoted", .admin,
                { room in
                    _ = try await room.put("/api/users/10", as: .admin, ["role": "admin"])
                    return try await room.client.send(
                        "PUT", "/api/users/1", token: room.serviceToken(), json: ["role": "student"])
                }
            ),
            ("revoked", .teacher, { try await $0.post("/api/users/10/revoke", as: .admin) }),
            (
                "taken off the course", .assistant,
                {
                    try await $0.put("/api/courses/1", as: .admin, ["co_instructor_ids": []])
                }
            ),
            ("demoted", .teacher, { try await $0.put("/api/users/10", as: .admin, ["role": "student"]) }),
            (
                "without the student", .teacher,
                {
                    try await $0.put("/api/courses/1/enrollments/20", as: .admin, ["is_active": false])
                }
            ),
        ]
        for (what, maker, end) in endings {
            try await Classroom.with { room in
                func link() async throws -> JSON {
                    let made = try await room.post("/api/users/20/sign-in-link", as: maker, [:])
                    return try data(made, status: 201)["code"] ?? .null
                }
                let (before, after) = (try await link(), try await link())
                _ = try data(await Self.exchange(before, room))
                #expect(try await end(room).status < 300, "\(what)")
                expectRefusal(try await Self.exchange(after, room), 401, .unauthenticated)
            }
        }
    }

    // Found from outside, no. 10
    @Test func `a link of a revoked service ends, those of others and of the hub's own machine stay`() async throws {
        try await Classroom.with { room in
            let made = try await room.client.send(
                "POST", "/api/users/20/sign-in-link", token: room.serviceToken(), json: ["purpose": "reset_password"])
            let code = try data(made, status: 201)["code"] ?? .null
            let own = JSON.string(try await Self.code(room))
            let now = room.clock.now
            let name = try room.application.tokens.caller(from: room.serviceToken(), nowSeconds: room.nowSeconds)
                .service
            try await room.application.journal.write { transaction in
                try ServiceTokens.revoke(name ?? "", now: now, in: transaction.connection)
            }
            expectRefusal(try await Self.exchange(code, room), 401, .unauthenticated)
            _ = try data(await Self.exchange(own, room))
        }
    }

    @Test func `a code ends, and unknown ones were never there`() async throws {
        try await Classroom.with { room in
            let code = try await Self.code(room)
            room.clock.advance(seconds: 3600)
            for text in [code, "unknown", code.uppercased(), " "] where !text.trimmed.isEmpty {
                expectRefusal(try await Self.exchange(.string(text), room), 401, .unauthenticated)
            }
        }
    }

    @Test func `a code must be text`() async throws {
        try await Classroom.with { room in
            for value: JSON in [nil, 5, true, [], [:], "", " ", .string(String(repeating: "x", count: 65))] {
                expectRefusal(try await Self.exchange(value, room), 400, .invalidField, field: "code")
            }
            let empty = try await room.client.send("POST", Self.path)
            expectRefusal(empty, 400, .invalidField, field: "code")
            let large = try await room.client.send(
                "POST", Self.path, json: ["code": .string(String(repeating: "x", count: 4096))])
            expectRefusal(large, 413, .tooLarge)
        }
    }

    @Test func `the store never has the code itself`() async throws {
        try await Classroom.with { room in
            let code = try await Self.code(room)
            let rows = try await room.application.database.read { connection in
                try connection.query("SELECT code_hash FROM sign_in_codes", []).map { $0.text("code_hash") }
            }
            #expect(rows.count == 1)
            #expect(!rows.contains(code))
        }
    }
}
