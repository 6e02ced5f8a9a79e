import Database
import Dispatch
import StrictJSON
import TestSupport
import Testing
import Tokens

@testable import SessionHub

/// POST /api/auth/login and /api/auth/refresh.
@Suite("Signing in with a password", .timeLimit(.minutes(5)))
struct LoginTests {
    private static let password: JSON = "Käse & Brot 🧀"
    private static let awa: JSON = [
        "id": 20, "email": "person20@school.example", "first_name": "Awa", "last_name": "Ndiaye", "role": "student",
    ]

    private static func computed(_ room: Classroom) -> Int { room.application.passwords.computed }

    private static func refresh(_ token: String?, _ room: Classroom) async throws -> TestResponse {
        try await room.client.send("POST", "/api/auth/refresh", token: token)
    }

    @Test func `address and password give a token of their person`() async throws {
        try await Classroom.with { room in
            try await room.setPassword(.awa, Self.password)
            let answer = try data(await room.login(" Person20@SCHOOL.example", Self.password))
            #expect(
                answer.without("token") == [
                    "expires_at": "2026-03-15T13:01:00Z", "expires_in": 14_400, "refresh_until": "2026-03-15T21:01:00Z",
                    "user": Self.awa,
                ]
            )
            let me = try await room.client.send("GET", "/api/auth/me", token: answer["token"]?.stringValue)
            expectData(me, Self.awa)
            // The same letters as another keyboard writes them.
            #expect(try await room.login(.awa, "Ka\u{308}se & Brot 🧀").status == 200)
        }
    }

    @Test func `an unknown address, no password and a wrong one get the same answer after the same work`() async throws
    {
        try await Classroom.with { room in
            try await room.setPassword(.awa, Self.password)
            var sentences: Set<String> = []
            for (email, password) in [
                ("nobody@school.example", Self.password), ("person21@school.example", Self.password),
                ("person20@school.example", "Käse & Brot"), ("person20@school.example", ""),
                ("no address", Self.password),
            ] {
                let before = Self.computed(room)
                let refused = try await room.login(.string(email), password)
                #expect(Self.computed(room) - before == 1, "\(email)")
                expectRefusal(refused, 401, .unauthenticated)
                sentences.insert(refused.text)
            }
            #expect(sentences.count == 1)
        }
    }

    @Test func `what is no text, or is not there, is refused before any work`() async throws {
        try await Classroom.with { room in
            let before = Self.computed(room)
            for value: JSON in [nil, 5, true, [], [:]] {
                expectRefusal(try await room.login(value, "x"), 400, .invalidField, field: "email")
                expectRefusal(try await room.login(.awa, value), 400, .invalidField, field: "password")
            }
            expectRefusal(try await room.login("", "x"), 400, .invalidField, field: "email")
            let long = JSON.string(String(repeating: "x", count: 255))
            expectRefusal(try await room.login(long, "x"), 400, .invalidField, field: "email")
            let large = JSON.string(String(repeating: "x", count: 4096))
            expectRefusal(try await room.login(.awa, large), 413, .tooLarge)
            #expect(Self.computed(room) == before)
        }
    }

    @Test func `a hash of older parameters is made anew at the next sign-in`() async throws {
        try await Classroom.with { room in
            let salt = Array("0123456789abcdef".utf8)
            let key = try #require(PasswordHash.derive("an old password", salt: salt, logN: 4, r: 8, p: 1, count: 32))
            let old = "scrypt$4$8$1$\(Base64URL.encode(salt))$\(Base64URL.encode(key))"
            try await room.execute("UPDATE users SET password_hash = $1 WHERE id = 20", [.text(old)])
            #expect(try await room.login(.awa, "a wrong password").status == 401)
            #expect(try await hash(room) == old)
            #expect(try await room.login(.awa, "an old password").status == 200)
            let new = try await hash(room)
            #expect(new.hasPrefix("scrypt$15$8$1$"))
            #expect(try await room.login(.awa, "an old password").status == 200)
            #expect(try await hash(room) == new)
        }
    }

    private func hash(_ room: Classroom) async throws -> String {
        try await room.application.database.read { connection in
            try connection.first("SELECT password_hash FROM users WHERE id = 20", [])?.optionalText("password_hash")
        } ?? ""
    }

    // MARK: - Delays

    @Test func `after five failures even the right password waits, longer each time, and success forgets them`()
        async throws
    {
        try await Classroom.with { room in
            try await room.setPassword(.awa, Self.password)
            for _ in 0..<5 { #expect(try await room.login(.awa, "a wrong one").status == 401) }
            for wait in ["1", "2", "4"] {
                let before = Self.computed(room)
                for _ in 0..<3 {
                    let refused = try await room.login(.awa, Self.password)
                    expectRefusal(refused, 429, .rateLimited)
                    #expect(refused.header("Retry-After") == wait)
                }
                #expect(Self.computed(room) == before, "no work for who has to wait")
                room.clock.advance(seconds: Int64(wait) ?? 0)
                if wait != "4" { #expect(try await room.login(.awa, "a wrong one").status == 401) }
            }
            #expect(try await room.login(.awa, Self.password).status == 200)
            for _ in 0..<5 { #expect(try await room.login(.awa, "a wrong one").status == 401) }
        }
    }

    @Test func `an address that nobody has is delayed like one that somebody has, and others are not`() async throws {
        try await Classroom.with { room in
            try await room.setPassword(.awa, Self.password)
            for _ in 0..<5 { #expect(try await room.login("nobody@school.example", "x").status == 401) }
            expectRefusal(try await room.login("NOBODY@school.example", "x"), 429, .rateLimited)
            #expect(try await room.login(.awa, Self.password).status == 200)
        }
    }

    @Test func `many failures from one source delay everybody there, for seconds`() async throws {
        try await Classroom.with({ $0.limits.loginFailuresPerAddress = 3 }) { room in
            try await room.setPassword(.awa, Self.password)
            // Whoever gets in costs nothing.
            for _ in 0..<5 { #expect(try await room.login(.awa, Self.password).status == 200) }
            for name in ["a", "b", "c"] {
                #expect(try await room.login(.string("\(name)@x.example"), "x").status == 401)
            }
            let refused = try await room.login(.awa, Self.password)
            expectRefusal(refused, 429, .rateLimited)
            #expect(refused.header("Retry-After") == "1")
            room.clock.advance(seconds: 1)
            #expect(try await room.login(.awa, Self.password).status == 200)
        }
    }

    @Test func `of twenty guesses at once five are looked at`() async throws {
        try await Classroom.with { room in
            try await room.setPassword(.awa, Self.password)
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for index in 0..<20 { group.addTask { try await room.login(.awa, .string("guess \(index)")).status } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.sorted() == Array(repeating: 401, count: 5) + Array(repeating: 429, count: 15))
        }
    }

    // Found from outside, no. 12
    @Test func `of many guesses at once from one source no more are looked at than one after the other`() async throws {
        try await Classroom.with({ $0.limits.loginFailuresPerAddress = 3 }) { room in
            for round in 0..<2 {
                let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                    for index in 0..<24 {
                        let email = JSON.string("guess\(round).\(index)@school.example")
                        group.addTask { try await room.login(email, "a guess").status }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                // Three are free, then it is one for each delay.
                let looked = round == 0 ? 3 : 1
                let expected = Array(repeating: 401, count: looked) + Array(repeating: 429, count: 24 - looked)
                #expect(statuses.sorted() == expected)
                room.clock.advance(seconds: 1)
            }
        }
    }

    // Found from outside, no. 12
    @Test func `a school that signs in at once behind one address waits for nothing`() async throws {
        try await Classroom.with({ $0.limits.loginFailuresPerAddress = 4 }) { room in
            try await room.setPassword(.awa, Self.password)
            for _ in 0..<3 {
                let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                    for _ in 0..<3 { group.addTask { try await room.login(.awa, Self.password).status } }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(statuses == [200, 200, 200])
            }
        }
    }

    @Test func `a sign-in that finds 130 others under way is told when to come back`() async throws {
        try await Classroom.with { room in
            try await room.setPassword(.awa, Self.password)
            let (work, gate) = (room.application.passwords, DispatchSemaphore(value: 0))
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<131 {
                    group.addTask {
                        do throws(HubError) {
                            try await work.run { gate.wait() }
                            return true
                        } catch {
                            return false
                        }
                    }
                }
                // The one that is refused shows that all the others have their places.
                let isAdmitted = try await group.next()
                #expect(isAdmitted == false)
                let refused = try await room.login(.awa, Self.password)
                expectRefusal(refused, 429, .rateLimited)
                #expect(refused.header("Retry-After") == "2")
                for _ in 0..<130 { gate.signal() }
                for try await isDone in group { #expect(isDone) }
            }
            #expect(try await room.login(.awa, Self.password).status == 200)
        }
    }

    // MARK: - Refresh

    @Test func `a token of a sign-in is renewed until twelve hours after it`() async throws {
        try await Classroom.with { room in
            try await room.setPassword(.awa, Self.password)
            var token = try data(await room.login(.awa, Self.password))["token"]?.stringValue
            for (hours, end, left) in [
                (3, "16:01:00", 14_400), (3, "19:01:00", 14_400), (3, "21:01:00", 10_800), (2, "21:01:00", 3600),
            ] {
                room.clock.advance(seconds: Int64(hours) * 3600)
                let answer = try data(await Self.refresh(token, room))
                #expect(
                    answer.without("token") == [
                        "expires_at": .string("2026-03-15T\(end)Z"), "expires_in": .integer(Int64(left)),
                        "refresh_until": "2026-03-15T21:01:00Z",
                        "user": Self.awa,
                    ]
                )
                token = answer["token"]?.stringValue
            }
            room.clock.advance(seconds: 3600)
            expectRefusal(try await Self.refresh(token, room), 401, .tokenExpired)
        }
    }

    @Test func `the platform's tokens are the platform's to renew`() async throws {
        try await Classroom.with { room in
            expectRefusal(try await Self.refresh(room.token(.awa), room), 403, .forbidden)
            expectRefusal(try await Self.refresh(room.serviceToken(), room), 403, .forbidden)
        }
    }

    @Test func `a revocation ends every token of a sign-in, and a new sign-in works at once`() async throws {
        try await Classroom.with { room in
            try await room.setPassword(.awa, Self.password)
            let token = try data(await room.login(.awa, Self.password))["token"]?.stringValue
            room.clock.advance(milliseconds: 120)
            _ = try data(await room.post("/api/users/20/revoke", as: .admin))
            expectRefusal(try await Self.refresh(token, room), 401, .tokenRevoked)
            let again = try data(await room.login(.awa, Self.password))["token"]?.stringValue
            #expect(try await room.client.send("GET", "/api/auth/me", token: again).status == 200)
            room.clock.advance(milliseconds: 120)
            _ = try data(await room.post("/api/users/20/revoke", as: .admin))
            expectRefusal(try await Self.refresh(again, room), 401, .tokenRevoked)
        }
    }

    @Test func `a claim of a sign-in that cannot be read is no token`() async throws {
        try await Classroom.with { room in
            for (way, at) in [("password", "now"), ("charm", 1), (5, 1), ("password", nil)] as [(JSON, JSON?)] {
                var claims: JSONObject = [
                    "userId": 20, "email": "person20@school.example", "role": "student", "amphi_login": way,
                    "iat": .integer(room.nowSeconds), "exp": .integer(room.nowSeconds + 60),
                ]
                claims["amphi_login_at"] = at
                let token = try JWTSigner.hs256(secret: Array(TestHub.secret.utf8)).sign(claims)
                expectRefusal(try await room.client.send("GET", "/api/auth/me", token: token), 401, .unauthenticated)
            }
        }
    }
}
