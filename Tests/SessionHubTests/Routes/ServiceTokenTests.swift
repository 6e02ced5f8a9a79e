import Database
import StrictJSON
import TestSupport
import Testing
import Tokens

@testable import SessionHub

/// Services of the platform: known by name, revoked by name.
@Suite("Service tokens", .timeLimit(.minutes(5)))
struct ServiceTokenTests {
    private static func token(_ room: Classroom, named name: JSON? = "lms") throws -> String {
        var claims: JSONObject = [
            "role": "service", "iat": .integer(room.nowSeconds), "exp": .integer(room.nowSeconds + 3600),
        ]
        claims["service"] = name
        return try JWTSigner.hs256(secret: Array(TestHub.secret.utf8)).sign(claims)
    }

    private static func status(_ token: String, _ room: Classroom) async throws -> Int {
        try await room.client.send("GET", "/api/users/20", token: token).status
    }

    private static func revoke(_ name: String, _ room: Classroom) async throws {
        try await room.application.journal.write {
            try ServiceTokens.revoke(name, now: $0.now, in: $0.connection)
        }
    }

    private static func register(_ name: String, _ room: Classroom) async throws -> Timestamp {
        try await room.application.journal.write {
            try ServiceTokens.register(name, now: $0.now, in: $0.connection)
        }
    }

    @Test func `a service that nobody has heard of comes in, one without a name does not`() async throws {
        try await Classroom.with { room in
            #expect(try await Self.status(Self.token(room), room) == 200)
            for name: JSON? in [
                nil, .null, "", " ", " lms", 5, true, [], .string(String(repeating: "x", count: 65)), "a\n",
            ] {
                let response = try await room.client.send("GET", "/api/users/20", token: Self.token(room, named: name))
                expectRefusal(response, 401, .unauthenticated)
            }
        }
    }

    @Test func `a revoked name is refused everywhere at once, and others are not`() async throws {
        try await Classroom.with { room in
            let (token, other) = (try Self.token(room), try Self.token(room, named: "other"))
            #expect(try await Self.status(token, room) == 200)
            try await Self.revoke("lms", room)
            for row in AccessMatrix.rows where row.cells[.service].hasPrefix("2") && row.cells[.none] == "401" {
                let response = try await room.client.send(row.method, row.path(with: "1"), token: token)
                expectRefusal(response, 401, .tokenRevoked)
            }
            room.clock.advance(seconds: 10)
            #expect(try await Self.status(Self.token(room), room) == 401, "also a token that was minted since")
            #expect(try await Self.status(other, room) == 200)
        }
    }

    @Test func `a name that is registered again comes back, its older tokens do not`() async throws {
        try await Classroom.with { room in
            _ = try await Self.register("lms", room)
            let old = try Self.token(room)
            #expect(try await Self.status(old, room) == 200)
            room.clock.advance(milliseconds: 300)
            try await Self.revoke("lms", room)
            let issuedAt = try await Self.register("lms", room)
            #expect(issuedAt == Classroom.morning + 60_000, "whole seconds, and beyond what a clock may be ahead")
            #expect(try await Self.status(old, room) == 401)
            let new = try room.application.tokens.mint(
                userID: 0, email: "", role: .service, service: "lms", issuedAt: issuedAt.seconds,
                expiresAt: issuedAt.seconds + 60
            )
            #expect(try await Self.status(new, room) == 200)
            let again = try await Self.register("lms", room)
            #expect(again == issuedAt)
            #expect(try await Self.status(new, room) == 200, "registering it again ends nothing")
        }
    }
}
