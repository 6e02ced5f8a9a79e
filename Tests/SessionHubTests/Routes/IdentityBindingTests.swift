import Database
import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// People who were made here and get the platform's id by their e-mail address; identity conflicts.
@Suite("Binding people to the platform's ids", .timeLimit(.minutes(5)))
struct IdentityBindingTests {
    private static let email = "nadia@school.example"
    private static let first: Int64 = 1_000_000_000
    private static let lines = """
        {"user":{"email":"nadia@school.example","first_name":"Nadia"}}
        {"enrollment":{"course_id":1,"email":"NADIA@school.example"}}
        """

    private static func token(
        _ id: Int64, _ room: Classroom, email: String = email, role: Caller.Role = .student, name: String = ""
    ) throws -> String {
        try room.application.tokens.mint(
            userID: id, email: email, role: role, firstName: name, issuedAt: room.nowSeconds,
            expiresAt: room.nowSeconds + 3600
        )
    }

    private static func me(_ token: String?, _ room: Classroom) async throws -> TestResponse {
        try await room.client.send("GET", "/api/auth/me", token: token)
    }

    private static func importNadia(_ room: Classroom) async throws {
        let answer = try await room.importLines(lines)
        try #require(answer.status == 200, "\(answer.text)")
    }

    private static func number(_ sql: String, _ room: Classroom) async throws -> Int64 {
        try await room.application.database.read { try $0.first(sql, [])?.integer("n") ?? -1 }
    }

    private static func signIn(_ id: Int64, _ room: Classroom) async throws -> String? {
        let link = try data(await room.post("/api/users/\(id)/sign-in-link", as: .admin), status: 201)
        let answer = try await room.client.send("POST", "/api/auth/sign-in-link", json: ["code": link["code"] ?? .null])
        return try data(answer)["token"]?.stringValue
    }

    @Test(TestDatabase.ofFiles) func `every column that holds a person's id is renamed by a binding`() async throws {
        try await Classroom.with { room in
            let found = try await room.application.database.read { connection in
                try connection.query(
                    """
                    SELECT t.name || '.' || f."from" AS name FROM sqlite_master t
                    JOIN pragma_foreign_key_list(t.name) f WHERE t.type = 'table' AND f."table" = 'users'
                    UNION SELECT t.name || '.' || c.name FROM sqlite_master t
                    JOIN pragma_table_info(t.name) c WHERE t.type = 'table' AND c.name = 'user_id'
                        AND t.name NOT LIKE 'import%'
                    """, []
                ).map { $0.text("name") }
            }
            #expect(Set(found) == Set(LocalPeople.references.map { "\($0)" + ".\($1)" }))
        }
    }

    @Test func `an import without ids makes people from a thousand million up, once each`() async throws {
        try await Classroom.with { room in
            try await Self.importNadia(room)
            try await Self.importNadia(room)
            _ = try data(await room.importLines(#"{"user":{"email":"omar@school.example"}}"#))
            let list = try data(await room.get("/api/users?search=school.example&limit=100", as: .admin))
            #expect(list.ids.filter { $0 >= Self.first }.sorted() == [Self.first, Self.first + 1])
            #expect(
                try data(await room.get("/api/courses/1/enrollments/\(Self.first)", as: .admin))["is_active"] == true)
            let known = try await room.importLines(#"{"user":{"email":"Person20@school.example","first_name":"Awa"}}"#)
            #expect(known.status == 200)
            for line in [#"{"user":{"first_name":"X"}}"#, #"{"enrollment":{"course_id":1,"email":"no@x.example"}}"#] {
                expectRefusalOfLine(try await room.importLines(line))
            }
        }
    }

    private func expectRefusalOfLine(_ response: TestResponse, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(response.status == 400 && response.code == "invalid_field", sourceLocation: sourceLocation)
        #expect(response.json["errors"]?.arrayValue?.count == 1, sourceLocation: sourceLocation)
    }

    @Test func `a token that names the address binds the person everywhere, once`() async throws {
        try await Classroom.with { room in
            try await Self.importNadia(room)
            _ = try data(await room.put("/api/users/\(Self.first)", as: .admin, ["password": "a password of hers"]))
            let old = try #require(try await Self.signIn(Self.first, room))
            let session = try await room.live()
            let path = "/api/live-sessions/\(session)"
            let join = try data(await room.client.send("POST", "\(path)/join", token: old))
            let channelToken = try #require(join["channel_token"]?.stringValue)
            let client = try await room.enter(session, token: channelToken).client
            _ = try await client.ok("chat.post", ["client_id": "a", "text": "Bonjour"])
            let link = try data(await room.post("/api/users/\(Self.first)/sign-in-link", as: .admin), status: 201)

            try await room.execute(
                "UPDATE live_session_events SET audience = $1 WHERE seq = 2", [.text(Audience.user(Self.first).text)])
            room.clock.advance(seconds: 61)
            let bound: JSON = [
                "id": 77, "email": .string(Self.email), "first_name": "Nadège", "last_name": "", "role": "student",
            ]
            expectData(try await Self.me(Self.token(77, room, name: "Nadège"), room), bound)
            #expect(try await client.farewell().code == CloseCode.resyncNeeded.rawValue)

            expectRefusal(try await room.get("/api/users/\(Self.first)", as: .admin), 404, .userNotFound)
            for (table, column) in LocalPeople.references {
                let left = try await Self.number(
                    "SELECT count(*) AS n FROM \(table) WHERE \(column) >= 1000000000", room)
                #expect(left == 0, "\(table)")
            }
            let chat = try data(await room.client.send("GET", "\(path)/chat", token: old))
            #expect(chat["messages"]?.arrayValue?.map { $0["user_id"] } == [77])
            let events = try data(await room.client.send("GET", "\(path)/events", token: old))
            #expect(events["events"]?.arrayValue?.last?["user"]?["id"] == 77)
            let audience = "SELECT count(*) AS n FROM live_session_events WHERE audience = 'user:77'"
            #expect(try await Self.number(audience, room) == 1)
            // Everything that let her in still does, and it is her new self that comes in.
            expectData(try await Self.me(old, room), bound)
            let login = try data(await room.login(.string(Self.email), "a password of hers"))
            #expect(login["user"] == bound)
            let opened = try await room.client.send(
                "POST", "/api/auth/sign-in-link", json: ["code": link["code"] ?? .null])
            #expect(try data(opened)["user"] == bound)
            let (again, welcome) = try await room.enter(session, token: channelToken)
            #expect(welcome["me"]?["user"]?["id"] == 77)
            _ = try await again.ok("chat.post", ["client_id": "b", "text": "Re"])
            try await again.close()

            expectRefusal(try await Self.me(Self.token(78, room), room), 409, .identityConflict)
        }
    }

    @Test func `a class goes on across a binding: the stay of before ends, the next begins`() async throws {
        try await Classroom.with { room in
            try await Self.importNadia(room)
            let old = try #require(try await Self.signIn(Self.first, room))
            let session = try await room.live()
            let client = try await room.enter(session, token: old).client
            room.clock.advance(seconds: 60)
            _ = try await Self.me(Self.token(77, room), room)
            _ = try await client.farewell()
            room.clock.advance(seconds: 5)
            let again = try await room.enter(session, token: old).client
            room.clock.advance(seconds: 60)
            try await room.end(session)
            let rows = try data(await room.get("/api/live-sessions/\(session)/attendance", as: .teacher))
            let nadia = rows["participants"]?.arrayValue?.first { $0["user_id"] == 77 }
            #expect(nadia?["attendance_seconds"] == 120)
            #expect(nadia?["segments"]?.arrayValue?.count == 2)
            #expect(rows["participants"]?.arrayValue?.count == 1)
            try await again.close()
        }
    }

    @Test func `a bound id is never given again, and the Directory binds like a token`() async throws {
        try await Classroom.with { room in
            try await Self.importNadia(room)
            let row = try data(
                await room.put("/api/users/77", as: .admin, ["email": .string(Self.email), "role": "instructor"]),
                status: 201)
            #expect(row["first_name"] == "Nadia" && row["role"] == "instructor")
            #expect(try data(await room.get("/api/courses/1/enrollments/77", as: .admin))["is_active"] == true)
            _ = try data(await room.importLines(#"{"user":{"email":"omar@school.example"}}"#))
            #expect(try await room.get("/api/users/\(Self.first + 1)", as: .admin).status == 200)
            expectRefusal(try await room.get("/api/users/\(Self.first)", as: .admin), 404, .userNotFound)
        }
    }

    @Test func `a token from before a revocation binds nobody`() async throws {
        try await Classroom.with { room in
            try await Self.importNadia(room)
            let token = try Self.token(77, room)
            room.clock.advance(seconds: 1)
            _ = try data(await room.post("/api/users/\(Self.first)/revoke", as: .admin))
            expectRefusal(try await Self.me(token, room), 401, .tokenRevoked)
            room.clock.advance(seconds: 60)
            #expect(try await Self.me(Self.token(77, room), room).status == 200)
        }
    }

    @Test func `somebody whom the platform has told of already is not bound but a conflict, which administrators see`()
        async throws
    {
        try await Classroom.with { room in
            try await Self.importNadia(room)
            for _ in 0..<2 {
                // Awa's id with Nadia's address.
                expectRefusal(try await Self.me(Self.token(20, room), room), 409, .identityConflict)
            }
            room.clock.advance(seconds: 1)
            expectRefusal(
                try await Self.me(Self.token(78, room, email: "Person21@school.example"), room), 409, .identityConflict)
            expectData(
                try await room.get("/api/identity-conflicts", as: .admin),
                [
                    [
                        "user_id": 78, "email": "Person21@school.example", "email_belongs_to": 21, "count": 1,
                        "last_at": "2026-03-15T09:00:01Z",
                    ],
                    [
                        "user_id": 20, "email": .string(Self.email), "email_belongs_to": .integer(Self.first),
                        "count": 2, "last_at": "2026-03-15T09:00:00Z",
                    ],
                ]
            )
        }
    }

    @Test func `the list of conflicts is bounded`() {
        let conflicts = IdentityConflicts()
        for id in 1...150 {
            conflicts.add(.init(userID: Int64(id), email: "a@b", ownerID: 1, lastAt: Classroom.morning))
        }
        #expect(conflicts.all.map(\.userID) == Array((51...150).reversed()))
    }

    @Test func `a sign-in's token of somebody who is gone brings nobody back`() async throws {
        try await Classroom.with { room in
            let token = try await Self.signIn(23, room)
            try await room.execute("DELETE FROM users WHERE id = 23", [])
            expectRefusal(try await Self.me(token, room), 401, .unauthenticated)
            expectRefusal(try await room.get("/api/users/23", as: .admin), 404, .userNotFound)
        }
    }
}
