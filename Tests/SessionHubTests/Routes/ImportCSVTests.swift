import Database
import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// POST /api/directory/import with a CSV, and dry runs.
@Suite("Import: CSV, dry runs", .timeLimit(.minutes(5)))
struct ImportCSVTests {
    private func send(_ room: Classroom, _ text: String, query: String = "") async throws -> TestResponse {
        try await send(room, Array(text.utf8), query: query)
    }

    private func send(_ room: Classroom, _ bytes: [UInt8], query: String = "") async throws -> TestResponse {
        try await room.client.send(
            "POST", "/api/directory/import\(query)", token: room.serviceToken(),
            headers: [("Content-Type", "text/csv; charset=utf-8")], body: bytes
        )
    }

    private func people(_ room: Classroom) async throws -> JSON {
        try data(await room.get("/api/users?limit=100", as: .admin))
    }

    @Test func `a spreadsheet's CSV is taken: any order of columns, semicolons, quotes, CRLF, a byte order mark`()
        async throws
    {
        try await Classroom.with { room in
            let text =
                "\u{FEFF}Last_Name;email; first_name ;phone;ROLE;course_id;id\r\n"
                + "\"Koné; dit \"\"K\"\"\";m@school.example;Moussa;77;Student;1;60\r\n\r\n"
                + "Zongo;PERSON20@school.example;;;;2;\r\n" + "\"Two\r\nlines\";n@school.example;;;instructor"
            expectData(
                try await send(room, text),
                importAnswer(
                    lines: 3, users: 3, enrollments: 2, created: 4, updated: 1, ignored: ["phone"])
            )
            expectData(
                try await room.get("/api/users/60", as: .admin),
                [
                    "id": 60, "email": "m@school.example", "first_name": "Moussa", "last_name": "Koné; dit \"K\"",
                    "role": "student", "avatar": nil,
                ]
            )
            let awa = try data(await room.get("/api/users/20", as: .admin))
            #expect(awa["last_name"] == "Zongo" && awa["first_name"] == "Awa", "an empty cell changes nothing")
            let made = try data(await room.get("/api/users/1000000000", as: .admin))
            #expect(made["last_name"] == "Two lines" && made["role"] == "instructor")
            #expect(try data(await room.get("/api/users?course=2", as: .admin)).ids == [20])
        }
    }

    @Test func `again it changes nothing, with commas as well`() async throws {
        try await Classroom.with { room in
            let text = "email,first_name,course_id\nx@school.example,Xu,1\ny@school.example,Ya,1\n"
            expectData(try await send(room, text), importAnswer(lines: 2, users: 2, enrollments: 2, created: 4))
            expectData(
                try await send(
                    room, text.uppercased().replacing("EMAIL,FIRST_NAME,COURSE_ID", with: "email,avatar,course_id")),
                importAnswer(
                    lines: 2, users: 2, enrollments: 2, updated: 2, unchanged: 2, ignored: ["avatar"])
            )
            #expect(try data(await room.get("/api/users/1000000001", as: .admin))["email"] == "Y@SCHOOL.EXAMPLE")
        }
    }

    @Test func `every line at fault is told, by where it begins, and nothing is taken`() async throws {
        try await Classroom.with { room in
            let before = try await people(room)
            var bytes = Array("id,email,role,course_id\n61,a@school.example,,1\nx,b@school.example\n".utf8)
            bytes += Array("\"62\n\",c@school.example,boss\n,nobody\n,,student\n63,person21@school.example\n".utf8)
            bytes +=
                Array("64,d@school.example,,99\n65,e\"@school.example,,,more\n66,".utf8) + [0xE9]
                + Array("@x.fr\n67,\"f\"x\n".utf8)
            let response = try await send(room, bytes)
            let errors = response.json["errors"]?.arrayValue ?? []
            expectRefusal(
                response, 400, .invalidField, details: ["errors": .array(errors), "error_count": 9]
            )
            #expect(
                errors.map { $0.without("message") } == [
                    ["line": 3, "field": "id", "code": "invalid_field"],
                    ["line": 4, "field": "role", "code": "invalid_field"],
                    ["line": 6, "field": "email", "code": "invalid_field"],
                    ["line": 7, "field": "email", "code": "invalid_field"],
                    ["line": 8, "field": "email", "code": "identity_conflict"],
                    ["line": 9, "field": "course_id", "code": "invalid_field"], ["line": 10, "code": "invalid_field"],
                    ["line": 11, "code": "invalid_field"], ["line": 12, "code": "invalid_field"],
                ]
            )
            #expect(try await people(room) == before)
        }
    }

    @Test(arguments: ["", "first_name,role\nAwa,student", "email,email\na@x,b@x", "\"email"])
    func `a first line that names no person's columns is at fault`(text: String) async throws {
        try await Classroom.with { room in
            let response = try await send(room, text, query: "?dry_run=true")
            let report = try data(response)
            #expect(report["error_count"] == 1)
            #expect(report["errors"]?.arrayValue?.first?["line"] == 1)
        }
    }

    @Test func `a dry run says what would happen, with every error, and changes nothing`() async throws {
        try await Classroom.with { room in
            let before = try await people(room)
            let text = "id,email,course_id\n20,person20@school.example,1\n21,k@school.example,\n,new@school.example,2\n"
            expectData(
                try await send(room, text, query: "?dry_run=true"),
                importAnswer(
                    lines: 3, users: 3, enrollments: 2, created: 2, updated: 1, unchanged: 2, isDryRun: true)
            )
            let faulty = try data(await send(room, text + "x,y,z\n", query: "?dry_run=true"))
            #expect(faulty["error_count"] == 1 && faulty["lines"] == 4 && faulty["dry_run"] == true)
            #expect(faulty["errors"]?.arrayValue?.first?["line"] == 5)
            #expect(try await people(room) == before)
            let next = try data(
                await room.post("/api/users", as: .admin, ["email": "first@school.example"]), status: 201
            )
            #expect(next["id"] == 1_000_000_000, "a dry run takes no ids either")
        }
    }

    @Test func `errors are all counted and the first two hundred told`() async throws {
        try await Classroom.with { room in
            let response = try await send(room, "email\n" + String(repeating: "nobody\n", count: 700))
            #expect(response.status == 400 && response.json["error_count"] == 700)
            #expect(response.json["errors"]?.arrayValue?.map { $0["line"] } == (2...201).map { .integer($0) })
        }
    }

    @Test func `whoever stands in a class list is a member, an enrollment that was ended included`() async throws {
        try await Classroom.with { room in
            let list = "email,course_id\nperson22@school.example,1\n"
            #expect(try await room.get("/api/courses/1/live-sessions", as: .former).status == 404)
            expectData(
                try await send(room, list), importAnswer(lines: 1, users: 1, enrollments: 1, updated: 1, unchanged: 1))
            #expect(try await room.get("/api/courses/1/live-sessions", as: .former).status == 200)
            expectData(try await send(room, list), importAnswer(lines: 1, users: 1, enrollments: 1, unchanged: 2))
        }
    }

    @Test func `the limits of a course hold line by line`() async throws {
        try await Classroom.with { room in
            _ = try data(await room.put("/api/courses/1", as: .admin, ["max_students": 4]))
            let text = "email,course_id\n" + (1...4).map { "p\($0)@school.example,1\n" }.joined()
            let report = try data(await send(room, text, query: "?dry_run=true"))
            #expect(
                report["errors"]?.arrayValue?.map { $0.without("message") } == [
                    ["line": 4, "code": "course_full"], ["line": 5, "code": "course_full"],
                ])
            expectData(
                try await send(room, text, query: "?force=true"),
                importAnswer(lines: 4, users: 4, enrollments: 4, created: 8)
            )
            _ = try data(
                await room.put(
                    "/api/courses/2", as: .admin, ["enrollment_deadline": .string((room.clock.now - 1).text)])
            )
            let late = try data(await send(room, "email,course_id\nlate@x.fr,2\n", query: "?dry_run=true"))
            #expect(late["errors"]?.arrayValue?.first?["code"] == "enrollment_closed")
        }
    }

    @Test func `e-mails and enrollment ids may change hands within one document`() async throws {
        try await Classroom.with { room in
            let lines = [
                #"{"user":{"id":20,"email":"free@school.example"}}"#,
                #"{"user":{"id":21,"email":"PERSON20@school.example"}}"#,
                #"{"user":{"id":20,"email":"person21@school.example"}}"#,
                #"{"enrollment":{"id":900,"course_id":1,"user_id":20}}"#,
                #"{"enrollment":{"id":501,"course_id":1,"user_id":21}}"#,
                #"{"enrollment":{"id":502,"course_id":1,"user_id":23}}"#,
            ]
            let session = try await room.live()
            try await room.join(session, .awa)
            let response = try await room.importLines(lines.joined(separator: "\n"))
            expectData(response, importAnswer(lines: 6, users: 3, enrollments: 3, created: 1, updated: 4))
            let emails = try data(await room.get("/api/users?course=1", as: .admin)).arrayValue?.map {
                [$0["id"], $0["email"]]
            }
            #expect(
                emails == [
                    [21, "PERSON20@school.example"], [20, "person21@school.example"], [23, "person23@school.example"],
                ])
            let rows = try data(await room.get("/api/courses/1/enrollments", as: .admin)).arrayValue ?? []
            #expect(rows.map { [$0["user_id"], $0["id"]] } == [[21, 501], [20, 900], [23, 502], [22, 503]])
            let joined = try data(await room.get("/api/live-sessions/\(session)/participants", as: .teacher))
            #expect(joined.arrayValue?.first { $0["user_id"] == 20 }?["enrollment_id"] == 900)
        }
    }

    // Found from outside, no. 3
    @Test(arguments: [
        String(repeating: "é", count: 500_000), "email;" + String(repeating: "x;", count: 500_000),
        "\"" + String(repeating: "é\n", count: 300_000) + "\"",
    ])
    func `a first line of a megabyte is refused as a line of JSON is, and at once`(header: String) async throws {
        try await Classroom.with { room in
            let csv = try await send(room, "\(header)\nh@x.fr\n")
            let json = try await room.importLines(
                #"{"user":{"first_name":"\#(header.filter { !"\"\n".contains($0) })"}}"#)
            for response in [csv, json] {
                let refusal: JSON = ["line": 1, "code": "too_large", "message": "This line is longer than 64 KiB."]
                #expect(response.status == 400, "\(response.text.prefix(300))")
                #expect(response.json["errors"] == [refusal], "\(response.text.prefix(300))")
            }
        }
    }

    // Found from outside, no. 3
    @Test func `a line may have 64 KiB, and one that has more does not hide the next`() async throws {
        try await Classroom.with { room in
            // An unknown column takes what it may hold.
            func text(_ bytes: Int) -> String {
                let start = "h@x.fr,"
                return "email,note\n\(start)\(String(repeating: "n", count: bytes - start.count))\ni@x.fr,\n"
            }
            #expect(try data(await send(room, text(65_536), query: "?dry_run=true"))["users"] == 2)
            let report = try data(await send(room, text(65_537), query: "?dry_run=true"))
            #expect(report["users"] == 1 && report["lines"] == 2)
            #expect(report["errors"]?.arrayValue?.map { $0["line"] } == [2])
            // Every role is folded; what is too long for one is not.
            let role = String(repeating: "é", count: 32_000)
            let lines = (0..<100).map { "p\($0)@x.fr,\(role)" }.joined(separator: "\n")
            let roles = try data(await send(room, "email,role\n\(lines)", query: "?dry_run=true"))
            #expect(roles["errors"]?.arrayValue?.count == 100)
        }
    }

    @Test func `what an interrupted import left behind is not taken with the next`() async throws {
        try await Classroom.with { room in
            try await room.execute(
                """
                INSERT INTO import_users (line, id, email, email_key, first_name, last_name, role, search_text)
                VALUES (1, 77, 'g@x.fr', 'g@x.fr', '', '', 'student', '')
                """, [])
            expectData(try await send(room, "email\nh@x.fr\n"), importAnswer(lines: 1, users: 1, created: 1))
            expectRefusal(try await room.get("/api/users/77", as: .admin), 404, .userNotFound)
            let left = try await room.application.database.read { connection in
                try ImportStage.tables.map { try connection.query("SELECT line FROM \($0)", []).count }
            }
            #expect(left == [0, 0, 0, 0, 0])
        }
    }
}
