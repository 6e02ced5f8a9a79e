import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// POST /api/directory/import.
@Suite("Import: documents", .timeLimit(.minutes(5)))
struct ImportDocumentTests {
    @Test func `a document is taken as a whole, with CRLF, blank lines and a missing last line end`() async throws {
        try await Classroom.with { room in
            let document = [
                #"{"user":{"id":60,"email":"a@school.example","first_name":"Aya","role":"instructor"}}"#, "", "  ",
                #"{"course":{"id":9,"title":"Droit","instructor_id":60}}"#,
                #"{"enrollment":{"id":900,"course_id":9,"user_id":20,"status":"completed","is_active":false}}"#,
                #"{"enrollment":{"course_id":9,"user_id":21}}"#,
            ]
            let response = try await room.importLines(document.joined(separator: "\r\n"))
            expectData(response, importAnswer(lines: 4, users: 1, courses: 1, enrollments: 2, created: 4))
            expectData(
                try await room.get("/api/courses/9/enrollments/20", as: .admin),
                ["id": 900, "course_id": 9, "user_id": 20, "status": "completed", "is_active": false]
            )
            #expect(try data(await room.get("/api/courses/9", as: .admin))["instructor_id"] == 60)
        }
    }

    // Found from outside, no. 38
    @Test(arguments: ["", "\n\r\n", "\u{FEFF}", "  \r \r"])
    func `a document in which there is nothing is no success`(text: String) async throws {
        try await Classroom.with { room in
            let response = try await room.importLines(text)
            #expect(response.status == 400 && response.json["errors"]?.arrayValue?.first?["line"] == 1)
        }
    }

    // Found from outside, no. 38
    @Test(arguments: ["\n", "\r\n", "\r"]) func `lines end with LF, CRLF or CR, after a byte order mark or none`(
        end: String
    )
        async throws
    {
        try await Classroom.with { room in
            let text = "\u{FEFF}" + [#"{"user":{"id":20}}"#, "", #"{"user":{"id":21}}"#, "{"].joined(separator: end)
            let report = try data(await room.importLines(text, query: "?dry_run=true"))
            #expect(report["lines"] == 3 && report["users"] == 2)
            #expect(report["errors"]?.arrayValue?.map { $0["line"] } == [4])
        }
    }

    @Test func `one bad line refuses all, and every bad line is named with its field`() async throws {
        try await Classroom.with { room in
            let document = [
                #"{"user":{"id":60,"email":"a@school.example"}}"#, #"{"user":{"id":"61","email":"b@school.example"}}"#,
                #"{"user":{"id":62,"email":"nonsense"}}"#, "not json", #"{"teacher":{"id":1}}"#, "[]",
                #"{"course":{"id":9,"title":5,"instructor_id":10}}"#, #"{"enrollment":{"course_id":1}}"#,
                #"{"user":{"id":63,"id":64}}"#, #"{"user":[]}"#,
            ]
            let response = try await room.importLines(document.joined(separator: "\n"))
            let errors = response.json["errors"]?.arrayValue ?? []
            expectRefusal(response, 400, .invalidField, details: ["errors": .array(errors), "error_count": 9])
            #expect(errors.allSatisfy { ($0["message"]?.stringValue ?? "").count > 10 })
            #expect(
                errors.map { $0["code"] }
                    == (errors.map { $0["line"] == 4 || $0["line"] == 9 ? "bad_json" : "invalid_field" }))
            #expect(
                errors.map { $0.without("message", "code") } == [
                    ["line": 2, "field": "user.id"], ["line": 3, "field": "user.email"], ["line": 4],
                    ["line": 5, "field": "line"], ["line": 6, "field": "body"], ["line": 7, "field": "course.title"],
                    ["line": 8, "field": "enrollment.user_id"], ["line": 9, "field": "user.id"],
                    ["line": 10, "field": "user"],
                ]
            )
            expectRefusal(try await room.get("/api/users/60", as: .admin), 404, .userNotFound)
        }
    }

    // Found from outside, no. 38
    @Test func `a line of two kinds is refused, and not half of it taken`() async throws {
        try await Classroom.with { room in
            let enrollment = #""enrollment":{"course_id":1,"email":"new@school.example"}"#
            let document = [
                #"{"user":{"email":"new@school.example"},\#(enrollment)}"#,
                #"{"user":{"email":"a@school.example"},"course":{"id":9,"title":"Droit","instructor_id":10}}"#,
            ]
            let response = try await room.importLines(document.joined(separator: "\n"))
            #expect(response.status == 400)
            #expect(response.json["errors"]?.arrayValue?.map { $0["line"] } == [1, 2])
        }
    }

    @Test func `what contradicts the store refuses all as well`() async throws {
        try await Classroom.with { room in
            let document = [
                #"{"user":{"id":60,"email":"a@school.example"}}"#,
                #"{"user":{"id":61,"email":"PERSON20@school.example"}}"#,
                #"{"course":{"id":9,"title":"Droit","instructor_id":999}}"#,
                #"{"enrollment":{"course_id":999,"user_id":20}}"#, #"{"enrollment":{"course_id":1,"user_id":999}}"#,
                #"{"enrollment":{"id":501,"course_id":2,"user_id":23}}"#,
            ]
            let response = try await room.importLines(document.joined(separator: "\n"))
            #expect(response.status == 400, "\(response.text)")
            #expect(response.json["errors"]?.arrayValue?.map { $0["line"] } == [2, 3, 4, 5, 6])
            expectRefusal(try await room.get("/api/users/60", as: .admin), 404, .userNotFound)
        }
    }

    @Test func `a line that changes nothing is the newest word all the same`() async throws {
        try await Classroom.with { room in
            func firstName(tokenFrom issued: Int64) async throws -> JSON? {
                let token = try room.application.tokens.mint(
                    userID: 20, email: Someone.awa.email, role: .student, firstName: "Ama", issuedAt: issued,
                    expiresAt: room.nowSeconds + 60)
                return try data(await room.client.send("GET", "/api/auth/me", token: token))["first_name"]
            }
            room.clock.advance(seconds: 60)
            let line = #"{"user":{"id":20,"email":"person20@school.example","first_name":"Awa"}}"#
            expectData(try await room.importLines(line), importAnswer(lines: 1, users: 1, unchanged: 1))
            // The platform's clock may be ahead by a minute.
            let (older, newer) = (room.nowSeconds + 60, room.nowSeconds + 61)
            #expect(try await firstName(tokenFrom: older) == "Awa")
            room.clock.advance(seconds: 61)
            #expect(try await firstName(tokenFrom: newer) == "Ama")
        }
    }

    @Test func `limits of a course hold for an import too, unless it is forced`() async throws {
        try await Classroom.with { room in
            _ = try data(await room.put("/api/courses/1", as: .admin, ["max_students": 2]))
            let line = #"{"enrollment":{"course_id":1,"user_id":23}}"#
            #expect(try await room.importLines(line).status == 400)
            expectData(
                try await room.importLines(line, query: "?force=true"),
                importAnswer(lines: 1, enrollments: 1, created: 1)
            )
        }
    }

    @Test func `only x-ndjson and CSV are taken, up to 16 MiB`() async throws {
        try await Classroom.with { room in
            let token = try room.serviceToken()
            for type in ["application/json", "text/plain", "application/x-ndjson-seq"] {
                let response = try await room.client.send(
                    "POST", "/api/directory/import", token: token, headers: [("Content-Type", type)],
                    body: Array("{}".utf8)
                )
                expectRefusal(response, 415, .unsupportedMediaType)
            }
            let none = try await room.client.send("POST", "/api/directory/import", token: token, body: Array("{}".utf8))
            expectRefusal(none, 415, .unsupportedMediaType)
            // More than any other route takes, and a byte more than this one does.
            let large = try await room.importLines(
                String(repeating: "\n", count: 300_000) + #"{"user":{"id":20}}"#, query: "?dry_run=true"
            )
            #expect(try data(large)["lines"] == 1)
            let announced = try await room.client.send(
                "POST", "/api/directory/import", token: token,
                headers: [("Content-Type", "application/x-ndjson"), ("Content-Length", "16777217")]
            )
            expectRefusal(announced, 413, .tooLarge)
        }
    }
}
