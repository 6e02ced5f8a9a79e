import Database
import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// POST /api/users/{userId}/sign-in-link and /api/courses/{courseId}/sign-in-links.
@Suite("Making sign-in links", .timeLimit(.minutes(5)))
struct SignInLinkMakingTests {
    private static let path = "/api/users/20/sign-in-link"
    private static let list = "/api/courses/1/sign-in-links"

    private static func make(_ person: Someone, _ room: Classroom, _ body: JSON? = nil) async throws -> JSON {
        try data(await room.post(path, as: person, body), status: 201)
    }

    private static func use(_ code: JSON?, _ room: Classroom) async throws -> Int {
        try await room.client.send("POST", "/api/auth/sign-in-link", json: ["code": code ?? .null]).status
    }

    /// The code in a link's fragment.
    private static func code(in url: JSON?) -> JSON? {
        url?.stringValue?.split(separator: "#code=").last.map { .string(String($0)) }
    }

    @Test func `a link names its code in the fragment, lives a day, and a link for a password an hour`() async throws {
        try await Classroom.with { room in
            for (purpose, expiry) in [("sign_in", "2026-03-16T09:00:00Z"), ("reset_password", "2026-03-15T10:00:00Z")] {
                let response = try await room.post(Self.path, as: .admin, ["purpose": .string(purpose)])
                #expect(response.header("Cache-Control") == "no-store")
                let link = try data(response, status: 201)
                let code = link["code"]?.stringValue ?? ""
                #expect(
                    link == [
                        "url": .string("http://127.0.0.1:\(room.port)/sign-in#code=\(code)"), "code": .string(code),
                        "purpose": .string(purpose), "expires_at": .string(expiry),
                    ]
                )
                #expect(code.count == 43)
                #expect(try await Self.use(.string(code), room) == 200)
            }
        }
    }

    @Test func `a life is bounded, and what cannot be used is refused`() async throws {
        try await Classroom.with { room in
            for (purpose, longest) in [("sign_in", 30 * 86_400), ("reset_password", 86_400)] as [(JSON, Int64)] {
                for seconds in [60, longest] {
                    let link = try await Self.make(
                        .admin, room, ["purpose": purpose, "expires_in": .integer(seconds)])
                    #expect(link["expires_at"] == .string((room.clock.now + seconds * 1000).text))
                }
                for value: JSON in [.integer(longest + 1), 59, 0, -1, "60", 1.5, true, []] {
                    let refused = try await room.post(
                        Self.path, as: .admin, ["purpose": purpose, "expires_in": value])
                    expectRefusal(refused, 400, .invalidField, field: "expires_in")
                }
            }
            for value: JSON in ["", "login", 5, true, []] {
                let refused = try await room.post(Self.path, as: .admin, ["purpose": value])
                expectRefusal(refused, 400, .invalidField, field: "purpose")
            }
        }
    }

    @Test func `a new link leaves the others good, up to twenty`() async throws {
        try await Classroom.with { room in
            var codes: [JSON?] = []
            for seconds in 0..<21 {
                codes.append(try await Self.make(.admin, room, ["expires_in": .integer(600 + Int64(seconds))])["code"])
            }
            #expect(try await Self.use(codes[0], room) == 401, "the first to expire made room")
            for code in codes.dropFirst() { #expect(try await Self.use(code, room) == 200) }
        }
    }

    @Test func `a host lets in the students of the own courses, and sets nobody's password`() async throws {
        try await Classroom.with { room in
            for host in [Someone.teacher, .assistant] {
                #expect(try await Self.use(Self.make(host, room)["code"], room) == 200)
                let reset = try await room.post(Self.path, as: host, ["purpose": "reset_password"])
                expectRefusal(reset, 403, .forbidden)
            }
            // Enrolled in the course, but no student: this link would make the teacher an administrator.
            try await room.execute(
                """
                INSERT INTO enrollments (user_id, course_id, created_at, updated_at) VALUES (1, 1, 0, 0), (12, 1, 0, 0)
                """, [])
            for person in [Someone.admin, .otherTeacher, .former, .outsider, .assistant] {
                let refused = try await room.post("/api/users/\(person.id)/sign-in-link", as: .teacher)
                expectRefusal(refused, 403, .forbidden)
            }
            expectRefusal(try await room.post(Self.path, as: .otherTeacher), 403, .forbidden)
        }
    }

    @Test func `a class's list has a link for every active student, by name, for a week`() async throws {
        try await Classroom.with { room in
            try await room.execute(
                "INSERT INTO enrollments (user_id, course_id, created_at, updated_at) VALUES (1, 1, 0, 0)", [])
            let response = try await room.post(Self.list, as: .teacher)
            #expect(response.header("Cache-Control") == "no-store")
            let rows = try data(response, status: 201).arrayValue ?? []
            #expect(rows.map { $0["user"]?["id"] } == [21, 20])
            #expect(rows.map { $0["expires_at"] } == ["2026-03-22T09:00:00Z", "2026-03-22T09:00:00Z"])
            for row in rows {
                let code = Self.code(in: row["url"])
                let answer = try await room.client.send(
                    "POST", "/api/auth/sign-in-link", json: ["code": code ?? .null])
                #expect(try data(answer)["user"] == row["user"])
            }
            let all = try data(await room.post(Self.list, as: .admin, ["expires_in": 3600]), status: 201)
            #expect(all.arrayValue?.map { $0["user"]?["id"] } == [21, 1, 20])
            for value: JSON in [.integer(30 * 86_400 + 1), 59, 0, "3600", 1.5, true, []] {
                let refused = try await room.post(Self.list, as: .teacher, ["expires_in": value])
                expectRefusal(refused, 400, .invalidField, field: "expires_in")
            }
            expectRefusal(
                try await room.post("/api/courses/999/sign-in-links", as: .admin), 404, .courseNotFound
            )
        }
    }

    @Test func `a list has at most five thousand links, and one more makes none`() async throws {
        try await Classroom.with { room in
            for sql in [
                """
                INSERT INTO users (id, email, email_key, first_name, last_name, role, name_at, created_at, updated_at)
                SELECT value, 'p' || value, 'p' || value, '', '', 'student', 0, 0, 0
                FROM generate_series
                """,
                """
                INSERT INTO enrollments (user_id, course_id, created_at, updated_at)
                SELECT value, 1, 0, 0 FROM generate_series
                """,
            ] {
                let series =
                    "WITH RECURSIVE generate_series (value) AS "
                    + "(SELECT 2001 UNION ALL SELECT value + 1 FROM generate_series WHERE value < 6999) "
                try await room.execute(series + sql, [])
            }
            // With Awa and Koffi 5001.
            expectRefusal(try await room.post(Self.list, as: .teacher), 413, .tooLarge)
            _ = try data(await room.put("/api/courses/1/enrollments/20", as: .admin, ["is_active": false]))
            let rows = try data(await room.post(Self.list, as: .teacher), status: 201)
            #expect(rows.arrayValue?.count == 5000)
        }
    }

    @Test func `links go with a revocation, and with their person`() async throws {
        try await Classroom.with { room in
            let revoked = try await Self.make(.admin, room)["code"]
            _ = try data(await room.post("/api/users/20/revoke", as: .admin))
            #expect(try await Self.use(revoked, room) == 401)
            let link = try data(await room.post("/api/users/23/sign-in-link", as: .admin), status: 201)
            try await room.execute("DELETE FROM users WHERE id = 23", [])
            #expect(try await Self.use(link["code"], room) == 401)
        }
    }
}
