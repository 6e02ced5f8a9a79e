import Database
import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// What is taken away reaches open channels, and decides every command from its commit on.
@Suite("Channel: authority is live", .timeLimit(.minutes(3)))
struct AuthorityTests {
    @Test(arguments: [1, 2]) func `a revocation closes every channel of the person and refuses older tokens`(
        loops: Int
    ) async throws {
        try await TestHub.with({ $0.loops = loops }) { hub in
            let room = try await hub.testCourse(students: 2)
            var tabs: [WebSocketTestClient] = []
            for _ in 0..<4 { tabs.append(try await hub.join(room.session, as: room.students[0]).client) }
            let (neighbour, _) = try await hub.join(room.session, as: room.students[1])
            let revoked = try await hub.http.send("POST", "/api/users/101/revoke", token: hub.token(1, role: .admin))
            #expect(revoked.status == 200)
            #expect(revoked.json["data"]?["user_id"] == 101)
            for tab in tabs { #expect(try await tab.closeCode() == 4500) }
            let late = try await hub.http.send("GET", "/api/auth/me", token: room.students[0].token)
            #expect(late.status == 401)
            #expect(late.json["code"] == "token_revoked")
            _ = try await neighbour.ok("ping")
        }
    }

    @Test(arguments: [1, 2]) func `a deleted person's channels close, others stay`(loops: Int) async throws {
        try await TestHub.with({ $0.loops = loops }) { hub in
            // After its end a class has no places, so nobody was let into it whom the school had to keep.
            let room = try await hub.testCourse(students: 2)
            try await hub.endClass(room)
            let (gone, _) = try await hub.join(room.session, as: room.students[0])
            let (neighbour, _) = try await hub.join(room.session, as: room.students[1])
            try await hub.expectOK("DELETE", "/api/users/101")
            // Every token of theirs has ended.
            let (bye, code) = try await gone.farewell()
            #expect(bye == ["code": 4500, "reason": "bad_token", "reconnect": false, "after_ms": 0])
            #expect(code == 4500)
            _ = try await neighbour.ok("ping")
        }
    }

    @Test func `only administrators and services revoke, and only people that exist`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1)
            let path = "/api/users/101/revoke"
            #expect(try await hub.http.send("POST", path).status == 401)
            #expect(try await hub.http.send("POST", path, token: room.student.token).status == 403)
            #expect(try await hub.http.send("POST", path, token: room.teacher.token).status == 403)
            let nobody = try await hub.http.send("POST", "/api/users/9999/revoke", token: hub.serviceToken())
            #expect(nobody.status == 404)
            #expect(nobody.json["code"] == "user_not_found")
            #expect(try await hub.http.send("POST", path, token: hub.serviceToken()).status == 200)
        }
    }

    @Test(arguments: [1, 2]) func `an enrollment's end closes the channel with 4502`(loops: Int) async throws {
        try await TestHub.with({ $0.loops = loops }) { hub in
            let room = try await hub.testCourse(students: 2)
            let (client, _) = try await hub.join(room.session, as: room.students[0])
            let (neighbour, _) = try await hub.join(room.session, as: room.students[1])
            try await hub.enroll(101, in: room.course, isActive: false)
            #expect(try await client.closeCode() == 4502)
            _ = try await neighbour.ok("ping")
        }
    }

    /// The rows are changed without any signal to the loops: what decides is the writer's transaction itself.
    @Test(
        arguments: [
            (
                "UPDATE enrollments SET is_active = 0 WHERE user_id = 101", "chat.post",
                ["client_id": "a", "text": "late"], "session_not_found"
            ),
            (
                "UPDATE users SET tokens_after = 9000000000000 WHERE id = 101", "chat.post",
                ["client_id": "a", "text": "late"], "token_revoked"
            ),
            (
                "UPDATE live_sessions SET deleted_at = 1", "chat.post", ["client_id": "a", "text": "late"],
                "session_not_found"
            ),
        ] as [(String, String, JSON, String)])
    func `a command is decided by the state at its commit`(
        sql: String, type: String, fields: JSON, code: String
    ) async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1)
            let (client, _) = try await hub.join(room.session, as: room.student)
            _ = try await hub.application.journal.write { try $0.connection.execute(sql, []) }
            let reply = try await client.request(type, fields)
            #expect(reply["error"]?["code"] == .string(code))
        }
    }

    @Test func `an administrator who is none any more steers nothing`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1)
            try await hub.user(77, role: .admin)
            let client = try await hub.open(room.session)
            try await client.hello(try hub.token(77, role: .admin))
            _ = try await hub.application.journal.write {
                try $0.connection.execute("UPDATE users SET role = 'student' WHERE id = 77", [])
            }
            let reply = try await client.request("session.end", [:])
            #expect(reply["error"]?["code"] == "session_not_found")
        }
    }
}
