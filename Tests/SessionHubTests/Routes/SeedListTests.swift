import Database
import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// What the seed's own clients ask of the lists.
@Suite("Lists as the seed's clients ask for them", .timeLimit(.minutes(5)))
struct SeedListTests {
    private static let lists = ["/api/courses/1/live-sessions", "/api/instructor/live-sessions"]

    // Found from outside, no. 21
    @Test func `the tabs past, upcoming and all stand beside the four statuses, and any other word says nothing`()
        async throws
    {
        try await Classroom.with { room in
            let missed = try await room.schedule(inMinutes: 0)
            room.clock.advance(seconds: 4 * 3600)
            let ahead = try await room.schedule(inMinutes: 60)
            let late = try await room.schedule(inMinutes: -150)
            let running = try await room.live()
            let over = try await room.ended()
            let off = try await room.cancelled()
            let all = Set([missed, ahead, late, running, over, off])
            for (word, expected) in [
                ("past", [missed, over, off]), ("upcoming", [ahead, late]), ("live", [running]), ("ended", [over]),
                ("cancelled", [off]), ("scheduled", [missed, ahead, late]), ("all", Array(all)), ("", Array(all)),
                ("PAST", [missed, over, off]), ("past%20", [missed, over, off]), ("soon", Array(all)),
                ("%27%3B--", Array(all)),
            ] {
                for list in Self.lists {
                    let response = try await room.get("\(list)?status=\(word)", as: .teacher)
                    #expect(Set(try data(response).ids) == Set(expected), "\(word)")
                    #expect(response.json["pagination"]?["total"] == .integer(Int64(expected.count)), "\(word)")
                }
            }
            let shelves = try data(await room.get("/api/student/live-sessions", as: .awa))
            for shelf in ["past", "upcoming", "live"] {
                let list = try data(await room.get("\(Self.lists[0])?status=\(shelf)", as: .awa))
                #expect(Set(shelves[shelf]?.ids ?? []) == Set(list.ids), "the same words, the same classes")
            }
        }
    }

    // Found from outside, no. 21
    @Test(arguments: [("101", 100), ("1000", 100), ("99999999999999999999", 100), ("100", 100), ("007", 7), ("1", 1)])
    func `a limit beyond the most is the most, on every list`(asked: String, given: Int64) async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            try await room.join(session, .awa)
            for path in Self.lists + [
                "/api/users", "/api/courses", "/api/courses/1/enrollments",
                "/api/live-sessions/\(session)/participants",
                "/api/live-sessions/\(session)/presence",
            ] {
                let response = try await room.client.send("GET", "\(path)?limit=\(asked)", token: room.token(.admin))
                #expect(response.json["pagination"]?["limit"] == .integer(given), "\(path)")
            }
            for path in ["chat", "events"] {
                let response = try await room.get("/api/live-sessions/\(session)/\(path)?limit=\(asked)", as: .awa)
                #expect(response.status == 200, "\(path)")
            }
        }
    }

    // Found from outside, no. 24
    @Test func `a student's lists say how they attended`() async throws {
        try await Classroom.with { room in
            _ = try await room.schedule()
            let over = try await room.live()
            try await room.join(over, .awa)
            room.clock.advance(seconds: 90)
            try await room.leave(over, .awa)
            room.clock.advance(seconds: 30)
            try await room.join(over, .awa)
            room.clock.advance(seconds: 60)
            try await room.end(over)
            let running = try await room.live()
            try await room.join(running, .awa)
            room.clock.advance(seconds: 61)
            func own(_ shelf: String, _ person: Someone) async throws -> JSON? {
                let row = try data(await room.get("/api/student/live-sessions", as: person))[shelf]?.arrayValue?.first
                let names = ["joined_at", "left_at", "is_present", "attendance_duration", "attendance_seconds"]
                return row.map { row in .object(JSONObject(names.map { ($0, row[$0] ?? "none") })) }
            }
            #expect(
                try await own("past", .awa) == [
                    "joined_at": "2026-03-15T09:00:00Z", "left_at": "2026-03-15T09:03:00Z", "is_present": false,
                    "attendance_duration": 2, "attendance_seconds": 150,
                ])
            #expect(
                try await own("live", .awa) == [
                    "joined_at": "2026-03-15T09:03:00Z", "left_at": nil, "is_present": true, "attendance_duration": 1,
                    "attendance_seconds": 61,
                ])
            let nothing: JSON = [
                "joined_at": nil, "left_at": nil, "is_present": false, "attendance_duration": 0,
                "attendance_seconds": 0,
            ]
            for (shelf, person) in [("upcoming", Someone.awa), ("past", .koffi), ("live", .koffi)] {
                #expect(try await own(shelf, person) == nothing, "\(shelf)")
            }
        }
    }

    // Found from outside, no. 25
    @Test func `participants without a page are all, each with a number of its own`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            try await room.execute(
                """
                WITH RECURSIVE n (i) AS (SELECT 2000 UNION ALL SELECT i + 1 FROM n WHERE i < 3004)
                INSERT INTO users (id, email, email_key, avatar, name_at, created_at, updated_at, search_text)
                SELECT i, 'n' || i || '@school.example', 'n' || i || '@school.example', '/a/' || i, 0, 0, 0, '' FROM n
                """, [])
            try await room.execute(
                """
                INSERT INTO live_session_participants (session_id, user_id, role, first_joined_at)
                SELECT $1, id, 'participant', $2 FROM users WHERE id BETWEEN 2000 AND 2136
                """, [.integer(session), .timestamp(room.clock.now)])
            let path = "/api/live-sessions/\(session)/participants"
            let all = try await room.get(path, as: .awa)
            let rows = try data(all).arrayValue ?? []
            #expect(rows.count == 137 && all.json["pagination"]?["pages"] == 1)
            #expect(Set(rows.compactMap { $0["id"]?.integerValue }).count == 137)
            #expect(rows.allSatisfy { $0["created_at"] == "2026-03-15T09:00:00Z" && $0["user"] != nil })
            #expect(rows.first?["profile_picture"] == "/a/2136" && rows.first?["avatar"] == "/a/2136")
            #expect(try data(await room.get("\(path)?page=1", as: .awa)).arrayValue?.count == 20)
            #expect(try data(await room.get("\(path)?limit=50&page=3", as: .awa)).arrayValue?.count == 37)
            try await room.execute(
                """
                INSERT INTO live_session_participants (session_id, user_id, role, first_joined_at)
                SELECT $1, id, 'participant', $2 FROM users WHERE id BETWEEN 2137 AND 3004
                """, [.integer(session), .timestamp(room.clock.now)])
            let most = try await room.get(path, as: .awa)
            #expect(try data(most).arrayValue?.count == 1000)
            #expect(most.json["pagination"] == ["page": 1, "limit": 1000, "total": 1005, "pages": 2])
        }
    }

    // Found from outside, no. 26
    @Test func `a change that names nothing is refused, and only after the right to it`() async throws {
        try await Classroom.with { room in
            let session = try await room.schedule()
            let made = try data(
                await room.post(
                    "/api/calendar/events", as: .teacher,
                    ["title": "Examen", "start_date": "2026-03-20T09:00:00Z", "course_id": 1]), status: 201)
            for path in ["/api/live-sessions/\(session)", "/api/calendar/events/\(made.event)"] {
                let nothings: [JSON?] = [nil, [:], ["status": "live"], ["id": 7]]
                for nothing in nothings {
                    expectRefusal(try await room.put(path, as: .teacher, nothing), 400, .invalidField, field: "body")
                    expectRefusal(try await room.put(path, as: .awa, nothing), 403, .forbidden)
                    #expect(try await room.put(path, as: .outsider, nothing).status == 404)
                }
            }
            #expect(try data(await room.get("/api/live-sessions/\(session)/events", as: .awa))["events"] == [])
        }
    }

    // Found from outside, no. 26
    @Test func `the instructor's address is for hosts`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            for (person, isHost) in [(Someone.teacher, true), (.assistant, true), (.admin, true), (.awa, false)] {
                let detail = try data(await room.get("/api/live-sessions/\(session)", as: person))
                let row = try data(await room.get(Self.lists[0], as: person)).arrayValue?.first
                let expected: JSON? = isHost ? .string(Someone.teacher.email) : nil
                #expect(detail["instructor_email"] == expected && row?["instructor_email"] == expected, "\(person)")
            }
        }
    }
}
