import Database
import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// 19 to 26: tokens, time, lists and calendars.
extension SeedDefectTests {
    @Test func `seed defect 19: a token lasts from now, so late and overrunning classes work`() async throws {
        try await Classroom.with(JitsiRouteTests.selfHosted) { room in
            let session = try await room.live()  // until 11:00
            room.clock.advance(seconds: 5 * 3600)
            for action in ["join", "jitsi-token"] {
                let answer = try data(await room.post("/api/live-sessions/\(session)/\(action)", as: .awa))
                #expect(answer["expires_at"] == "2026-03-15T14:10:00Z")
                let token = try #require(answer["jwt"]?.stringValue)
                #expect(try JitsiRouteTests.claims(token, room)["exp"] == .integer(room.nowSeconds + 600))
            }
            let channel = try #require(await room.join(session, .awa)["channel_token"]?.stringValue)
            let caller = try room.application.tokens.caller(from: channel, nowSeconds: room.nowSeconds + 3600)
            #expect(caller.channelSession == session)
        }
    }

    @Test func `seed defect 20: the name in the call is the person's`() async throws {
        try await Classroom.with(JitsiRouteTests.selfHosted) { room in
            _ = try data(await room.put("/api/users/21", as: .admin, ["first_name": "", "last_name": ""]))
            let session = try await room.live()
            for (person, name) in [(Someone.awa, "Awa Ndiaye"), (.teacher, "Aïssatou Diallo"), (.koffi, "#21")] {
                let answer = try data(
                    await room.client.send(
                        "POST", "/api/live-sessions/\(session)/join", token: room.namelessToken(person)
                    )
                )
                let token = try #require(answer["jwt"]?.stringValue)
                #expect(try JitsiRouteTests.claims(token, room)["context"]?["user"]?["name"] == .string(name))
            }
        }
    }

    @Test func `seed defect 21: a missing avatar is left out of the token, never null`() async throws {
        try await Classroom.with(JitsiRouteTests.selfHosted) { room in
            let token = try #require(await room.join(room.live(), .awa)["jwt"]?.stringValue)
            let user = try #require(try JitsiRouteTests.claims(token, room)["context"]?["user"]?.objectValue)
            #expect(user["avatar"] == nil)
            #expect(user.members.allSatisfy { $0.value.stringValue?.isEmpty == false })
        }
    }

    @Test func `seed defect 22: a time without a zone is refused, every time that leaves has one`() async throws {
        try await Classroom.with { room in
            let session = try await room.schedule()
            for text in ["2026-03-15T10:00:00", "2026-03-15 10:00", "2026-03-15T10:00"] {
                for field in ["scheduled_start_at", "scheduled_end_at"] {
                    let body = JSON.object(JSONObject([(field, .string(text))]))
                    let response = try await room.put("/api/live-sessions/\(session)", as: .teacher, body)
                    expectRefusal(response, 400, .invalidField, field: field)
                }
            }
            _ = try data(await room.post("/api/live-sessions/\(session)/start", as: .teacher))
            try await room.join(session, .awa)
            try await room.end(session)
            var times = 0
            for path in [
                "/api/live-sessions/\(session)", "/api/live-sessions/\(session)/attendance", "/api/calendar",
                "/api/live-sessions/\(session)/events",
            ] {
                for match in try await room.get(path, as: .teacher).text.matches(of: /"\d{4}-\d\d-\d\dT[^"]*"/) {
                    #expect(match.0.hasSuffix("Z\""), "\(path) \(match.0)")
                    times += 1
                }
            }
            #expect(times > 15)
        }
    }

    @Test func `seed defect 23: live is live whatever the clock says, and what never started does not vanish`()
        async throws
    {
        try await Classroom.with { room in
            let never = try await room.schedule(inMinutes: 0, ["title": "never started"])  // until 11:00
            let early = try await room.schedule(inMinutes: 24 * 60)
            _ = try data(await room.post("/api/live-sessions/\(early)/start", as: .teacher))
            let long = try await room.live()
            func shelves() async throws -> [[Int64]?] {
                let answer = try data(await room.get("/api/student/live-sessions", as: .awa))
                return ["upcoming", "live", "past"].map { answer[$0]?.ids.sorted() }
            }
            #expect(try await shelves() == [[never], [early, long].sorted(), []])
            room.clock.advance(seconds: 3 * 3600)  // 12:00: an hour after the scheduled end
            #expect(try await shelves() == [[never], [early, long].sorted(), []])
            room.clock.advance(milliseconds: 1)
            #expect(try await shelves() == [[], [early, long].sorted(), [never]])
        }
    }

    @Test func `seed defect 24: /api/calendar/events is a list, not an event called events`() async throws {
        try await Classroom.with { room in
            let session = try await room.schedule()
            let response = try await room.get("/api/calendar/events?start=2026-03-01&end=2026-03-31", as: .awa)
            #expect(try data(response).sessions == [session])
            #expect(try await room.get("/api/calendar/events", as: .outsider).status == 200)
        }
    }

    @Test func `seed defect 25: a value that a query uses twice reaches both places`() async throws {
        try await Classroom.with { room in
            // The reader's id decides in several joins of this list, the range in two conditions.
            let own = try await room.schedule(by: .assistant)
            let foreign = try await room.schedule(by: .otherTeacher, course: 2)
            let query = "start=2026-03-15T10:30:00Z&end=2026-03-15T11:00:00Z"
            for (person, ids) in [
                (Someone.assistant, [own]), (.teacher, [own]), (.awa, [own]), (.otherTeacher, [foreign]),
                (.outsider, []),
            ] {
                #expect(try data(await room.get("/api/calendar?\(query)", as: person)).sessions == ids, "\(person)")
            }
            let row = try await room.application.database.read { connection in
                try connection.first("SELECT $2 AS b, $1 AS a, $2 AS c", [.text("one"), .text("two")])
            }
            #expect([row?.text("a"), row?.text("b"), row?.text("c")] == ["one", "two", "two"])
        }
    }

    @Test func `seed defect 26: calendars take what overlaps, and teachers see their own sessions`() async throws {
        try await Classroom.with { room in
            let session = try await room.schedule()  // 10:00 to 12:00
            for (start, end) in [("10:30", "11:00"), ("09:00", "10:30"), ("11:30", "13:00"), ("09:00", "13:00")] {
                let range = "2026-03-15T\(start):00Z&end=2026-03-15T\(end):00Z"
                for person in [Someone.awa, .teacher, .assistant] {
                    #expect(
                        try data(await room.get("/api/calendar/events?start=\(range)", as: person)).sessions == [
                            session
                        ]
                    )
                }
                let student = range.replacing("end=", with: "end_date=")
                #expect(
                    try data(
                        await room.get("/api/student/calendar/live-sessions?start_date=\(student)", as: .awa)
                    ).ids == [session]
                )
            }
        }
    }
}
