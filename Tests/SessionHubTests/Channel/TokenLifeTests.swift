import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

@Suite("Channel: a token's life", .timeLimit(.minutes(3)))
struct TokenLifeTests {
    @Test func `an expiring token is announced a minute before, and refreshed in place`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1)
            let client = try await hub.open(room.session)
            try await client.hello(try hub.token(101, lifetime: 62))
            let notice = try await client.next { $0["token_expiring"] != nil }
            let left = try #require(notice["token_expiring"]?["in_ms"]?.integerValue)
            #expect((50_000...60_000).contains(left))
            let fresh = try hub.token(101, lifetime: 7200)
            let answer = try await client.ok("token.refresh", ["token": .string(fresh)])
            let expiry = try #require(answer["expires_at"]?.stringValue.flatMap { Timestamp($0) })
            #expect(abs(expiry.seconds - hub.application.clock.wallSeconds - 7200) <= 5)
            _ = try await client.say("Still here", clientID: "1")
        }
    }

    @Test func `a token with less than a minute left is announced at once and closes with 4003`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1)
            let client = try await hub.open(room.session)
            try await client.hello(try hub.token(101, lifetime: 5))
            let notice = try await client.next { $0["token_expiring"] != nil || $0["bye"] != nil }
            #expect(notice["token_expiring"]?["in_ms"] != nil)
            let (bye, code) = try await client.farewell()
            #expect(bye == ["code": 4003, "reason": "token_expired", "reconnect": true, "after_ms": 0])
            #expect(code == 4003)
        }
    }

    @Test func `a refresh in time keeps the connection over the old token's end`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 2)
            let client = try await hub.open(room.session)
            let other = try await hub.open(room.session)
            try await client.hello(try hub.token(101, lifetime: 8))
            try await other.hello(try hub.token(102, lifetime: 8))
            _ = try await client.ok("token.refresh", ["token": .string(room.student.token)])
            // The neighbour's end shows that the time has come.
            #expect(try await other.closeCode() == 4003)
            _ = try await client.ok("ping")
        }
    }

    @Test func `a refresh with a wrong token is refused and changes nothing`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 2)
            let (client, _) = try await hub.join(room.session, as: room.students[0])
            for (token, code) in [
                (JSON.string(room.students[1].token), "forbidden"),
                (.string(try hub.token(101, lifetime: -5)), "token_expired"),
                ("x.y.z", "unauthenticated"), (.string(try hub.serviceToken()), "forbidden"), (7, "invalid_field"),
                (.null, "invalid_field"),
            ] {
                #expect(try await client.refusal("token.refresh", ["token": token])["code"]?.stringValue == code)
            }
            _ = try await client.ok("ping")
        }
    }

    // Found from outside, no. 18
    @Test func `a refresh with a revoked token is refused, and the channel stays`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1)
            try await hub.expectOK("POST", "/api/users/101/revoke")
            let password = "a long password"
            try await hub.expectOK("PUT", "/api/users/101", json: ["password": .string(password)])
            let login = try await hub.expectOK(
                "POST", "/api/auth/login",
                json: ["email": .string(TestHub.email(101)), "password": .string(password)]
            )
            let client = try await hub.open(room.session)
            try await client.hello(try #require(login["token"]?.stringValue))
            let error = try await client.refusal("token.refresh", ["token": .string(room.student.token)])
            #expect(error["code"] == "token_revoked")
            _ = try await client.ok("ping")
        }
    }

    @Test func `a channel token of another session does not refresh`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1)
            let other = try await hub.session(course: room.course, fields: ["title": "Other"])
            try await hub.expectOK("POST", "/api/live-sessions/\(other)/start", token: room.teacher.token)
            let join = "join"
            let own = try await hub.expectOK(
                "POST", "/api/live-sessions/\(room.session)/\(join)", token: room.student.token, json: [:]
            )
            let foreign = try await hub.expectOK(
                "POST", "/api/live-sessions/\(other)/\(join)", token: room.student.token, json: [:]
            )
            let (client, _) = try await hub.join(room.session, as: room.student)
            _ = try await client.ok("token.refresh", ["token": own["channel_token"] ?? .null])
            let error = try await client.refusal("token.refresh", ["token": foreign["channel_token"] ?? .null])
            #expect(error["code"] == "forbidden")
        }
    }

    @Test func `the end of an enrollment closes the connection, a lost host role takes the host's rights`() async throws
    {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1)
            let (assistant, welcome) = try await hub.join(room.session, as: room.assistant)
            let (student, _) = try await hub.join(room.session, as: room.student)
            try await hub.enroll(3, in: room.course)
            try await hub.course(room.course, instructor: 2, coInstructors: [])
            let picture = try PresencePicture(welcome["presence"] ?? .null)
            #expect(picture.people[3]?["role"] == "moderator")
            _ = try await assistant.next { frame in
                frame["presence"]?["updated"]?.arrayValue?.contains { $0["role"] == "participant" } ?? false
            }
            #expect(try await assistant.refusal("session.end")["code"] == "forbidden")
            try await hub.append(1, to: room.session, audience: .hosts)
            #expect(try await assistant.events(through: 2).last == ["seq": 2, "type": "withheld"])
            try await hub.expectOK("DELETE", "/api/courses/1/enrollments/101")
            #expect(try await student.farewell().code == 4502)
        }
    }
}
