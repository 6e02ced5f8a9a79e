import Database
import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// Imports that bring the platform's ids for people made here and for their enrollments.
@Suite("Import: the platform's ids", .timeLimit(.minutes(5)))
struct ImportBindingTests {
    private static let local: Int64 = 1_000_000_000
    private static let user = #"{"user":{"id":77,"email":"NADIA@school.example"}}"#

    /// Nadia, made here, is a member of course 1, which is full with her.
    private static func importNadia(_ room: Classroom) async throws {
        let lines = """
            {"user":{"email":"nadia@school.example","first_name":"Nadia"}}
            {"enrollment":{"course_id":1,"email":"nadia@school.example","status":"in_progress"}}
            """
        _ = try data(await room.importLines(lines))
        // Awa, Koffi and she.
        _ = try data(await room.put("/api/courses/1", as: .admin, ["max_students": 3]))
    }

    private static func rows(_ sql: String, _ room: Classroom) async throws -> [[Int64]] {
        try await room.application.database.read { connection in
            try connection.query(sql, []).map { [$0.integer("a"), $0.integer("b")] }
        }
    }

    /// Lines enough that the next one is read in another portion.
    private static let portion = (0..<300).map { #"{"user":{"id":\#(5000 + $0),"email":"p\#($0)@school.example"}}"# }
        .joined(separator: "\n")

    @Test(arguments: [
        [user, #"{"enrollment":{"id":900,"course_id":1,"user_id":77}}"#],
        [user, #"{"enrollment":{"id":900,"course_id":1,"email":"nadia@school.example"}}"#],
        [user, #"{"enrollment":{"id":900,"course_id":1,"user_id":1000000000}}"#],
        [#"{"enrollment":{"id":900,"course_id":1,"email":"nadia@school.example"}}"#, user],
        [#"{"enrollment":{"id":900,"course_id":1,"user_id":1000000000}}"#, user],
        [user, portion, #"{"enrollment":{"id":900,"course_id":1,"user_id":77}}"#],
        [user, portion, #"{"enrollment":{"id":900,"course_id":1,"email":"nadia@school.example"}}"#],
        [#"{"enrollment":{"id":900,"course_id":1,"email":"nadia@school.example"}}"#, portion, user],
        // Her address changes, and somebody else gets the old one.
        [
            user, #"{"user":{"id":1000000000,"email":"n@school.example"}}"#,
            #"{"user":{"id":78,"email":"nadia@school.example"}}"#,
            #"{"enrollment":{"id":900,"course_id":1,"email":"n@school.example"}}"#,
        ],
    ])
    func `the enrollment stays what it was, with the platform's id`(lines: [String]) async throws {
        try await Classroom.with { room in
            try await Self.importNadia(room)
            let document = lines.joined(separator: "\n")
            let plan = try data(await room.importLines(document, query: "?dry_run=true"))
            #expect(plan["updated"] == 2 && plan["error_count"] == 0, "\(plan.text)")
            let report = try data(await room.importLines(document))
            #expect(report.without("dry_run") == plan.without("dry_run"))
            expectData(
                try await room.get("/api/courses/1/enrollments/77", as: .admin),
                ["id": 900, "course_id": 1, "user_id": 77, "status": "in_progress", "is_active": true]
            )
            #expect(try data(await room.get("/api/users/77", as: .admin))["first_name"] == "Nadia")
            expectRefusal(try await room.get("/api/users/\(Self.local)", as: .admin), 404, .userNotFound)
            let again = try data(
                await room.importLines(#"{"enrollment":{"id":900,"course_id":1,"user_id":77,"is_active":true}}"#))
            #expect(again["unchanged"] == 1, "\(again.text)")
        }
    }

    @Test func `what somebody did in a class stays theirs`() async throws {
        try await Classroom.with { room in
            try await Self.importNadia(room)
            let token = try room.application.tokens.mint(
                userID: 76, email: "nadia@school.example", role: .student, issuedAt: room.nowSeconds,
                expiresAt: room.nowSeconds + 3600)
            let link = try data(await room.post("/api/users/\(Self.local)/sign-in-link", as: .admin), status: 201)
            let signedIn = try await room.client.send(
                "POST", "/api/auth/sign-in-link", json: ["code": link["code"] ?? .null])
            let login = try #require(try data(signedIn)["token"]?.stringValue)
            let session = try await room.live()
            let client = try await room.enter(session, token: login).client
            _ = try await client.ok("chat.post", ["client_id": "a", "text": "Bonjour"])
            room.clock.advance(seconds: 60)
            let old = try await Self.rows("SELECT id AS a, 0 AS b FROM enrollments WHERE user_id >= 1000000000", room)
            let report = try data(
                await room.importLines(
                    "\(Self.user)\n" + #"{"enrollment":{"id":900,"course_id":1,"user_id":77,"is_active":true}}"#))
            #expect(report == importAnswer(lines: 2, users: 1, enrollments: 1, updated: 2))
            #expect(try await client.farewell().code == CloseCode.resyncNeeded.rawValue)
            try await room.end(session)

            let seats = "SELECT user_id AS a, enrollment_id AS b FROM live_session_participants WHERE user_id = 77"
            #expect(try await Self.rows(seats, room) == [[77, 900]])
            let path = "/api/live-sessions/\(session)"
            let attendance = try data(await room.get("\(path)/attendance", as: .teacher))["participants"]?.arrayValue
            #expect(attendance?.map { $0["user_id"] } == [77])
            #expect(attendance?.first?["attendance_seconds"] == 60)
            let chat = try data(await room.get("\(path)/chat", as: .teacher))["messages"]?.arrayValue
            #expect(chat?.map { $0["user_id"] } == [77])
            let rows = "SELECT id AS a, user_id AS b FROM enrollments WHERE user_id = 77 OR id = \(old[0][0])"
            #expect(try await Self.rows(rows, room) == [[900, 77]])
            // The platform's token for another id does not fit any more.
            let late = try await room.client.send("GET", "/api/auth/me", token: token)
            expectRefusal(late, 409, .identityConflict)
        }
    }

    @Test func `people who are bound together keep each their own`() async throws {
        try await Classroom.with { room in
            let names = ["nadia", "omar", "zoe"]
            let made = names.map { #"{"user":{"email":"\#($0)@school.example","first_name":"\#($0)"}}"# }
            let members = names.prefix(2).map { #"{"enrollment":{"course_id":1,"email":"\#($0)@school.example"}}"# }
            _ = try data(await room.importLines((made + members).joined(separator: "\n")))
            let before = try await Self.rows(
                "SELECT id AS a, user_id - 1000000000 AS b FROM enrollments WHERE user_id >= 1000000000 ORDER BY id",
                room)
            // Zoe keeps her id: nothing names her.
            let lines = [(72, "omar"), (71, "nadia")].map {
                #"{"user":{"id":\#($0),"email":"\#($1)@school.example"}}"#
            }
            let report = try data(await room.importLines(lines.joined(separator: "\n")))
            #expect(report == importAnswer(lines: 2, users: 2, updated: 2))
            let after = try await Self.rows(
                "SELECT id AS a, user_id - 71 AS b FROM enrollments WHERE user_id IN (71, 72) ORDER BY id", room)
            #expect(before == after && before.map { $0[1] } == [0, 1])
            for (id, name) in [(71, "nadia"), (72, "omar"), (1_000_000_002, "zoe")] as [(Int64, JSON)] {
                #expect(try data(await room.get("/api/users/\(id)", as: .admin))["first_name"] == name)
            }
            #expect(try await Self.rows("SELECT local_id AS a, platform_id AS b FROM new_bindings", room) == [])
            let bindings = "SELECT local_id AS a, user_id AS b FROM user_bindings ORDER BY local_id"
            #expect(try await Self.rows(bindings, room) == [[Self.local, 71], [Self.local + 1, 72]])
        }
    }

    @Test func `a course's lines may name its hosts by either id`() async throws {
        try await Classroom.with { room in
            try await Self.importNadia(room)
            _ = try data(await room.put("/api/users/\(Self.local)", as: .admin, ["role": "instructor"]))
            let lines = [
                #"{"course":{"id":9,"title":"Droit","instructor_id":1000000000}}"#, Self.user,
                #"{"course":{"id":8,"title":"Optique","instructor_id":77,"co_instructor_ids":[77,1000000000]}}"#,
            ]
            _ = try data(await room.importLines(lines.joined(separator: "\n")))
            #expect(try data(await room.get("/api/courses/9", as: .admin))["instructor_id"] == 77)
            let course = try data(await room.get("/api/courses/8", as: .admin))
            #expect(course["instructor_id"] == 77 && course["co_instructor_ids"] == [77])
        }
    }

    @Test func `an enrollment by an address that changed hands is that of its new owner`() async throws {
        try await Classroom.with { room in
            // Awa (20) and Person 21 are members of course 1.
            let before = try data(await room.get("/api/courses/1/enrollments/21", as: .admin))
            let lines = [
                #"{"user":{"id":20,"email":"awa@school.example"}}"#,
                #"{"user":{"id":21,"email":"person20@school.example"}}"#,
                #"{"enrollment":{"course_id":1,"email":"person20@school.example","status":"completed"}}"#,
            ]
            let report = try data(await room.importLines(lines.joined(separator: "\n")))
            #expect(report == importAnswer(lines: 3, users: 2, enrollments: 1, updated: 3))
            let after = try data(await room.get("/api/courses/1/enrollments/21", as: .admin))
            #expect(after["status"] == "completed" && after["id"] == before["id"])
        }
    }

    @Test func `an id of another enrollment is refused`() async throws {
        try await Classroom.with { room in
            try await Self.importNadia(room)
            let lines = "\(Self.user)\n" + #"{"enrollment":{"id":501,"course_id":1,"user_id":77}}"#
            let response = try await room.importLines(lines)
            #expect(response.status == 400)
            #expect(response.json["errors"]?.arrayValue?.map { $0["line"] } == [2])
            #expect(try await room.get("/api/users/\(Self.local)", as: .admin).status == 200)
        }
    }
}
