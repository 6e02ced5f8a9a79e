import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// The lists of a course, of an instructor and of a student.
@Suite("Lists of sessions", .timeLimit(.minutes(5)))
struct SessionListTests {
    @Test func `a course's list has whole rows with their count, newest start first`() async throws {
        try await Classroom.with { room in
            let second = try await room.schedule(inMinutes: 120)
            let first = try await room.schedule(inMinutes: 60)
            let running = try await room.live(["title": "Session 1: Introduction"])
            try await room.join(running, .awa)
            let response = try await room.get("/api/courses/1/live-sessions", as: .teacher)
            let rows = try data(response)
            #expect(rows.ids == [second, first, running])
            #expect(response.json["pagination"] == ["page": 1, "limit": 20, "total": 3, "pages": 1])
            let row = try #require(rows.arrayValue?.last)
            var expected = try #require(SessionCreateTests.row(id: running).objectValue)
            for (name, value) in [
                ("description", .null), ("is_recording_enabled", false), ("status", "live"), ("can_join", true),
                ("follows_course", true),
                ("scheduled_start_at", "2026-03-15T09:00:00Z"), ("scheduled_end_at", "2026-03-15T11:00:00Z"),
                ("actual_start_at", "2026-03-15T09:00:00Z"), ("participants_count", 1),
                ("jitsi_room_name", .string(try await room.row(running).roomName)),
            ] as [(String, JSON)] {
                expected[name] = value
            }
            #expect(row == .object(expected))
        }
    }

    @Test func `a list comes in pages`() async throws {
        try await Classroom.with { room in
            var ids: [Int64] = []
            for minutes: Int64 in [60, 120, 180] { ids.insert(try await room.schedule(inMinutes: minutes), at: 0) }
            for (page, expected) in [(1, [ids[0], ids[1]]), (2, [ids[2]]), (3, [])] {
                for path in ["/api/courses/1/live-sessions", "/api/instructor/live-sessions"] {
                    let response = try await room.get("\(path)?limit=2&page=\(page)", as: .teacher)
                    #expect(try data(response).ids == expected)
                    #expect(
                        response.json["pagination"]
                            == ["page": .integer(Int64(page)), "limit": 2, "total": 3, "pages": 2]
                    )
                }
            }
        }
    }

    @Test func `a list takes one status`() async throws {
        try await Classroom.with { room in
            let ids = [
                "scheduled": try await room.schedule(), "live": try await room.live(), "ended": try await room.ended(),
                "cancelled": try await room.cancelled(),
            ]
            for (status, id) in ids {
                let response = try await room.get("/api/courses/1/live-sessions?status=\(status)", as: .awa)
                #expect(try data(response).ids == [id])
                #expect(response.json["pagination"]?["total"] == 1)
                let own = try await room.get("/api/instructor/live-sessions?status=\(status)", as: .teacher)
                #expect(try data(own).ids == [id])
            }
            #expect(try data(await room.get("/api/courses/1/live-sessions?status=", as: .awa)).ids.count == 4)
        }
    }

    @Test(arguments: [
        "page=0", "page=-1", "page=x", "page=1.5", "page=1000001", "page=99999999999999999999", "limit=0", "limit=x",
        "limit=1e2", "limit=-5", "limit=000",
    ])
    func `a query that cannot be used is refused with its field`(query: String) async throws {
        try await Classroom.with { room in
            let field = String(query.prefix { $0 != "=" })
            for path in ["/api/courses/1/live-sessions", "/api/instructor/live-sessions"] {
                expectRefusal(try await room.get("\(path)?\(query)", as: .teacher), 400, .invalidField, field: field)
            }
        }
    }

    @Test func `a course that does not exist is not found, not even by an administrator`() async throws {
        try await Classroom.with { room in
            expectRefusal(try await room.get("/api/courses/99/live-sessions", as: .admin), 404, .courseNotFound)
        }
    }

    @Test func `the detail has the row, the people and what the reader may do`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            room.clock.advance(seconds: 30)
            try await room.join(session, .awa)
            room.clock.advance(seconds: 90)
            let detail = try data(await room.get("/api/live-sessions/\(session)", as: .koffi))
            let list = try data(await room.get("/api/courses/1/live-sessions", as: .koffi))
            #expect(detail.without("participants") == list.arrayValue?.first)
            #expect(detail["can_join"] == true)
            #expect(detail["participants_count"] == 1)
            #expect(detail["server_time"] == "2026-03-15T09:02:00Z")
            #expect(
                detail["participants"] == [
                    [
                        "id": 1, "session_id": .integer(session), "user_id": 20, "enrollment_id": 501,
                        "profile_picture": nil, "created_at": "2026-03-15T09:00:30Z",
                        "joined_at": "2026-03-15T09:00:30Z", "left_at": nil, "attendance_duration": 1,
                        "attendance_seconds": 90, "is_present": true, "role": "participant", "first_name": "Awa",
                        "last_name": "Ndiaye", "avatar": nil, "user": Someone.awa.json,
                    ]
                ]
            )
        }
    }

    @Test func `can_join opens for hosts ten minutes before, for members with the class, and closes with it`()
        async throws
    {
        try await Classroom.with { room in
            let session = try await room.schedule(inMinutes: 60)
            func canJoin(_ person: Someone) async throws -> JSON? {
                try data(await room.get("/api/live-sessions/\(session)", as: person))["can_join"]
            }
            room.clock.advance(seconds: 50 * 60 - 1)
            #expect(try await [canJoin(.teacher), canJoin(.awa)] == [false, false])
            room.clock.advance(seconds: 1)
            #expect(try await [canJoin(.teacher), canJoin(.awa)] == [true, false])
            _ = try data(await room.post("/api/live-sessions/\(session)/start", as: .teacher))
            #expect(try await [canJoin(.teacher), canJoin(.awa)] == [true, true])
            try await room.end(session)
            #expect(try await [canJoin(.teacher), canJoin(.awa)] == [false, false])
        }
    }

    @Test func `a student sees the sessions of their courses on three shelves`() async throws {
        try await Classroom.with { room in
            let later = try await room.schedule(inMinutes: 120)
            let soon = try await room.schedule(inMinutes: 60)
            let running = try await room.live()
            let over = try await room.ended()
            let off = try await room.cancelled()
            _ = try await room.schedule(by: .otherTeacher, course: 2)
            let shelves = try data(await room.get("/api/student/live-sessions", as: .awa))
            #expect(shelves.objectValue?.members.map(\.name) == ["upcoming", "live", "past"])
            #expect(shelves["upcoming"]?.ids == [soon, later])
            #expect(shelves["live"]?.ids == [running])
            #expect(shelves["past"]?.ids == [off, over], "newest start first")
            for person in [Someone.former, .outsider, .teacher] {
                expectData(
                    try await room.get("/api/student/live-sessions", as: person),
                    ["upcoming": [], "live": [], "past": []]
                )
            }
        }
    }

    @Test func `an instructor sees what they give or help to give`() async throws {
        try await Classroom.with { room in
            let own = try await room.schedule()
            let helped = try await room.schedule(inMinutes: 30, by: .assistant)
            let other = try await room.schedule(by: .otherTeacher, course: 2)
            let path = "/api/instructor/live-sessions"
            #expect(try data(await room.get(path, as: .teacher)).ids == [own, helped])
            #expect(try data(await room.get(path, as: .assistant)).ids == [own, helped])
            #expect(try data(await room.get(path, as: .otherTeacher)).ids == [other])
            for person in [Someone.awa, .admin] { #expect(try data(await room.get(path, as: person)) == []) }
        }
    }

    @Test func `names of the wrong kind are not found, whatever follows`() async throws {
        try await Classroom.with { room in
            for path in [
                "/api/live-sessions/x", "/api/live-sessions/1.5", "/api/live-sessions/-1",
                "/api/courses/x/live-sessions",
            ] {
                expectRefusal(try await room.get(path, as: .admin), 404, .notFound)
            }
            for path in ["/api/live-sessions/0", "/api/live-sessions/999999"] {
                #expect(try await room.get(path, as: .admin).status == 404)
            }
        }
    }
}
