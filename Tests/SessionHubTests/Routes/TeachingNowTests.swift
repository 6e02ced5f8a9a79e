import Database
import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// Who teaches a course now decides who hosts its classes, who gets links of whom, and who can be named.
@Suite("Teaching, now", .timeLimit(.minutes(5)))
struct TeachingNowTests {
    // Found from outside, no. 11
    @Test(arguments: ["taken off", "demoted", "demoted by a token"])
    func `a teacher who teaches the course no more is no host of the sessions that name them`(how: String) async throws
    {
        try await Classroom.with { room in
            let session = try await room.live(by: .assistant)
            let path = "/api/live-sessions/\(session)"
            #expect(try data(await room.get(path, as: .assistant))["instructor_id"] == 11)
            let client = try await room.enter(session, .assistant).client
            let old = try room.token(.assistant)
            room.clock.advance(seconds: 61)
            switch how {
            case "taken off": _ = try data(await room.put("/api/courses/1", as: .admin, ["co_instructor_ids": []]))
            case "demoted": _ = try data(await room.put("/api/users/11", as: .admin, ["role": "student"]))
            default:
                let token = try room.application.tokens.mint(
                    userID: 11, email: Someone.assistant.email, role: .student, issuedAt: room.nowSeconds,
                    expiresAt: room.nowSeconds + 60
                )
                #expect(try await room.client.send("GET", "/api/auth/me", token: token).status == 200)
            }
            #expect(try await client.farewell().code == CloseCode(refusing: .notEnrolled).rawValue)
            for (method, route) in [
                ("GET", ""), ("POST", "/end"), ("PUT", ""), ("POST", "/join"), ("GET", "/attendance"),
            ] {
                let answer = try await room.client.send(method, path + route, token: old, json: [:])
                expectRefusal(answer, 404, .sessionNotFound)
            }
            let list = try await room.client.send("GET", "/api/instructor/live-sessions", token: old)
            #expect(try data(list) == [])
            #expect(try data(await room.client.send("GET", "/api/me/courses", token: old)) == [])
            expectRefusal(
                try await room.client.send("GET", "/api/courses/1/live-sessions", token: old), 404, .courseNotFound)
        }
    }

    // Found from outside, no. 11
    @Test func `a former teacher who is a member stays one, without the rights`() async throws {
        try await Classroom.with { room in
            let session = try await room.live(by: .assistant)
            _ = try data(await room.put("/api/courses/1/enrollments/11", as: .admin, [:]), status: 201)
            let client = try await room.enter(session, .assistant).client
            _ = try data(await room.put("/api/courses/1", as: .admin, ["co_instructor_ids": []]))
            let path = "/api/live-sessions/\(session)"
            expectRefusal(try await room.post("\(path)/end", as: .assistant), 403, .forbidden)
            #expect(try await client.refusal("session.end")["code"] == "forbidden")
            try await client.close()
        }
    }

    // Found from outside, no. 11
    @Test func `instructor_id can be given to another teacher, by PUT and on the channel`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            let path = "/api/live-sessions/\(session)"
            let client = try await room.enter(session, .assistant).client
            let changed = try data(await room.put(path, as: .teacher, ["instructor_id": 11]))
            #expect(changed["instructor_id"] == 11 && changed["instructor"] == Someone.assistant.json)
            let event = try await client.event("session.updated")
            #expect(
                event["changes"] == [
                    "instructor_id": 11, "instructor_first_name": "Jean", "instructor_last_name": "Nkurunziza",
                    "instructor": Someone.assistant.json,
                ])
            // Read later it is the same.
            let events = try data(await room.get("\(path)/events", as: .awa))
            #expect(events["events"]?.arrayValue?.last == event)
            for (value, field) in [(12, "instructor_id"), (20, "instructor_id"), (999, "instructor_id")]
                as [(JSON, String)]
            {
                expectRefusal(
                    try await room.put(path, as: .teacher, ["instructor_id": value]), 400, .invalidField, field: field)
                #expect(
                    try await client.refusal("session.update", ["instructor_id": value])["field"] == "instructor_id")
            }
            for value: JSON in ["10", 0, -1, true, 1.5, [10]] {
                let refused = try await room.put(path, as: .teacher, ["instructor_id": value])
                expectRefusal(refused, 400, .invalidField, field: "instructor_id")
            }
            _ = try await client.ok("session.update", ["instructor_id": 10])
            #expect(try data(await room.get(path, as: .awa))["instructor"] == Someone.teacher.json)
            expectRefusal(try await room.put(path, as: .awa, ["instructor_id": 11]), 403, .forbidden)
            try await client.close()
            try await room.end(session)
            expectRefusal(
                try await room.put(path, as: .teacher, ["instructor_id": 11]), 400, .sessionOver, field: "instructor_id"
            )
        }
    }

    // Found from outside, no. 11
    @Test func `an administrator gives the class of a teacher who left to another one`() async throws {
        try await Classroom.with { room in
            let session = try await room.schedule(by: .assistant)
            _ = try data(await room.put("/api/courses/1", as: .admin, ["co_instructor_ids": []]))
            let path = "/api/live-sessions/\(session)"
            let row = try data(await room.put(path, as: .admin, ["instructor_id": 10]))
            #expect(row["instructor"] == Someone.teacher.json)
            expectRefusal(
                try await room.put(path, as: .admin, ["instructor_id": 11]), 400, .invalidField, field: "instructor_id")
        }
    }

    // Found from outside, no. 11
    @Test func `an event that names a teacher made here names them by the id that they were bound to`() async throws {
        try await Classroom.with { room in
            let new: JSON = ["email": "omar@school.example", "first_name": "Omar", "role": "instructor"]
            let made = try data(await room.post("/api/users", as: .admin, new), status: 201)["id"] ?? .null
            _ = try data(await room.put("/api/courses/1", as: .admin, ["co_instructor_ids": [11, made]]))
            let session = try await room.schedule()
            let path = "/api/live-sessions/\(session)"
            _ = try data(await room.put(path, as: .teacher, ["instructor_id": made]))
            _ = try data(await room.put("/api/users/77", as: .admin, ["email": "omar@school.example"]), status: 201)
            let changes = try data(await room.get("\(path)/events", as: .awa))["events"]?.arrayValue?.last?["changes"]
            #expect(changes?["instructor_id"] == 77 && changes?["instructor"]?["first_name"] == "Omar")
            #expect(try data(await room.get(path, as: .awa))["instructor_id"] == 77)
        }
    }

    // Found from outside, no. 10
    @Test(arguments: ["course", "helper", "class", "co-host"])
    func `whoever teaches anywhere is no student for a teacher's links`(how: String) async throws {
        try await Classroom.with { room in
            let koffi = SQLValue.integer(21)
            switch how {
            // As from before: a student cannot be named any more.
            case "course": try await room.execute("UPDATE courses SET instructor_id = $1 WHERE id = 2", [koffi])
            case "helper":
                try await room.execute("INSERT INTO course_instructors (course_id, user_id) VALUES (2, $1)", [koffi])
            case "class":
                let session = try await room.schedule(by: .otherTeacher, course: 2)
                try await room.execute(
                    "UPDATE live_sessions SET instructor_id = $1 WHERE id = $2", [koffi, .integer(session)])
            default:
                let session = try await room.schedule(by: .otherTeacher, course: 2)
                try await room.execute(
                    """
                    INSERT INTO live_session_cohosts (session_id, user_id, named_at) VALUES ($2, $1, 1)
                    """,
                    [koffi, .integer(session)]
                )
            }
            expectRefusal(try await room.post("/api/users/21/sign-in-link", as: .teacher), 403, .forbidden)
            let list = try data(await room.post("/api/courses/1/sign-in-links", as: .teacher), status: 201)
            #expect(list.arrayValue?.map { $0["user"]?["id"] } == [20])
            #expect(try await room.post("/api/users/21/sign-in-link", as: .admin).status == 201)
        }
    }

    // Found from outside, no. 10
    @Test func `a teacher's link of somebody who has become more than a student since works no more`() async throws {
        try await Classroom.with { room in
            let links = try data(await room.post("/api/courses/1/sign-in-links", as: .teacher), status: 201)
            let codes =
                links.arrayValue?.map { row in
                    JSON.string(String((row["url"]?.stringValue ?? "").split(separator: "=").last ?? ""))
                } ?? []
            let admins = try data(await room.post("/api/users/21/sign-in-link", as: .admin), status: 201)
            _ = try data(await room.put("/api/users/21", as: .admin, ["role": "instructor"]))
            let exchange = { (code: JSON) in
                try await room.client.send("POST", "/api/auth/sign-in-link", json: ["code": code])
            }
            // Koffi stands before Awa.
            expectRefusal(try await exchange(codes[0]), 401, .unauthenticated)
            #expect(try await exchange(codes[1]).status == 200)
            #expect(try await exchange(admins["code"] ?? .null).status == 200)
        }
    }

    // Found from outside, no. 10
    @Test(arguments: ["instructor", "admin"])
    func `a sign-in by a teacher's link ends when its person becomes more than a student`(role: String) async throws {
        try await Classroom.with { room in
            let session = try await room.live(by: .teacher)
            func signIn(_ host: Someone) async throws -> String {
                let link = try data(await room.post("/api/users/20/sign-in-link", as: host), status: 201)
                let answer = try await room.client.send(
                    "POST", "/api/auth/sign-in-link", json: ["code": link["code"] ?? .null])
                return try #require(try data(answer)["token"]?.stringValue)
            }
            func join(_ token: String) async throws -> TestResponse {
                try await room.client.send("POST", "/api/live-sessions/\(session)/join", token: token, json: [:])
            }
            let (byTeacher, byAdmin) = (try await signIn(.teacher), try await signIn(.admin))
            let channel = try #require(try data(await join(byTeacher))["channel_token"]?.stringValue)
            let one = try await room.enter(session, token: byTeacher).client
            let two = try await room.enter(session, token: channel).client
            _ = try data(await room.put("/api/users/20", as: .admin, ["role": .string(role)]))
            for client in [one, two] {
                #expect(try await client.farewell().code == CloseCode(refusing: .tokenRevoked).rawValue)
            }
            for path in ["/api/auth/me", "/api/live-sessions/\(session)", "/api/me/courses"] {
                expectRefusal(try await room.client.send("GET", path, token: byTeacher), 401, .tokenRevoked)
                #expect(try await room.client.send("GET", path, token: byAdmin).status == 200)
            }
            expectRefusal(try await join(byTeacher), 401, .tokenRevoked)
            for (token, status) in [(byTeacher, 401), (byAdmin, 200)] {
                let answer = try await room.client.send("POST", "/api/auth/refresh", token: token, json: [:])
                #expect(answer.status == status)
            }
            let late = try await room.open(session)
            _ = try? await late.hello(channel)
            #expect(try await late.farewell().code == CloseCode(refusing: .tokenRevoked).rawValue)
        }
    }

    // Found from outside, no. 55
    @Test func `a student is named as a teacher at no door`() async throws {
        try await Classroom.with { room in
            for field in ["instructor_id", "co_instructor_ids"] {
                let value: JSON = field == "instructor_id" ? 20 : [12, 20]
                expectRefusal(
                    try await room.put("/api/courses/1", as: .admin, [.init(field): value]), 400, .invalidField,
                    field: field)
                var body: JSONObject = ["title": "Latin", "instructor_id": 12]
                body[field] = value
                expectRefusal(
                    try await room.post("/api/courses", as: .admin, .object(body)), 400, .invalidField, field: field)
                body["id"] = 9
                let line = try await room.importLines(JSON.object(["course": .object(body)]).text)
                #expect(line.status == 400 && line.json["errors"]?.arrayValue?.first?["field"] == .string(field))
            }
            // What the lines above make of somebody counts.
            let lines =
                #"{"user":{"id":20,"email":"person20@school.example","role":"instructor"}}"# + "\n"
                + #"{"course":{"id":9,"title":"Latin","instructor_id":20}}"#
            #expect(try await room.importLines(lines).status == 200)
            // And a class of a course whose teacher is none any more has to name somebody who is.
            _ = try data(await room.put("/api/users/20", as: .admin, ["role": "student"]))
            let start = room.clock.now + Classroom.hour
            var fields: JSONObject = [
                "title": "Séance", "scheduled_start_at": .string(start.text),
                "scheduled_end_at": .string((start + Classroom.hour).text),
            ]
            let path = "/api/courses/9/live-sessions"
            expectRefusal(
                try await room.post(path, as: .admin, .object(fields)), 400, .invalidField, field: "instructor_id")
            _ = try data(await room.put("/api/courses/9", as: .admin, ["co_instructor_ids": [12]]))
            fields["instructor_id"] = 12
            #expect(try await room.post(path, as: .admin, .object(fields)).status == 201)
        }
    }

    // Found from outside, no. 55
    @Test func `the last administrator stays one, at every door`() async throws {
        try await Classroom.with { room in
            let service = try room.serviceToken()
            for token in [try room.token(.admin), service] {
                let demoted = try await room.client.send(
                    "PUT", "/api/users/1", token: token, json: ["role": "instructor"])
                expectRefusal(demoted, 409, .conflict)
                expectRefusal(try await room.client.send("DELETE", "/api/users/1", token: token), 409, .conflict)
            }
            let line = #"{"user":{"id":1,"email":"person1@school.example","role":"student"}}"#
            for query in ["", "?dry_run=true"] {
                let answer = try await room.importLines(line, query: query)
                let errors = (query == "" ? answer.json : answer.json["data"] ?? .null)["errors"]?.arrayValue
                #expect(errors?.map { $0["code"] } == ["conflict"] && errors?.first?["line"] == 1)
            }
            #expect(try data(await room.get("/api/users/1", as: .admin))["role"] == "admin")
            // With a successor in the same document it is taken.
            let both = line + "\n" + #"{"user":{"id":12,"email":"person12@school.example","role":"admin"}}"#
            #expect(try await room.importLines(both).status == 200)
            #expect(try data(await room.get("/api/users/1", as: .otherTeacher))["role"] == "student")
            let path = "/api/users/12"
            let last = try await room.client.send("PUT", path, token: service, json: ["role": "student"])
            expectRefusal(last, 409, .conflict)
        }
    }
}
