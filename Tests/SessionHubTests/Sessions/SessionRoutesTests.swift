import HTTPTypes
import StrictJSON
import Testing

@testable import SessionHub

@Suite("Session routes")
struct SessionRoutesTests {
    @Test func `a host schedules a class and gets the row`() async throws {
        try await ClassHub.run(at: ClassHub.ten - 600_000) { hub in
            let answer = await hub.post(
                "/api/courses/1/live-sessions",
                [
                    "title": "Waves", "description": "Part one", "scheduled_start_at": "2026-03-15T11:00:00+01:00",
                    "scheduled_end_at": "2026-03-15T12:00:00Z", "max_participants": 30, "is_recording_enabled": true,
                ], as: ClassHub.teacher
            )
            #expect(answer.status == 201)
            var row = try #require(answer.data.objectValue)
            let room = try #require(row["jitsi_room_name"]?.stringValue)
            #expect(room.contains(/^mdsc-course-1-session-1-[0-9a-f]{32}$/))
            row["jitsi_room_name"] = nil
            #expect(
                JSON.object(row) == [
                    "id": 1, "course_id": 1, "instructor_id": 1, "title": "Waves", "description": "Part one",
                    "thumbnail_url": nil, "scheduled_start_at": "2026-03-15T10:00:00Z",
                    "scheduled_end_at": "2026-03-15T12:00:00Z", "actual_start_at": nil, "actual_end_at": nil,
                    "jitsi_server_url": "https://meet.example.org", "max_participants": 30,
                    "is_recording_enabled": true, "recording_url": nil, "is_chat_enabled": true, "status": "scheduled",
                    "ended_by": nil, "ending_at": nil, "created_at": "2026-03-15T09:50:00Z",
                    "updated_at": "2026-03-15T09:50:00Z",
                    "course_title": "Physics", "instructor_first_name": "Tara", "instructor_last_name": "Okafor",
                    "instructor_email": "p1@example.org", "follows_course": false,
                    "course": ["id": 1, "title": "Physics"],
                    "instructor": ["id": 1, "first_name": "Tara", "last_name": "Okafor", "avatar": nil],
                    "can_join": true, "server_time": "2026-03-15T09:50:00Z",
                ]
            )
        }
    }

    @Test func `students, strangers and the wrong course are refused`() async throws {
        try await ClassHub.run { hub in
            let body: JSON = [
                "title": "X", "scheduled_start_at": "2026-03-15T10:00:00Z", "scheduled_end_at": "2026-03-15T12:00:00Z",
            ]
            func refusal(_ course: Int, _ user: Int64) async -> String {
                let answer = await hub.post("/api/courses/\(course)/live-sessions", body, as: user)
                return "\(answer.status) \(answer.code ?? "")"
            }
            #expect(await refusal(1, ClassHub.awa) == "403 forbidden")
            #expect(await refusal(1, ClassHub.outsider) == "404 course_not_found")
            #expect(await refusal(1, ClassHub.lapsed) == "404 course_not_found")
            #expect(await refusal(2, ClassHub.teacher) == "404 course_not_found")
            #expect(await refusal(9, ClassHub.admin) == "404 course_not_found")
        }
    }

    @Test func `the creator gives the class, an administrator's and a service's are the course's`() async throws {
        try await ClassHub.run { hub in
            var body: JSONObject = [
                "course_id": 1, "title": "X", "scheduled_start_at": "2026-03-15T10:00:00Z",
                "scheduled_end_at": "2026-03-15T12:00:00Z",
            ]
            var instructors: [JSON?] = []
            for user in [ClassHub.assistant, ClassHub.admin, 0] {
                let answer = await hub.post("/api/live-sessions", .object(body), as: user)
                instructors.append(answer.data["instructor_id"])
            }
            #expect(instructors == [2, 1, 1])
            body["instructor_id"] = 10
            let refused = await hub.post("/api/live-sessions", .object(body), as: ClassHub.admin)
            #expect(refused.json?["field"] == "instructor_id")
        }
    }

    @Test func `seed defect 17: a course has several sessions, listed by page and status`() async throws {
        try await ClassHub.run { hub in
            for hour in 0..<3 {
                _ = try await hub.schedule("Class \(hour)", from: ClassHub.ten + Int64(hour) * 86_400_000)
            }
            _ = await hub.post("/api/live-sessions/2/cancel", as: ClassHub.teacher)
            let all = await hub.get("/api/courses/1/live-sessions?page=1&limit=2", as: ClassHub.awa)
            #expect(all.data.arrayValue?.map { $0["id"] } == [3, 2])
            #expect(all.json?["pagination"] == ["page": 1, "limit": 2, "total": 3, "pages": 2])
            let cancelled = await hub.get("/api/courses/1/live-sessions?status=cancelled", as: ClassHub.awa)
            #expect(cancelled.data.arrayValue?.map { $0["id"] } == [2])
            #expect(cancelled.data.arrayValue?.first?["participants_count"] == 0)
            let any = await hub.get("/api/courses/1/live-sessions?status=gone", as: ClassHub.awa)
            #expect(any.data.arrayValue?.count == 3)
            #expect(await hub.get("/api/courses/1/live-sessions", as: ClassHub.outsider).status == 404)
        }
    }

    @Test func `seed defect 2: strangers see nothing, members no secrets, hosts the e-mails`() async throws {
        try await ClassHub.run { hub in
            let id = try await hub.schedule()
            let stranger = await hub.get("/api/live-sessions/\(id)", as: ClassHub.outsider)
            #expect("\(stranger.status) \(stranger.code ?? "")" == "404 session_not_found")
            #expect(await hub.get("/api/live-sessions/\(id)", as: ClassHub.awa).data["jitsi_room_name"] == nil)
            #expect(await hub.get("/api/live-sessions/\(id)", as: ClassHub.teacher).data["jitsi_room_name"] != nil)
            _ = await hub.post("/api/live-sessions/\(id)/start", as: ClassHub.teacher)
            _ = await hub.post("/api/live-sessions/\(id)/join", as: ClassHub.awa)
            let live = await hub.get("/api/live-sessions/\(id)", as: ClassHub.bob)
            #expect(live.data["jitsi_room_name"] != nil)
            #expect(live.data["can_join"] == true)
            #expect(live.data["participants_count"] == 1)
            #expect(!live.text.contains("jitsi_room_password") && !live.text.contains("@example.org"))
            let host = await hub.get("/api/live-sessions/\(id)", as: ClassHub.assistant)
            #expect(host.data["participants"]?.arrayValue?.first?["email"] == "p10@example.org")
            #expect(!host.text.contains("jitsi_room_password"))
        }
    }

    @Test func `an update tells the channel what changed, and nothing when nothing did`() async throws {
        try await ClassHub.run { hub in
            let id = try await hub.schedule()
            let path = "/api/live-sessions/\(id)"
            let answer = await hub.send(
                .put, path, ["title": "Waves II", "max_participants": 50], as: ClassHub.teacher)
            #expect(answer.data["title"] == "Waves II")
            _ = await hub.send(.put, path, ["title": "Waves II"], as: ClassHub.teacher)
            #expect(
                hub.events == [
                    [
                        "seq": 1, "type": "session.updated", "at": "2026-03-15T10:00:00Z",
                        "changes": ["title": "Waves II"],
                        "by": ["id": 1, "name": "Tara Okafor", "role": "instructor"],
                    ]
                ]
            )
            #expect(await hub.send(.put, path, ["title": "No"], as: ClassHub.awa).status == 403)
        }
    }

    @Test func `seed defect 14: dates are checked together on an update as well`() async throws {
        try await ClassHub.run { hub in
            let path = "/api/live-sessions/\(try await hub.schedule())"
            let alone = await hub.send(.put, path, ["scheduled_start_at": "2026-03-15T13:00:00Z"], as: ClassHub.teacher)
            #expect("\(alone.status) \(alone.json?["field"]?.stringValue ?? "")" == "400 scheduled_end_at")
            let both: JSON = [
                "scheduled_start_at": "2026-03-15T13:00:00Z", "scheduled_end_at": "2026-03-15T14:00:00Z",
            ]
            #expect(await hub.send(.put, path, both, as: ClassHub.teacher).status == 200)
            let broken = await hub.send(.put, path, ["scheduled_end_at": "soon"], as: ClassHub.teacher)
            #expect("\(broken.status) \(broken.code ?? "")" == "400 invalid_field")
        }
    }

    @Test func `seed defect 12: a class starts once and its start is never overwritten`() async throws {
        try await ClassHub.run { hub in
            let id = try await hub.schedule()
            let started = await hub.post("/api/live-sessions/\(id)/start", as: ClassHub.teacher)
            #expect(started.data["actual_start_at"] == "2026-03-15T10:00:00Z")
            #expect(started.data["status"] == "live")
            #expect(started.data["jitsi_join_url"]?.stringValue?.contains("#jwt=") == true)
            hub.advance(seconds: 60)
            #expect(await hub.post("/api/live-sessions/\(id)/start", as: ClassHub.teacher).code == "already_live")
            let ended = await hub.post(
                "/api/live-sessions/\(id)/end", ["recording_url": "https://v.example/1"], as: ClassHub.teacher
            )
            #expect(
                ended.data == [
                    "session_id": .integer(id), "status": "ended", "actual_end_at": "2026-03-15T10:01:00Z",
                    "recording_url": "https://v.example/1",
                ]
            )
            #expect(await hub.post("/api/live-sessions/\(id)/start", as: ClassHub.teacher).code == "session_over")
            #expect(await hub.post("/api/live-sessions/\(id)/end", as: ClassHub.teacher).code == "session_over")
            let row = await hub.get("/api/live-sessions/\(id)", as: ClassHub.awa).data
            #expect(row["actual_start_at"] == "2026-03-15T10:00:00Z")
            #expect(row["ended_by"] == "host")
            #expect(hub.events.map { $0["type"] } == ["session.started", "session.ended"])
            #expect(hub.events.last?["recording_url"] == "https://v.example/1")
        }
    }

    @Test func `a service starts and ends as nobody`() async throws {
        try await ClassHub.run { hub in
            let id = try await hub.schedule()
            let started = await hub.post("/api/live-sessions/\(id)/start", as: 0)
            #expect(started.data["jitsi_join_url"] == .null)
            #expect(await hub.post("/api/live-sessions/\(id)/end", as: 0).status == 200)
            #expect(hub.events.allSatisfy { $0["by"] == nil })
            #expect(await hub.get("/api/live-sessions/\(id)", as: ClassHub.awa).data["ended_by"] == "service")
        }
    }

    @Test func `seed defect 18: a deleted class keeps its attendance, which its hosts can export`() async throws {
        try await ClassHub.run { hub in
            let id = try await hub.scheduleLive()
            _ = await hub.post("/api/live-sessions/\(id)/join", as: ClassHub.awa)
            let path = "/api/live-sessions/\(id)"
            #expect(await hub.send(.delete, path, as: ClassHub.teacher).code == "already_live")
            hub.advance(seconds: 120)
            _ = await hub.post("\(path)/end", as: ClassHub.teacher)
            #expect(await hub.send(.delete, path, as: ClassHub.awa).status == 403)
            #expect(await hub.send(.delete, path, as: ClassHub.teacher).status == 200)
            #expect(hub.signals == [.sessionGone(id)])
            #expect(await hub.get(path, as: ClassHub.teacher).status == 404)
            #expect(await hub.get("\(path)/attendance", as: ClassHub.awa).status == 404)
            let kept = await hub.get("\(path)/attendance", as: ClassHub.teacher)
            #expect(kept.data["participants"]?.arrayValue?.map { $0["attendance_seconds"] } == [120])
            #expect(await hub.get("/api/courses/1/live-sessions", as: ClassHub.teacher).data == [])
        }
    }

    @Test func `a class that nobody attended is deleted for good`() async throws {
        try await ClassHub.run { hub in
            let id = try await hub.schedule()
            #expect(await hub.send(.delete, "/api/live-sessions/\(id)", as: ClassHub.teacher).status == 200)
            #expect(await hub.get("/api/live-sessions/\(id)/attendance", as: ClassHub.teacher).status == 404)
            // Ids are never used again.
            #expect(try await hub.schedule() == id + 1)
        }
    }

    @Test func `seed defect 23: a student's lists lose no class`() async throws {
        try await ClassHub.run { hub in
            let early = try await hub.schedule("early", from: ClassHub.ten + 86_400_000)
            _ = await hub.post("/api/live-sessions/\(early)/start", as: ClassHub.teacher)
            let over = try await hub.schedule("runs over", from: ClassHub.ten - 14_400_000)
            hub.advance(seconds: -7200)
            _ = await hub.post("/api/live-sessions/\(over)/start", as: ClassHub.teacher)
            hub.advance(seconds: 7200)
            let missed = try await hub.schedule("never started", from: ClassHub.ten - 86_400_000)
            let late = try await hub.schedule("may still start", from: ClassHub.ten - 9_000_000)
            let next = try await hub.schedule("next", from: ClassHub.ten + 3_600_000)
            let off = try await hub.schedule("called off", from: ClassHub.ten + 7_200_000)
            _ = await hub.post("/api/live-sessions/\(off)/cancel", as: ClassHub.teacher)
            let lists = await hub.get("/api/student/live-sessions", as: ClassHub.awa).data
            func ids(_ shelf: String) -> [Int64]? { lists[shelf]?.arrayValue?.compactMap { $0["id"]?.integerValue } }
            #expect(ids("live") == [early, over])
            #expect(ids("upcoming") == [late, next])
            #expect(ids("past") == [off, missed])
            let stranger = await hub.get("/api/student/live-sessions", as: ClassHub.outsider)
            #expect(stranger.data == ["upcoming": [], "live": [], "past": []])
        }
    }

    @Test func `an instructor's list has what they give or help to give`() async throws {
        try await ClassHub.run { hub in
            let id = try await hub.schedule()
            for (user, ids) in [(ClassHub.teacher, [id]), (ClassHub.assistant, [id]), (ClassHub.awa, [])] {
                let answer = await hub.get("/api/instructor/live-sessions", as: user)
                #expect(answer.data.arrayValue?.compactMap { $0["id"]?.integerValue } == ids)
            }
        }
    }
}
