import Database
import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// Whom a token of the platform may become by an e-mail address, and ids that both the platform and this hub give.
@Suite("Binding: rights and ids", .timeLimit(.minutes(5)))
struct BindingRightsTests {
    private static let first: Int64 = 1_000_000_000
    private static let email = "nadia@school.example"

    private static func me(
        _ id: Int64, _ room: Classroom, email: String = email, role: Caller.Role = .student
    ) async throws -> TestResponse {
        let token = try room.application.tokens.mint(
            userID: id, email: email, role: role, issuedAt: room.nowSeconds, expiresAt: room.nowSeconds + 3600
        )
        return try await room.client.send("GET", "/api/auth/me", token: token)
    }

    /// Somebody made here, with the id `first`.
    private static func makeNadia(_ role: String, _ room: Classroom) async throws {
        let row = try data(
            await room.post("/api/users", as: .admin, ["email": .string(email), "role": .string(role)]), status: 201)
        #expect(row["id"] == .integer(first))
    }

    /// What may make more than a student of somebody made here.
    enum Rights: String, CaseIterable, Sendable {
        case administrator, instructor, courseInstructor, coInstructor, coHost, sessionInstructor
    }

    private static func give(_ rights: Rights, _ room: Classroom) async throws {
        try await makeNadia(rights == .administrator ? "admin" : rights == .instructor ? "instructor" : "student", room)
        let id = SQLValue.integer(first)
        switch rights {
        case .administrator, .instructor: break
        // As from before: a student cannot be named any more.
        case .courseInstructor: try await room.execute("UPDATE courses SET instructor_id = $1 WHERE id = 2", [id])
        case .coInstructor:
            try await room.execute("INSERT INTO course_instructors (course_id, user_id) VALUES (2, $1)", [id])
        case .coHost:
            let session = try await room.schedule()
            try await room.execute(
                """
                INSERT INTO live_session_cohosts (session_id, user_id, named_at) VALUES ($2, $1, 1)
                """,
                [id, .integer(session)]
            )
        case .sessionInstructor:
            let session = try await room.schedule()
            try await room.execute(
                "UPDATE live_sessions SET instructor_id = $1 WHERE id = $2", [id, .integer(session)])
        }
    }

    // Found from outside, no. 6
    @Test(arguments: Rights.allCases)
    func `no token becomes somebody made here who teaches or administers`(rights: Rights) async throws {
        try await Classroom.with { room in
            try await Self.give(rights, room)
            room.clock.advance(seconds: 1)
            for role in [Caller.Role.student, .instructor, .admin] {
                expectRefusal(try await Self.me(77, room, role: role), 409, .identityConflict)
            }
            let conflicts = try data(await room.get("/api/identity-conflicts", as: .admin))
            #expect(conflicts.arrayValue?.count == 1)
            #expect(conflicts.arrayValue?.first?["user_id"] == 77)
            #expect(conflicts.arrayValue?.first?["email_belongs_to"] == .integer(Self.first))
            // The Directory says who it is, by PUT or by an import, and the role stays.
            if rights == .instructor {
                let line = #"{"user":{"id":77,"email":"nadia@school.example"}}"#
                #expect(try await room.importLines(line).status == 200)
            } else {
                _ = try data(
                    await room.put("/api/users/77", as: .admin, ["email": .string(Self.email)]), status: 201)
            }
            #expect(try await Self.me(77, room).status == 200)
        }
    }

    // Found from outside, no. 6
    @Test func `a student is bound by a token, and has no more than its role`() async throws {
        try await Classroom.with { room in
            try await Self.makeNadia("student", room)
            room.clock.advance(seconds: 61)
            let row = try data(await Self.me(77, room, role: .instructor))
            #expect(row["id"] == 77 && row["role"] == "instructor")
        }
    }

    // Found from outside, no. 46
    @Test func `a person of the platform with a large id was not made here`() async throws {
        try await Classroom.with { room in
            let large = Self.first + 41
            #expect(try await Self.me(large, room).status == 200)
            // Another id with her address is a conflict, and no binding.
            expectRefusal(try await Self.me(77, room), 409, .identityConflict)
            let put = try await room.put("/api/users/78", as: .admin, ["email": .string(Self.email)])
            expectRefusal(put, 409, .identityConflict, field: "email")
            let line = try await room.importLines(#"{"user":{"id":79,"email":"nadia@school.example"}}"#)
            #expect(line.status == 400 && line.json["errors"]?.arrayValue?.first?["code"] == "identity_conflict")
            #expect(try await Self.me(large, room).status == 200)
        }
    }

    // Found from outside, no. 46
    @Test func `somebody made here gets a large id of the platform's, too`() async throws {
        try await Classroom.with { room in
            try await Self.makeNadia("student", room)
            let large = Self.first + 500
            #expect(try data(await Self.me(large, room))["id"] == .integer(large))
            expectRefusal(try await room.get("/api/users/\(Self.first)", as: .admin), 404, .userNotFound)
        }
    }

    // Found from outside, no. 46
    @Test func `a token whose id was given here is nobody else's, before and after a binding or a deletion`()
        async throws
    {
        try await Classroom.with { room in
            try await Self.makeNadia("student", room)
            room.clock.advance(seconds: 1)
            let other = "omar@school.example"
            expectRefusal(try await Self.me(Self.first, room, email: other, role: .admin), 409, .identityConflict)
            let conflicts = try data(await room.get("/api/identity-conflicts", as: .admin))
            #expect(conflicts.arrayValue?.first?["email_belongs_to"] == .null)
            let service = try room.serviceToken()
            let path = "/api/users/\(Self.first)"
            let taken = try await room.client.send(
                "PUT", path, token: service, json: ["email": .string(other)])
            expectRefusal(taken, 409, .identityConflict, field: "id")
            // A person who corrects her address means her.
            _ = try data(await room.put(path, as: .admin, ["email": "nadia.ba@school.example"]))
            #expect(try await Self.me(77, room, email: "nadia.ba@school.example").status == 200)
            expectRefusal(try await Self.me(Self.first, room, email: other), 409, .identityConflict)
            expectRefusal(
                try await room.put(path, as: .admin, ["email": .string(other)]), 409, .identityConflict, field: "id")
            let line = #"{"user":{"id":1000000000,"email":"omar@school.example"}}"#
            #expect(try await room.importLines(line).json["errors"]?.arrayValue?.first?["code"] == "identity_conflict")

            let made = try data(await room.post("/api/users", as: .admin, ["email": "zoe@school.example"]), status: 201)
            let id = try #require(made["id"]?.integerValue)
            _ = try await room.delete("/api/users/\(id)", as: .admin)
            expectRefusal(try await Self.me(id, room, email: other), 409, .identityConflict)
        }
    }

    // Found from outside, no. 46
    @Test(arguments: ["users", "courses"])
    func `ids that are made here pass by those of the platform, also by many in a row`(table: String) async throws {
        try await Classroom.with { room in
            let rows = ([Int64](0..<3000) + [3001, 3003]).map { Self.first + $0 }
            let lines = rows.map { id in
                table == "users"
                    ? #"{"user":{"id":\#(id),"email":"p\#(id)@school.example"}}"#
                    : #"{"course":{"id":\#(id),"title":"Cours","instructor_id":12}}"#
            }
            #expect(try await room.importLines(lines.joined(separator: "\n")).status == 200)
            var made: [Int64] = []
            for index in 0..<3 {
                let body: JSON =
                    table == "users"
                    ? ["email": .string("n\(index)@school.example")] : ["title": "Latin", "instructor_id": 12]
                let row = try data(await room.post("/api/\(table)", as: .admin, body), status: 201)
                made.append(try #require(row["id"]?.integerValue) - Self.first)
            }
            #expect(made == [3000, 3002, 3004])
        }
    }
}
