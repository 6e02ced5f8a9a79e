import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// POST /api/courses/{id}/live-sessions and POST /api/live-sessions.
@Suite("Creating a session", .timeLimit(.minutes(5)))
struct SessionCreateTests {
    /// The seed's own example.
    static let body: JSONObject = [
        "title": "Session 1: Introduction", "description": "Première session du cours",
        "scheduled_start_at": "2026-03-15T10:00:00Z", "scheduled_end_at": "2026-03-15T12:00:00Z",
        "max_participants": 50, "is_recording_enabled": true,
    ]

    static func row(id: Int64) -> JSON {
        [
            "id": .integer(id), "course_id": 1, "instructor_id": 10, "title": "Session 1: Introduction",
            "description": "Première session du cours", "thumbnail_url": nil,
            "scheduled_start_at": "2026-03-15T10:00:00Z", "scheduled_end_at": "2026-03-15T12:00:00Z",
            "actual_start_at": nil, "actual_end_at": nil, "jitsi_server_url": "https://meet.jit.si",
            "max_participants": 50, "is_recording_enabled": true, "recording_url": nil, "is_chat_enabled": true,
            "chat_mode": "open", "slow_mode_seconds": 0, "questions_need_approval": false, "is_anonymous_allowed": true,
            "status": "scheduled", "ended_by": nil, "ending_at": nil, "created_at": "2026-03-15T09:00:00Z",
            "updated_at": "2026-03-15T09:00:00Z", "course_title": "Réseaux", "instructor_first_name": "Aïssatou",
            "instructor_last_name": "Diallo", "instructor_email": "person10@school.example", "follows_course": false,
            "course": ["id": 1, "title": "Réseaux"],
            "instructor": Someone.teacher.json, "can_join": false, "server_time": "2026-03-15T09:00:00Z",
        ]
    }

    @Test func `the seed's example makes a scheduled session with the whole row`() async throws {
        try await Classroom.with { room in
            let response = try await room.post("/api/courses/1/live-sessions", as: .teacher, .object(Self.body))
            let row = try data(response, status: 201)
            #expect(row.without("jitsi_room_name") == Self.row(id: 1))
            let stored = try await room.row(1)
            #expect(row["jitsi_room_name"] == .string(stored.roomName))
            #expect(stored.roomName.wholeMatch(of: /mdsc-course-1-session-1-[0-9a-f]{32}/) != nil)
            #expect(stored.roomPassword.wholeMatch(of: /[a-z2-7]{26}/) != nil)
        }
    }

    @Test func `the same with the course in the body`() async throws {
        try await Classroom.with { room in
            var body = Self.body
            body["course_id"] = 1
            let row = try data(await room.post("/api/live-sessions", as: .teacher, .object(body)), status: 201)
            #expect(row.without("jitsi_room_name") == Self.row(id: 1))
        }
    }

    @Test func `only the title and both dates are needed, the rest has defaults`() async throws {
        try await Classroom.with { room in
            var body = Self.body
            for name in ["description", "max_participants", "is_recording_enabled"] { body[name] = nil }
            let response = try await room.post("/api/courses/1/live-sessions", as: .teacher, .object(body))
            var expected = try #require(Self.row(id: 1).objectValue)
            expected["description"] = .null
            expected["is_recording_enabled"] = false
            expected["follows_course"] = true
            #expect(try data(response, status: 201).without("jitsi_room_name") == .object(expected))
        }
    }

    // Found from outside, no. 51
    @Test(
        arguments: [
            (["max_participants": 40], false, 40), (["max_participants": 40, "follows_course": true], true, 50),
            (["follows_course": true], true, 50), (["follows_course": false], false, 50),
            (["max_participants": 40, "follows_course": false], false, 40),
        ] as [(JSON, Bool, Int64)])
    func `a row that is posted as a copy follows its course when that one did`(
        asked: JSON, follows: Bool, places: Int64
    ) async throws {
        try await Classroom.with { room in
            var body = Self.body
            body["max_participants"] = nil
            for member in asked.objectValue?.members ?? [] { body[member.name] = member.value }
            let row = try data(
                await room.post("/api/courses/1/live-sessions", as: .teacher, .object(body)), status: 201)
            #expect(row["follows_course"] == .bool(follows))
            #expect(row["max_participants"] == .integer(places))
            body["follows_course"] = "yes"
            expectRefusal(
                try await room.post("/api/courses/1/live-sessions", as: .teacher, .object(body)), 400, .invalidField,
                field: "follows_course")
        }
    }

    @Test func `a teacher of the course gives what they create, anybody else's is the course's instructor's`()
        async throws
    {
        try await Classroom.with { room in
            for (person, instructor) in [(Someone.assistant, Int64(11)), (.admin, 10)] {
                let response = try await room.post("/api/courses/1/live-sessions", as: person, .object(Self.body))
                #expect(try data(response, status: 201)["instructor_id"] == .integer(instructor))
            }
            var named = Self.body
            named["instructor_id"] = 11
            let response = try await room.post("/api/courses/1/live-sessions", as: .teacher, .object(named))
            #expect(try data(response, status: 201)["instructor_id"] == 11)
        }
    }

    @Test func `offsets are converted to UTC and fractions kept to the millisecond`() async throws {
        try await Classroom.with { room in
            var body = Self.body
            body["scheduled_start_at"] = "2026-03-15T11:00:00.25+01:00"
            body["scheduled_end_at"] = "2026-03-15T07:30:00-05:00"
            let row = try data(
                await room.post("/api/courses/1/live-sessions", as: .teacher, .object(body)), status: 201
            )
            #expect(row["scheduled_start_at"] == "2026-03-15T10:00:00.250Z")
            #expect(row["scheduled_end_at"] == "2026-03-15T12:30:00Z")
        }
    }

    @Test func `unknown fields, and those that the hub decides, are ignored`() async throws {
        try await Classroom.with { room in
            var body = Self.body
            body["status"] = "live"
            body["id"] = 77
            body["jitsi_room_name"] = "guessable"
            body["jitsi_room_password"] = "secret"
            body["color"] = ["a": [1, 2]]
            let response = try await room.post("/api/courses/1/live-sessions", as: .teacher, .object(body))
            #expect(try data(response, status: 201).without("jitsi_room_name") == Self.row(id: 1))
            #expect(try await room.row(1).roomPassword != "secret")
        }
    }

    @Test func `every field refuses other types and values with its name`() async throws {
        try await Classroom.with { room in
            for (field, values) in FieldRefusals.ofSession + FieldRefusals.requiredOfSession {
                for value in values {
                    var body = Self.body
                    body[field] = value
                    let response = try await room.post("/api/courses/1/live-sessions", as: .teacher, .object(body))
                    expectRefusal(response, 400, .invalidField, field: field)
                }
            }
            let list = try await room.get("/api/courses/1/live-sessions", as: .teacher)
            #expect(try data(list) == [], "a refused session is not stored")
        }
    }

    @Test func `a course in the body must be one, and one of the caller's`() async throws {
        try await Classroom.with { room in
            for value: JSON? in [nil, .null, "1", 0, -1, true, 1.5, [1]] {
                var body = Self.body
                body["course_id"] = value
                let response = try await room.post("/api/live-sessions", as: .teacher, .object(body))
                expectRefusal(response, 400, .invalidField, field: "course_id")
            }
            for course: Int64 in [2, 999] {
                var body = Self.body
                body["course_id"] = .integer(course)
                let response = try await room.post("/api/live-sessions", as: .teacher, .object(body))
                expectRefusal(response, 404, .courseNotFound)
            }
        }
    }

    @Test func `a class must end after its start`() async throws {
        try await Classroom.with { room in
            for end in ["2026-03-15T10:00:00Z", "2026-03-15T09:59:59.999Z", "2026-03-15T10:30:00+01:00"] {
                var body = Self.body
                body["scheduled_end_at"] = .string(end)
                let response = try await room.post("/api/courses/1/live-sessions", as: .teacher, .object(body))
                expectRefusal(response, 400, .invalidField, field: "scheduled_end_at")
            }
        }
    }

    @Test func `an instructor who does not teach the course cannot be named`() async throws {
        try await Classroom.with { room in
            for value in FieldRefusals.ofInstructor {
                var body = Self.body
                body["instructor_id"] = value
                let response = try await room.post("/api/courses/1/live-sessions", as: .teacher, .object(body))
                expectRefusal(response, 400, .invalidField, field: "instructor_id")
            }
        }
    }
}
