import Database
import Foundation
import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// Tokens of a platform whose clock is ahead: against revocations, and against what the Directory says.
@Suite("Tokens from a clock that is ahead", .timeLimit(.minutes(3)))
struct TokenClockTests {
    // Found from outside, no. 18
    @Test func `a token from a clock that is ahead does not survive a revocation`() async throws {
        try await Classroom.with { room in
            let token = try room.application.tokens.mint(
                userID: 20, email: Someone.awa.email, role: .student, issuedAt: room.nowSeconds + 45,
                expiresAt: room.nowSeconds + 3600)
            let me = { try await room.client.send("GET", "/api/auth/me", token: token) }
            #expect(try await me().status == 200)
            _ = try data(await room.post("/api/users/20/revoke", as: .admin))
            expectRefusal(try await me(), 401, .tokenRevoked)
            for seconds in [30, 15, 60, 3000] as [Int64] {
                room.clock.advance(seconds: seconds)
                expectRefusal(try await me(), 401, .tokenRevoked)
            }
        }
    }

    // Found from outside, no. 18
    @Test func `an honest token of the minute after a revocation is told when a new one counts`() async throws {
        try await Classroom.with { room in
            let me = "/api/auth/me"
            _ = try data(await room.post("/api/users/20/revoke", as: .admin))
            room.clock.advance(seconds: 20)
            let token = try room.token(.awa)
            let early = try await room.client.send("GET", me, token: token)
            expectRefusal(early, 401, .tokenRevoked)
            #expect(early.header("Retry-After") == "40")
            #expect(early.json["error"]?.stringValue?.contains("40 seconds") == true)
            room.clock.advance(seconds: 40)
            #expect(try await room.get(me, as: .awa).status == 200, "a new one")
            let late = try await room.client.send("GET", me, token: token)
            expectRefusal(late, 401, .tokenRevoked)
            #expect(late.header("Retry-After") == nil)
            #expect(late.json["error"]?.stringValue?.contains("too close") == true)
        }
    }

    // Found from outside, no. 18
    @Test func `a platform that revokes may go on at once with a token of a minute later`() async throws {
        try await Classroom.with { room in
            room.clock.advance(milliseconds: 300)
            let revoked = try data(await room.post("/api/users/20/revoke", as: .admin))
            let after = try #require(revoked["tokens_after"]?.stringValue.flatMap { Timestamp($0) })
            room.clock.advance(milliseconds: 700)
            let token = try room.application.tokens.mint(
                userID: 20, email: Someone.awa.email, role: .student, issuedAt: (after + 60_999).seconds,
                expiresAt: room.nowSeconds + 3600)
            #expect(try await room.client.send("GET", "/api/auth/me", token: token).status == 200)
        }
    }

    // Found from outside, no. 18
    @Test func `a sign-in right behind a revocation holds, and so does its channel token`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            room.clock.advance(milliseconds: 300)
            _ = try data(await room.put("/api/users/20", as: .admin, ["password": "a long password"]))
            room.clock.advance(milliseconds: 100)
            let token = try #require(
                try data(await room.login(.awa, "a long password"))["token"]?.stringValue)
            #expect(try await room.client.send("GET", "/api/auth/me", token: token).status == 200)
            let joined = try data(
                await room.client.send("POST", "/api/live-sessions/\(session)/join", token: token, json: [:]))
            let channel = try #require(joined["channel_token"]?.stringValue)
            let caller = try room.application.tokens.caller(from: channel, at: HubClock { room.clock.now })
            try caller.requireValid(since: Classroom.morning + 300)
        }
    }

    // Found from outside, no. 18
    @Test func `somebody made with a password comes in at once, by the platform and by the password`() async throws {
        try await Classroom.with { room in
            room.clock.advance(milliseconds: 300)
            let made: JSON = ["email": "new@school.example", "role": "student", "password": "a long password"]
            _ = try data(await room.put("/api/users/900", as: .admin, made), status: 201)
            let token = try room.application.tokens.mint(
                userID: 900, email: "new@school.example", role: .student, issuedAt: room.nowSeconds - 5,
                expiresAt: room.nowSeconds + 60)
            #expect(try await room.client.send("GET", "/api/auth/me", token: token).status == 200)
            #expect(try await room.login("new@school.example", "a long password").status == 200)
        }
    }

    // Found from outside, no. 18
    @Test func `a token from a clock that is ahead gives back no role that was taken`() async throws {
        try await Classroom.with { room in
            let token = try room.application.tokens.mint(
                userID: Someone.teacher.id, email: Someone.teacher.email, role: .instructor,
                issuedAt: room.nowSeconds + 45, expiresAt: room.nowSeconds + 3600)
            let path = "/api/users/\(Someone.teacher.id)"
            _ = try data(await room.put(path, as: .admin, ["role": "student"]))
            for seconds in [0, 10, 40, 60] as [Int64] {
                room.clock.advance(seconds: seconds)
                let me = try data(await room.client.send("GET", "/api/auth/me", token: token))
                #expect(me["role"] == "student")
                // Said again, the Directory's word is no older than it was.
                _ = try data(await room.put(path, as: .admin, ["role": "student"]))
                let line = #"{"user":{"id":\#(Someone.teacher.id),"role":"student"}}"#
                _ = try data(await room.importLines(line))
            }
        }
    }

    // Found from outside, no. 18
    @Test func `a role that the Directory makes or repeats is newer than a token from a clock that is ahead`()
        async throws
    {
        try await Classroom.with { room in
            let said: [(Int64, JSON)] = [
                (901, ["email": "put@school.example", "role": "student"]),
                (902, ["email": "list@school.example", "role": "student"]),
                (Someone.awa.id, ["role": "student"]), (Someone.koffi.id, ["role": "student"]),
            ]
            for (id, change) in said {
                if id == 902 || id == Someone.koffi.id {
                    let email = change["email"]?.stringValue.map { #","email":"\#($0)""# } ?? ""
                    _ = try data(await room.importLines(#"{"user":{"id":\#(id),"role":"student"\#(email)}}"#))
                } else {
                    #expect(try await room.put("/api/users/\(id)", as: .admin, change).status < 300)
                }
                let email = try #require(
                    try data(await room.get("/api/users/\(id)", as: .admin))["email"]?.stringValue)
                let token = try room.application.tokens.mint(
                    userID: id, email: email, role: .instructor, issuedAt: room.nowSeconds + 59,
                    expiresAt: room.nowSeconds + 3600)
                let me = try data(await room.client.send("GET", "/api/auth/me", token: token))
                #expect(me["role"] == "student", "\(id)")
            }
        }
    }

    // Found from outside, no. 18
    @Test func `a service's token from a clock that is ahead stays refused when its name comes back`() async throws {
        try await Classroom.with { room in
            let mint = { (issuedAt: Int64) in
                try room.application.tokens.mint(
                    userID: 0, email: "", role: .service, service: "lms", issuedAt: issuedAt,
                    expiresAt: room.nowSeconds + 3600)
            }
            let status = { (token: String) in
                try await room.client.send("GET", "/api/users/20", token: token).status
            }
            let old = try mint(room.nowSeconds + 45)
            #expect(try await status(old) == 200)
            let issuedAt = try await room.application.journal.write {
                try ServiceTokens.revoke("lms", now: $0.now, in: $0.connection)
                return try ServiceTokens.register("lms", now: $0.now, in: $0.connection)
            }
            #expect(try await status(mint(issuedAt.seconds)) == 200, "the one that is minted here")
            for seconds in [0, 50, 60] as [Int64] {
                room.clock.advance(seconds: seconds)
                #expect(try await status(old) == 401)
            }
        }
    }
}
