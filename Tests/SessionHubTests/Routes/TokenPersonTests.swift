import Database
import StrictJSON
import TestSupport
import Testing
import Tokens

@testable import SessionHub

/// Who a token names: refusals, first sight, newer words; GET /api/auth/me and the exchange of sign-in codes.
@Suite("Whom a token names", .timeLimit(.minutes(5)))
struct TokenPersonTests {
    private static let me = "/api/auth/me"

    private static func sign(_ claims: JSONObject, secret: String = TestHub.secret) throws -> String {
        try JWTSigner.hs256(secret: Array(secret.utf8)).sign(claims)
    }

    /// The claims of the seed's platform for somebody whom the hub has never seen.
    private static func claims(_ room: Classroom, _ changes: JSONObject = [:]) -> JSONObject {
        var claims: JSONObject = [
            "userId": 77, "email": "Newcomer@School.example", "role": "student", "first_name": "Nadia",
            "last_name": "Ba", "iat": .integer(room.nowSeconds), "exp": .integer(room.nowSeconds + 60),
        ]
        for member in changes.members { claims[member.name] = member.value }
        return claims
    }

    private static func profile(_ changes: JSONObject = [:]) -> JSON {
        var profile: JSONObject = [
            "id": 77, "email": "Newcomer@School.example", "first_name": "Nadia", "last_name": "Ba", "role": "student",
        ]
        for member in changes.members { profile[member.name] = member.value }
        return .object(profile)
    }

    @Test func `somebody whom a valid token names is created on first sight`() async throws {
        try await Classroom.with { room in
            expectRefusal(try await room.get("/api/users/77", as: .admin), 404, .userNotFound)
            let token = try Self.sign(Self.claims(room))
            expectData(try await room.client.send("GET", Self.me, token: token), Self.profile())
            #expect(try data(await room.get("/api/users/77", as: .admin))["email"] == "Newcomer@School.example")
        }
    }

    @Test func `me is the caller as the Directory has them, and a service is nobody`() async throws {
        try await Classroom.with { room in
            expectData(
                try await room.get(Self.me, as: .awa),
                [
                    "id": 20, "email": "person20@school.example", "first_name": "Awa", "last_name": "Ndiaye",
                    "role": "student",
                ]
            )
            let service = try await room.client.send("GET", Self.me, token: room.serviceToken())
            expectData(service, ["id": nil, "role": "service"])
        }
    }

    @Test func `an id as digits, names that are null, and a missing iat are understood`() async throws {
        try await Classroom.with { room in
            var claims = Self.claims(room, ["userId": "77", "first_name": nil, "aud": ["other", "amphi"]])
            claims["last_name"] = nil
            claims["iat"] = nil
            expectData(
                try await room.client.send("GET", Self.me, token: Self.sign(claims)),
                Self.profile(["first_name": "", "last_name": ""])
            )
        }
    }

    @Test func `a newer token changes names and role, an older one does not`() async throws {
        try await Classroom.with { room in
            func profile(issued seconds: Int64, _ changes: JSONObject) async throws -> JSON {
                var claims = Self.claims(room, changes)
                claims["iat"] = .integer(room.nowSeconds + seconds)
                return try data(await room.client.send("GET", Self.me, token: Self.sign(claims)))
            }
            _ = try await profile(issued: 0, [:])
            room.clock.advance(seconds: 20)
            let changes: JSONObject = ["first_name": "Nadège", "role": "instructor", "email": "nadege@school.example"]
            #expect(try await profile(issued: -20, changes) == Self.profile())
            #expect(try await profile(issued: -10, changes) == Self.profile(changes))
            #expect(try await profile(issued: -15, [:]) == Self.profile(changes), "older than the newest word")
        }
    }

    @Test func `a token whose id and e-mail belong to two people is refused`() async throws {
        try await Classroom.with { room in
            for claims in [
                Self.claims(room, ["email": "PERSON20@school.example"]),
                Self.claims(room, ["userId": 21, "email": "person20@school.example"]),
            ] {
                let response = try await room.client.send("GET", Self.me, token: Self.sign(claims))
                expectRefusal(response, 409, .identityConflict)
            }
        }
    }

    @Test func `after a revocation tokens issued before it, or without iat, are refused`() async throws {
        try await Classroom.with { room in
            let old = try room.token(.awa)
            room.clock.advance(seconds: 10)
            try await room.execute("UPDATE users SET tokens_after = $1 WHERE id = 20", [.timestamp(room.clock.now)])
            var timeless = Self.claims(room, ["userId": 20, "email": "person20@school.example"])
            timeless["iat"] = nil
            for token in [old, try Self.sign(timeless)] {
                expectRefusal(try await room.client.send("GET", Self.me, token: token), 401, .tokenRevoked)
            }
            room.clock.advance(seconds: 60)
            #expect(try await room.get(Self.me, as: .awa).status == 200)
        }
    }

    /// Claims that are refused; nil leaves one out.
    private static let badClaims: [(String, JSON?)] = [
        ("userId", nil), ("userId", 0), ("userId", -1), ("userId", 1.5), ("userId", "x"), ("userId", ""),
        ("userId", true),
        ("email", nil), ("email", 5), ("email", "nobody"), ("role", nil), ("role", "moderator"), ("role", "Admin"),
        ("role", 1), ("exp", nil), ("exp", "soon"), ("iat", "now"), ("first_name", 5), ("last_name", "a\u{1}b"),
        ("aud", "other"), ("aud", 5), ("aud", "amphi:channel"), ("channel", 1), ("room", "*"),
        ("nbf", .integer(Classroom.morning.seconds + 61)), ("iat", .integer(Classroom.morning.seconds + 61)),
    ]

    @Test func `a token that says too little, or something else, is refused`() async throws {
        try await Classroom.with { room in
            for (name, value) in Self.badClaims {
                var claims = Self.claims(room)
                claims[name] = value
                let response = try await room.client.send("GET", Self.me, token: Self.sign(claims))
                expectRefusal(response, 401, .unauthenticated)
            }
            expectRefusal(try await room.get("/api/users/77", as: .admin), 404, .userNotFound)
        }
    }

    @Test func `a token ends in its second`() async throws {
        try await Classroom.with { room in
            let token = try room.token(.awa, lasting: 60)
            room.clock.advance(seconds: 59, milliseconds: 999)
            #expect(try await room.client.send("GET", Self.me, token: token).status == 200)
            room.clock.advance(milliseconds: 1)
            expectRefusal(try await room.client.send("GET", Self.me, token: token), 401, .tokenExpired)
        }
    }

    @Test func `only a bearer token that this hub can check counts`() async throws {
        try await Classroom.with { room in
            let token = try room.token(.awa)
            let parts = token.split(separator: ".").map(String.init)
            let none = Base64URL.encode(Array(#"{"alg":"none","typ":"JWT"}"#.utf8))
            let foreign = try Self.sign(Self.claims(room), secret: "another-secret-of-32-bytes-or-more-000")
            let headers = [
                "", token, "Bearer", "Bearer ", "Basic \(token)", "Bearer \(token)x", "Bearer \(foreign)",
                "Bearer \(none).\(parts[1]).", "Bearer \(none).\(parts[1]).\(parts[2])",
                "Bearer \(parts[0]).\(parts[1])",
                "Bearer a.b.c", "Bearer \(String(repeating: "x", count: 9000))",
            ]
            for header in headers {
                let response = try await room.client.send("GET", Self.me, headers: [("Authorization", header)])
                expectRefusal(response, 401, .unauthenticated)
            }
            for header in ["bearer \(token)", "BEARER  \(token)"] {
                let response = try await room.client.send("GET", Self.me, headers: [("Authorization", header)])
                #expect(response.status == 200, "\(header)")
            }
            let query = try await room.client.send("GET", "\(Self.me)?token=\(token)&access_token=\(token)")
            expectRefusal(query, 401, .unauthenticated)
        }
    }
}
