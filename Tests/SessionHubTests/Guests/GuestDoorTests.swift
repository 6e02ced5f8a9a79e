import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// What a guest is not: a person of the platform, and one of another class.
@Suite("Guests: every other door", .timeLimit(.minutes(5)))
struct GuestDoorTests {
    @Test func `a guest of one class finds no other class behind any route`() async throws {
        try await Classroom.with { room in
            let (own, other) = (try await room.live(), try await room.live())
            let guest = try await room.visitor(own)
            try await room.join(other, .awa)
            for row in AccessMatrix.rows where row.path.hasPrefix("/api/live-sessions/{") && row.cells[.none] == "401" {
                let path = row.path.replacing(/^\/api\/live-sessions\/\{[a-z]+\}/, with: "/api/live-sessions/\(other)")
                    .replacing(/\{[a-z]+\}/, with: "1")
                let answer = try await room.send(
                    row.method, path, token: guest.token, json: row.method == "GET" ? JSON?.none : JSON.object([:]))
                #expect(answer.status == 404 && answer.code == "session_not_found", "\(row.method) \(path)")
            }
            let client = try await room.open(other)
            #expect(try await client.refusedHello(guest.token)["code"] == "session_not_found")
            #expect(try await client.farewell().code == 4509)
        }
    }

    @Test func `for the Directory there is no guest, whatever is asked of it`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            let guest = try await room.visitor(session)
            let path = "/api/users/\(guest.id)"
            let people = try data(await room.get("/api/users?limit=100", as: .admin))
            #expect(people.ids.allSatisfy { $0 < MadeID.first } && people.ids.count == Someone.allCases.count)
            #expect(try data(await room.get("/api/users?search=okafor", as: .admin)).ids == [])
            expectRefusal(try await room.get(path, as: .admin), 404, .userNotFound)
            let changes: [JSON] = [
                ["role": "admin"], ["email": "ada@school.example"],
                ["email": "ada@school.example", "password": "long enough 1"],
            ]
            for change in changes {
                expectRefusal(try await room.put(path, as: .admin, change), 409, .identityConflict, field: "id")
            }
            expectRefusal(try await room.delete(path, as: .admin), 404, .userNotFound)
            expectRefusal(try await room.post("\(path)/revoke", as: .admin), 404, .userNotFound)
            expectRefusal(try await room.post("\(path)/sign-in-link", as: .admin), 404, .userNotFound)
            expectRefusal(try await room.post("\(path)/sign-in-link", as: .teacher), 403, .forbidden)
            expectRefusal(
                try await room.put("/api/courses/1/enrollments/\(guest.id)", as: .admin, nil), 404, .userNotFound)
            expectRefusal(
                try await room.put("/api/courses/1", as: .admin, ["co_instructor_ids": [.integer(guest.id)]]), 400,
                .invalidField, field: "co_instructor_ids")
            let cohost = "/api/live-sessions/\(session)/cohosts/\(guest.id)"
            expectRefusal(try await room.put(cohost, as: .teacher, nil), 404, .userNotFound, field: "user_id")
            let lines = [
                #"{"user":{"id":\#(guest.id),"email":"ada@school.example"}}"#,
                #"{"enrollment":{"course_id":1,"user_id":\#(guest.id)}}"#,
            ]
            for line in lines {
                let report = try await room.importLines(line)
                #expect(report.text.contains("\"line\":1"), "\(report.text)")
            }
            #expect(try data(await room.send("GET", "/api/auth/me", token: guest.token))["role"] == "guest")
        }
    }

    @Test func `no token of the platform becomes a guest, by id, by e-mail or by role`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            let guest = try await room.visitor(session)
            func token(_ id: Int64, _ email: String, _ role: Caller.Role = .student) throws -> String {
                try room.application.tokens.mint(
                    userID: id, email: email, role: role, issuedAt: room.nowSeconds, expiresAt: room.nowSeconds + 60)
            }
            for email in ["ada@school.example", "guest-\(guest.id)@guest.invalid"] {
                let answer = try await room.send("GET", "/api/auth/me", token: token(guest.id, email))
                expectRefusal(answer, 409, .identityConflict)
            }
            let named = try await room.send(
                "GET", "/api/auth/me", token: token(77, "guest-\(guest.id)@guest.invalid"))
            #expect(try data(named)["id"] == 77, "somebody else altogether")
            let claimed = try await room.send("GET", "/api/auth/me", token: token(guest.id, "a@b.example", .guest))
            expectRefusal(claimed, 401, .unauthenticated)
            // A sign-in of a guest is good for nobody else, and none of another kind for a guest.
            let forgeries: [(Int64, Caller.Role, Login.Way)] = [
                (Someone.awa.id, .guest, .guest), (guest.id, .student, .link),
            ]
            for (id, role, way) in forgeries {
                var person = DirectoryUser(id: id, email: "a@b.example")
                person.role = role
                let forged = try room.application.tokens.mint(
                    person, login: Login(way: way, at: room.clock.now), issuedAt: room.clock.now,
                    expiresAt: room.clock.now + Classroom.hour)
                expectRefusal(try await room.send("GET", "/api/auth/me", token: forged), 401, .tokenRevoked)
            }
        }
    }

    @Test func `no link of a guest is in the log`() async throws {
        let lines = LogSecrecyTests.Lines()
        try await Classroom.with(logger: LogSecrecyTests.logger(lines)) { room in
            let session = try await room.live()
            let guest = try await room.visitor(session)
            _ = try await room.post("/api/live-sessions/\(session)/guests/\(guest.id)/link", as: .teacher)
            try await room.execute("ALTER TABLE live_session_guests RENAME TO hidden_guests", [])
            #expect(try await room.exchange(guest.code).status == 500)
            #expect(try await room.invite(session).status == 500)
            let seal = guest.code.stringValue?.split(separator: ".").last.map(String.init) ?? ""
            for secret in [seal, guest.token, Classroom.stranger] {
                #expect(!secret.isEmpty && !lines.text.contains(secret))
            }
        }
        #expect(lines.text.contains("item failed"), "the log is read")
    }
}
