import Database
import HTTPTypes
import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

@Suite("Session routes")
struct SessionRoutesTests {
    @Test func `a host schedules a class and gets the row`() async throws {
        try await Classroom.quiet(at: Classroom.ten - 600_000) { hub in
            let answer = try await hub.post(
                "/api/courses/1/live-sessions", as: .teacher,
                [
                    "title": "Waves", "description": "Part one", "scheduled_start_at": "2026-03-15T11:00:00+01:00",
                    "scheduled_end_at": "2026-03-15T12:00:00Z", "max_participants": 30, "is_recording_enabled": true,
                ]
            )
            #expect(answer.status == 201)
            var row = try #require(answer.data.objectValue)
            let room = try #require(row["jitsi_room_name"]?.stringValue)
            #expect(room.contains(/^mdsc-course-1-session-1-[0-9a-f]{32}$/))
            row["jitsi_room_name"] = nil
            #expect(
                JSON.object(row) == [
                    "id": 1, "course_id": 1, "instructor_id": 10, "title": "Waves", "description": "Part one",
                    "thumbnail_url": nil, "scheduled_start_at": "2026-03-15T10:00:00Z",
                    "scheduled_end_at": "2026-03-15T12:00:00Z", "actual_start_at": nil, "actual_end_at": nil,
                    "jitsi_server_url": "https://meet.example.org", "max_participants": 30,
                    "is_recording_enabled": true, "recording_url": nil, "is_chat_enabled": true, "chat_mode": "open",
                    "slow_mode_seconds": 0, "questions_need_approval": false, "is_anonymous_allowed": true,
                    "status": "scheduled",
                    "ended_by": nil, "ending_at": nil, "created_at": "2026-03-15T09:50:00Z",
                    "updated_at": "2026-03-15T09:50:00Z",
                    "course_title": "Réseaux", "instructor_first_name": "Aïssatou", "instructor_last_name": "Diallo",
                    "instructor_email": "person10@school.example", "follows_course": false,
                    "course": ["id": 1, "title": "Réseaux"],
                    "instructor": ["id": 10, "first_name": "Aïssatou", "last_name": "Diallo", "avatar": nil],
                    "can_join": true, "server_time": "2026-03-15T09:50:00Z",
                ]
            )
        }
    }

    @Test func `students, strangers and the wrong course are refused`() async throws {
        try await Classroom.quiet { hub in
            let body: JSON = [
                "title": "X", "scheduled_start_at": "2026-03-15T10:00:00Z", "scheduled_end_at": "2026-03-15T12:00:00Z",
            ]
            let refusals: [(Int, Someone, String)] = [
                (1, .awa, "403 forbidden"), (1, .outsider, "404 course_not_found"),
                (1, .former, "404 course_not_found"),
                (2, .teacher, "404 course_not_found"), (9, .admin, "404 course_not_found"),
            ]
            for (course, user, refusal) in refusals {
                let answer = try await hub.post("/api/courses/\(course)/live-sessions", as: user, body)
                #expect("\(answer.status) \(answer.code ?? "")" == refusal)
            }
        }
    }

    @Test func `the creator gives the class, an administrator's and a service's are the course's`() async throws {
        try await Classroom.quiet { hub in
            var body: JSONObject = [
                "course_id": 1, "title": "X", "scheduled_start_at": "2026-03-15T10:00:00Z",
                "scheduled_end_at": "2026-03-15T12:00:00Z",
            ]
            var instructors: [JSON?] = []
            for token in try [hub.token(.assistant), hub.token(.admin), hub.serviceToken()] {
                let answer = try await hub.send("POST", "/api/live-sessions", token: token, json: .object(body))
                instructors.append(answer.data["instructor_id"])
            }
            #expect(instructors == [11, 10, 10])
            body["instructor_id"] = 20
            let refused = try await hub.post("/api/live-sessions", as: .admin, .object(body))
            #expect(refused.json["field"] == "instructor_id")
        }
    }

    @Test func `seed defect 17: a course has several sessions, listed by page and status`() async throws {
        try await Classroom.quiet { hub in
            for hour in 0..<3 {
                _ = try await hub.plan("Class \(hour)", from: Classroom.ten + Int64(hour) * 86_400_000)
            }
            _ = try await hub.post("/api/live-sessions/2/cancel", as: .teacher)
            let all = try await hub.get("/api/courses/1/live-sessions?page=1&limit=2", as: .awa)
            #expect(all.data.arrayValue?.map { $0["id"] } == [3, 2])
            #expect(all.json["pagination"] == ["page": 1, "limit": 2, "total": 3, "pages": 2])
            let cancelled = try await hub.get("/api/courses/1/live-sessions?status=cancelled", as: .awa)
            #expect(cancelled.data.arrayValue?.map { $0["id"] } == [2])
            #expect(cancelled.data.arrayValue?.first?["participants_count"] == 0)
            let any = try await hub.get("/api/courses/1/live-sessions?status=gone", as: .awa)
            #expect(any.data.arrayValue?.count == 3)
            #expect(try await hub.get("/api/courses/1/live-sessions", as: .outsider).status == 404)
        }
    }

    @Test func `seed defect 2: strangers see nothing, members no secrets, hosts the e-mails`() async throws {
        try await Classroom.quiet { hub in
            let id = try await hub.plan()
            let stranger = try await hub.get("/api/live-sessions/\(id)", as: .outsider)
            #expect("\(stranger.status) \(stranger.code ?? "")" == "404 session_not_found")
            #expect(try await hub.get("/api/live-sessions/\(id)", as: .awa).data["jitsi_room_name"] == nil)
            #expect(try await hub.get("/api/live-sessions/\(id)", as: .teacher).data["jitsi_room_name"] != nil)
            _ = try await hub.post("/api/live-sessions/\(id)/start", as: .teacher)
            _ = try await hub.post("/api/live-sessions/\(id)/join", as: .awa)
            let live = try await hub.get("/api/live-sessions/\(id)", as: .koffi)
            #expect(live.data["jitsi_room_name"] != nil)
            #expect(live.data["can_join"] == true)
            #expect(live.data["participants_count"] == 1)
            #expect(!live.text.contains("jitsi_room_password") && !live.text.contains("@school.example"))
            let host = try await hub.get("/api/live-sessions/\(id)", as: .assistant)
            #expect(host.data["participants"]?.arrayValue?.first?["email"] == "person20@school.example")
            #expect(!host.text.contains("jitsi_room_password"))
        }
    }

    @Test func `an update tells the channel what changed, and nothing when nothing did`() async throws {
        try await Classroom.quiet { hub in
            let id = try await hub.plan()
            let path = "/api/live-sessions/\(id)"
            let answer = try await hub.put(path, as: .teacher, ["title": "Waves II", "max_participants": 50])
            #expect(answer.data["title"] == "Waves II")
            _ = try await hub.put(path, as: .teacher, ["title": "Waves II"])
            #expect(
                hub.published.events == [
                    [
                        "seq": 1, "type": "session.updated", "at": "2026-03-15T10:00:00Z",
                        "changes": ["title": "Waves II"],
                        "by": ["id": 10, "name": "Aïssatou Diallo", "role": "instructor"],
                    ]
                ]
            )
            #expect(try await hub.put(path, as: .awa, ["title": "No"]).status == 403)
        }
    }

    @Test func `seed defect 14: dates are checked together on an update as well`() async throws {
        try await Classroom.quiet { hub in
            let path = "/api/live-sessions/\(try await hub.plan())"
            let alone = try await hub.put(path, as: .teacher, ["scheduled_start_at": "2026-03-15T13:00:00Z"])
            #expect("\(alone.status) \(alone.json["field"]?.stringValue ?? "")" == "400 scheduled_end_at")
            let both: JSON = [
                "scheduled_start_at": "2026-03-15T13:00:00Z", "scheduled_end_at": "2026-03-15T14:00:00Z",
            ]
            #expect(try await hub.put(path, as: .teacher, both).status == 200)
            let broken = try await hub.put(path, as: .teacher, ["scheduled_end_at": "soon"])
            #expect("\(broken.status) \(broken.code ?? "")" == "400 invalid_field")
        }
    }

    @Test func `seed defect 12: a class starts once and its start is never overwritten`() async throws {
        try await Classroom.quiet { hub in
            let id = try await hub.plan()
            let started = try await hub.post("/api/live-sessions/\(id)/start", as: .teacher)
            #expect(started.data["actual_start_at"] == "2026-03-15T10:00:00Z")
            #expect(started.data["status"] == "live")
            #expect(started.data["jitsi_join_url"]?.stringValue?.contains("#jwt=") == true)
            hub.clock.advance(seconds: 60)
            #expect(try await hub.post("/api/live-sessions/\(id)/start", as: .teacher).code == "already_live")
            let ended = try await hub.post(
                "/api/live-sessions/\(id)/end", as: .teacher, ["recording_url": "https://v.example/1"]
            )
            #expect(
                ended.data == [
                    "session_id": .integer(id), "status": "ended", "actual_end_at": "2026-03-15T10:01:00Z",
                    "recording_url": "https://v.example/1",
                ]
            )
            #expect(try await hub.post("/api/live-sessions/\(id)/start", as: .teacher).code == "session_over")
            #expect(try await hub.post("/api/live-sessions/\(id)/end", as: .teacher).code == "session_over")
            let row = try await hub.get("/api/live-sessions/\(id)", as: .awa).data
            #expect(row["actual_start_at"] == "2026-03-15T10:00:00Z")
            #expect(row["ended_by"] == "host")
            #expect(hub.published.events.map { $0["type"] } == ["session.started", "session.ended"])
            #expect(hub.published.events.last?["recording_url"] == "https://v.example/1")
        }
    }

    @Test func `a service starts and ends as nobody`() async throws {
        try await Classroom.quiet { hub in
            let id = try await hub.plan()
            let started = try await hub.send("POST", "/api/live-sessions/\(id)/start", token: hub.serviceToken())
            #expect(started.data["jitsi_join_url"] == .null)
            #expect(try await hub.send("POST", "/api/live-sessions/\(id)/end", token: hub.serviceToken()).status == 200)
            #expect(hub.published.events.allSatisfy { $0["by"] == nil })
            #expect(try await hub.get("/api/live-sessions/\(id)", as: .awa).data["ended_by"] == "service")
        }
    }

    @Test func `seed defect 18: a deleted class keeps its attendance, which its hosts can export`() async throws {
        try await Classroom.quiet { hub in
            let id = try await hub.planLive()
            _ = try await hub.post("/api/live-sessions/\(id)/join", as: .awa)
            let path = "/api/live-sessions/\(id)"
            #expect(try await hub.delete(path, as: .teacher).code == "already_live")
            hub.clock.advance(seconds: 120)
            _ = try await hub.post("\(path)/end", as: .teacher)
            #expect(try await hub.delete(path, as: .awa).status == 403)
            #expect(try await hub.delete(path, as: .teacher).status == 200)
            #expect(hub.published.signals == [.sessionGone(id)])
            #expect(try await hub.get(path, as: .teacher).status == 404)
            #expect(try await hub.get("\(path)/attendance", as: .awa).status == 404)
            let kept = try await hub.get("\(path)/attendance", as: .teacher)
            #expect(kept.data["participants"]?.arrayValue?.map { $0["attendance_seconds"] } == [120])
            #expect(try await hub.get("/api/courses/1/live-sessions", as: .teacher).data == [])
        }
    }

    @Test func `a class that nobody attended is deleted for good`() async throws {
        try await Classroom.quiet { hub in
            let id = try await hub.plan()
            #expect(try await hub.delete("/api/live-sessions/\(id)", as: .teacher).status == 200)
            #expect(try await hub.get("/api/live-sessions/\(id)/attendance", as: .teacher).status == 404)
            // Ids are never used again.
            #expect(try await hub.plan() == id + 1)
        }
    }

    @Test func `seed defect 23: a student's lists lose no class`() async throws {
        try await Classroom.quiet { hub in
            let early = try await hub.plan("early", from: Classroom.ten + 86_400_000)
            _ = try await hub.post("/api/live-sessions/\(early)/start", as: .teacher)
            let over = try await hub.plan("runs over", from: Classroom.ten - 14_400_000)
            hub.clock.advance(seconds: -7200)
            _ = try await hub.post("/api/live-sessions/\(over)/start", as: .teacher)
            hub.clock.advance(seconds: 7200)
            let missed = try await hub.plan("never started", from: Classroom.ten - 86_400_000)
            let late = try await hub.plan("may still start", from: Classroom.ten - 9_000_000)
            let next = try await hub.plan("next", from: Classroom.ten + 3_600_000)
            let off = try await hub.plan("called off", from: Classroom.ten + 7_200_000)
            _ = try await hub.post("/api/live-sessions/\(off)/cancel", as: .teacher)
            let lists = try await hub.get("/api/student/live-sessions", as: .awa).data
            func ids(_ shelf: String) -> [Int64]? { lists[shelf]?.arrayValue?.compactMap { $0["id"]?.integerValue } }
            #expect(ids("live") == [early, over])
            #expect(ids("upcoming") == [late, next])
            #expect(ids("past") == [off, missed])
            let stranger = try await hub.get("/api/student/live-sessions", as: .outsider)
            #expect(stranger.data == ["upcoming": [], "live": [], "past": []])
        }
    }

    @Test func `an instructor's list has what they give or help to give`() async throws {
        try await Classroom.quiet { hub in
            let id = try await hub.plan()
            for (user, ids) in [(Someone.teacher, [id]), (Someone.assistant, [id]), (Someone.awa, [])] {
                let answer = try await hub.get("/api/instructor/live-sessions", as: user)
                #expect(answer.data.arrayValue?.compactMap { $0["id"]?.integerValue } == ids)
            }
        }
    }
}
