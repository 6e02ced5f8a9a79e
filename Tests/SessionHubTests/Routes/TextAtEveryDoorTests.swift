import Database
import Foundation
import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// The one form of text and of e-mail addresses, at the doors through which they come.
@Suite("Text and addresses, at every door", .timeLimit(.minutes(5)))
struct TextAtEveryDoorTests {
    /// "é" in two Unicode forms, and marks that nobody sees.
    private static let (composed, decomposed) = ("Ren\u{E9}e", "Rene\u{301}e")
    private static let hidden = "\u{200B}\u{202E}Ren\u{E9}e\u{2066}\u{FEFF}"

    // Found from outside, no. 35
    @Test func `control characters come in through no door`() async throws {
        try await Classroom.with { room in
            let session = try await room.schedule()
            let start = (room.clock.now + Classroom.hour).text
            let new: JSONObject = [
                "title": "T", "instructor_id": 12, "scheduled_start_at": .string(start), "start_date": .string(start),
                "scheduled_end_at": .string((room.clock.now + 2 * Classroom.hour).text), "course_id": 1,
                "email": "new@school.example",
            ]
            let doors: [(method: String, path: String, fields: [String])] = [
                ("PUT", "/api/users/20", ["first_name", "last_name", "avatar"]),
                ("POST", "/api/users", ["first_name", "last_name", "email"]),
                ("PUT", "/api/courses/1", ["title", "description"]),
                ("POST", "/api/courses", ["title", "description"]),
                ("PUT", "/api/live-sessions/\(session)", ["title", "description", "recording_url", "thumbnail_url"]),
                ("POST", "/api/live-sessions", ["title", "description"]),
                ("POST", "/api/calendar/events", ["title", "description", "location", "event_type"]),
            ]
            for (method, path, fields) in doors {
                for field in fields {
                    for bad in ["\u{0}", "\u{1}", "\u{1B}", "\u{7F}", "\u{9B}", "\u{FFFF}"] {
                        var body = method == "POST" ? new : [:]
                        let value = field.hasSuffix("_url") ? "https://a.example/\(bad)x" : "a\(bad)b"
                        body[field] = .string(value)
                        let answer = try await room.client.send(
                            method, path, token: room.token(.admin), json: .object(body))
                        expectRefusal(answer, 400, .invalidField, field: field)
                    }
                }
            }
            let token = try room.application.tokens.mint(
                userID: 20, email: Someone.awa.email, role: .student, firstName: "A\u{8}wa",
                issuedAt: room.nowSeconds, expiresAt: room.nowSeconds + 60)
            expectRefusal(
                try await room.client.send("GET", "/api/auth/me", token: token), 401, .unauthenticated)
            let line = JSON.object(["user": ["id": 20, "first_name": "A\u{8}wa"]]).text
            #expect(try await room.importLines(line).json["errors"]?.arrayValue?.first?["field"] == "user.first_name")
        }
    }

    // Found from outside, no. 35
    @Test func `line breaks and tabs are spaces in a title, and stay in a text`() async throws {
        try await Classroom.with { room in
            let session = try await room.live([
                "title": "One\r\ntwo\tthree\u{2028}four", "description": "One\r\n\ttwo\rthree",
            ])
            let row = try data(await room.get("/api/live-sessions/\(session)", as: .awa))
            #expect(row["title"] == "One two three four" && row["description"] == "One\n\ttwo\nthree")
            let client = try await room.enter(session, .awa).client
            _ = try await client.ok("chat.post", ["client_id": "a", "text": "One\r\n\ttwo"])
            #expect(try await client.event("chat.message")["text"] == "One\n\ttwo")
            for text in ["a\u{0}b", "a\u{1B}[31mb", "a\u{85}\u{9C}b"] {
                let refused = try await client.refusal("chat.post", ["client_id": "b", "text": .string(text)])
                #expect(refused["code"] == "invalid_field" && refused["field"] == "text")
            }
            try await client.close()
        }
    }

    // Found from outside, no. 43
    @Test func `a message of invisible characters only is empty`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            let client = try await room.enter(session, .awa).client
            for text in [
                "\u{200B}", " \u{200D}\u{FEFF}\n", "\u{202E}\u{2066}", "\u{3164}", "\u{2800}", "\u{13441}",
                "\u{AD}\u{E0041}",
            ] {
                let refused = try await client.refusal("chat.post", ["client_id": "b", "text": .string(text)])
                #expect(refused["field"] == "text", "\(text.unicodeScalars.map(\.value))")
                #expect(try await client.refusal("session.update", ["title": .string(text)])["code"] == "forbidden")
                expectRefusal(
                    try await room.put("/api/live-sessions/\(session)", as: .teacher, ["title": .string(text)]), 400,
                    .invalidField, field: "title")
            }
            // A family and a flag are emoji of several code points, and an answer of one of them is none.
            _ = try await client.ok("chat.post", ["client_id": "c", "text": "👩‍👩‍👧"])
            #expect(try await client.event("chat.message")["text"] == "👩‍👩‍👧")
            try await client.close()
        }
    }

    // Found from outside, no. 43
    @Test func `two forms of one name are one, and what is invisible in it goes`() async throws {
        try await Classroom.with { room in
            for name in [Self.decomposed, Self.hidden] {
                let row = try data(await room.put("/api/users/20", as: .admin, ["first_name": .string(name)]))
                #expect(
                    row["first_name"]?.stringValue?.unicodeScalars.map(\.value)
                        == Self.composed.unicodeScalars.map(\.value))
            }
            room.clock.advance(seconds: 2)
            let token = try room.application.tokens.mint(
                userID: 21, email: Someone.koffi.email, role: .student, firstName: Self.hidden,
                issuedAt: room.nowSeconds, expiresAt: room.nowSeconds + 60)
            let me = try data(await room.client.send("GET", "/api/auth/me", token: token))
            #expect(me["first_name"]?.stringValue?.unicodeScalars.count == Self.composed.unicodeScalars.count)
        }
    }

    // Found from outside, no. 43
    @Test func `two forms of one address are one person, at every door`() async throws {
        try await Classroom.with { room in
            let forms = [
                "ren\u{E9}e@school.example", "Rene\u{301}e@school.example", "REN\u{C9}E@school.example",
                "\u{200B}ren\u{E9}e@school\u{AD}.example\u{FEFF}", "\u{202A}rene\u{301}e@SCHOOL.example\u{202C}",
            ]
            let made = try data(
                await room.post("/api/users", as: .admin, ["email": .string(forms[1]), "password": "her password"]),
                status: 201)
            let id = try #require(made["id"]?.integerValue)
            #expect(made["email"]?.stringValue?.utf8.elementsEqual("Ren\u{E9}e@school.example".utf8) == true)
            for form in forms {
                let email = JSON.string(form)
                expectRefusal(
                    try await room.post("/api/users", as: .admin, ["email": email]), 409, .conflict, field: "email")
                expectRefusal(
                    try await room.put(
                        "/api/users/500", as: .admin, ["email": email, "role": "student", "first_name": 5]),
                    400, .invalidField, field: "first_name")
                #expect(try data(await room.login(email, "her password"))["user"]?["id"] == .integer(id))
                let lines =
                    JSON.object(["user": ["email": email, "first_name": "Renée"]]).text + "\n"
                    + JSON.object(["enrollment": ["course_id": 1, "email": email]]).text
                #expect(try await room.importLines(lines, query: "?force=true").status == 200)
                #expect(try data(await room.get("/api/courses/1/enrollments/\(id)", as: .admin))["is_active"] == true)
            }
            room.clock.advance(seconds: 1)
            let token = try room.application.tokens.mint(
                userID: 77, email: forms[4], role: .student, issuedAt: room.nowSeconds, expiresAt: room.nowSeconds + 60)
            #expect(try data(await room.client.send("GET", "/api/auth/me", token: token))["id"] == 77)
            #expect(try await room.get("/api/users/\(id)", as: .admin).status == 404)
        }
    }

    // Found from outside, no. 43
    @Test func `a service that was revoked is revoked in every form of its name`() async throws {
        try await Classroom.with { room in
            let now = room.clock.now
            try await room.application.journal.write {
                try ServiceTokens.revoke("acade\u{301}mie", now: now, in: $0.connection)
            }
            for name in ["acad\u{E9}mie", "acade\u{301}mie"] {
                let token = try room.application.tokens.mint(
                    userID: 0, email: "", role: .service, service: name, issuedAt: room.nowSeconds + 1,
                    expiresAt: room.nowSeconds + 60)
                expectRefusal(try await room.client.send("GET", "/api/users", token: token), 401, .tokenRevoked)
            }
        }
    }

    // Found from outside, no. 43
    @Test func `rows of before get the form at the next start, once, and two people are not made one`() async throws {
        try await Classroom.with { room in
            let database = room.application.database
            let session = try await room.schedule()
            for (id, email) in [
                (20, "ren\u{E9}e@school.example"), (21, "rene\u{301}e@school.example"),
                (23, "e\u{301}va@school.example"),
            ]
                as [(Int64, String)]
            {
                try await room.execute(
                    "UPDATE users SET email = $2, email_key = $2, first_name = $3 WHERE id = $1",
                    [.integer(id), .text(email), .text("Re\u{7}ne\u{301}e")])
            }
            try await room.execute(
                "UPDATE live_sessions SET title = $2 WHERE id = $1", [.integer(session), .text("A\u{1B}\u{200B}b\nc")])
            try await room.execute("DELETE FROM hub WHERE name = 'text_form'", [])
            try await StoredText.clean(database)
            let rows = try await database.read {
                try $0.query("SELECT email_key, first_name FROM users WHERE id IN (20, 21, 23) ORDER BY id", [])
            }
            let keys = rows.map { Array($0.text("email_key").utf8) }
            #expect(
                keys
                    == ["ren\u{E9}e@school.example", "rene\u{301}e@school.example", "\u{E9}va@school.example"].map {
                        Array($0.utf8)
                    })
            #expect(rows.allSatisfy { $0.text("first_name").utf8.elementsEqual(Self.composed.utf8) })
            #expect(try await room.row(session).title == "Ab c")
            try await SearchText.fill(database)
            #expect(try data(await room.get("/api/users?search=renee", as: .admin)).ids.sorted() == [20, 21, 23])
            try await room.execute(
                "UPDATE live_sessions SET title = $2 WHERE id = $1", [.integer(session), .text("x\ny")])
            try await StoredText.clean(database)
            #expect(try await room.row(session).title == "x\ny", "once is enough")
        }
    }

    // Found from outside, no. 47
    @Test func `a time zone is one of the database, in its own capitals, at every door`() async throws {
        try await Classroom.with { room in
            for (typed, stored) in [
                ("africa/DAKAR", "Africa/Dakar"), ("utc", "UTC"), ("asia/calcutta", "Asia/Calcutta"),
            ] {
                let row = try data(await room.put("/api/courses/1", as: .admin, ["time_zone": .string(typed)]))
                #expect(row["time_zone"] == .string(stored))
                let line = JSON.object(["course": ["id": 2, "time_zone": .string(typed)]]).text
                #expect(try await room.importLines(line).status == 200)
                #expect(try data(await room.get("/api/courses/2", as: .admin))["time_zone"] == .string(stored))
            }
            for typed in ["Mars/Olympus", "GMT+5", "CEST", "Africa", "../UTC", "posix/UTC", "Europe/Paris ", "Zurich"] {
                if typed.hasSuffix(" ") { continue }
                let zone = JSON.string(typed)
                expectRefusal(
                    try await room.put("/api/courses/1", as: .admin, ["time_zone": zone]), 400, .invalidField,
                    field: "time_zone")
                let new: JSON = ["title": "Latin", "instructor_id": 12, "time_zone": zone]
                expectRefusal(
                    try await room.post("/api/courses", as: .admin, new), 400, .invalidField, field: "time_zone")
                let line = try await room.importLines(JSON.object(["course": ["id": 2, "time_zone": zone]]).text)
                #expect(line.json["errors"]?.arrayValue?.first?["field"] == "course.time_zone")
                #expect(throws: ConfigurationError.self) {
                    try HubConfiguration(reading: { $0 == "AMPHI_TIME_ZONE" ? typed : nil })
                }
            }
            #expect(
                try HubConfiguration(reading: { $0 == "AMPHI_TIME_ZONE" ? "africa/cairo" : nil }).zones.standard
                    .identifier == "Africa/Cairo")
        }
    }

    // Found from outside, no. 42
    @Test func `a time that is not read says what to send instead, at every door`() async throws {
        try await Classroom.with { room in
            let session = try await room.schedule()
            let week = JSON.string("2026-W11-7T10:00Z")
            let doors: [(String, String, String)] = [
                ("PUT", "/api/live-sessions/\(session)", "scheduled_start_at"),
                ("PUT", "/api/courses/1", "enrollment_deadline"), ("PUT", "/api/courses/1", "course_start_date"),
            ]
            for (method, path, field) in doors {
                let answer = try await room.client.send(
                    method, path, token: room.token(.admin), json: .object([field: week]))
                expectRefusal(answer, 400, .invalidField, field: field)
                #expect(answer.json["error"]?.stringValue?.contains("2026-W11-7") == true)
            }
            let event = try await room.post("/api/calendar/events", as: .admin, ["title": "F", "start_date": week])
            #expect(event.json["error"]?.stringValue?.contains("2026-W11-7") == true)
            let range = try await room.get("/api/calendar?start=2026-W11-7", as: .awa)
            #expect(range.json["error"]?.stringValue?.contains("2026-W11-7") == true)
            for start in [
                "2026-03-15T10:00%2B0200", "2026-03-15T10:00+02", "2026-03-15T10:00:00+02:00", "2026-03-15%2010:00Z",
            ] {
                #expect(try await room.get("/api/calendar?start=\(start)", as: .awa).status == 200, "\(start)")
            }
        }
    }
}
