import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

extension Classroom {
    func rollCall(_ session: Int64, as host: Someone = .teacher, _ query: String = "") async throws -> JSON {
        try data(await get("/api/live-sessions/\(session)/roll-call\(query)", as: host))
    }

    func correct(
        _ session: Int64, _ person: Int64, as host: Someone = .teacher, _ status: JSON, _ reason: JSON = "Vu en classe"
    ) async throws -> TestResponse {
        try await post(
            "/api/live-sessions/\(session)/attendance/\(person)/corrections", as: host,
            ["status": status, "reason": reason])
    }
}

extension JSON {
    /// Of a roll-call: this member of everybody, in order, as `id value`.
    func people(_ member: String) -> [String] {
        self["people"]?.arrayValue?.map { person in
            "\(person["user"]?["id"]?.integerValue ?? 0) \(person[member]?.stringValue ?? person[member]?.text ?? "")"
        } ?? []
    }
}

/// Who is expected, who came, and what that comes to.
@Suite("Roll-call", .timeLimit(.minutes(3)))
struct RollCallTests {
    @Test func `it follows a class from before its start to after its end`() async throws {
        try await Classroom.with { room in
            let session = try await room.schedule(inMinutes: 5)
            let (awa, _) = try await room.enter(session, .awa)
            let before = try await room.rollCall(session)
            #expect(before.people("status") == ["21 expected", "20 here"])
            #expect(before["expected"] == 2 && before["here"] == 1)
            room.clock.advance(seconds: 300)
            _ = try data(await room.post("/api/live-sessions/\(session)/start", as: .teacher))
            try await room.join(session, .teacher)
            #expect(try await room.rollCall(session).people("status") == ["21 absent", "20 here", "10 here"])
            room.clock.advance(seconds: 600)
            try await room.join(session, .koffi)
            #expect(try await room.rollCall(session).people("status") == ["21 here", "20 here", "10 here"])
            try await room.leave(session, .koffi)
            let live = try await room.rollCall(session, as: .assistant)
            #expect(live.people("status") == ["21 left", "20 here", "10 here"])
            #expect(live["expected"] == 2 && live["here"] == 1)
            #expect(
                live["people"]?.arrayValue?[1] == [
                    "user": Someone.awa.json, "role": "participant", "is_expected": true, "status": "here",
                    "recorded_status": "here", "first_joined_at": "2026-03-15T09:05:00Z", "attendance_seconds": 600,
                    "attendance_percent": 100, "corrected": nil,
                ])
            #expect(
                live.without("people") == [
                    "session": [
                        "id": .integer(session), "title": "Séance", "status": "live",
                        "course": ["id": 1, "title": "Réseaux"], "actual_start_at": "2026-03-15T09:05:00Z",
                        "actual_end_at": nil,
                    ],
                    "late_after_minutes": 10, "present_percent": 75, "expected": 2, "here": 1,
                ])
            room.clock.advance(seconds: 60)
            try await room.end(session)
            let over = try await room.rollCall(session)
            #expect(over.people("status") == ["21 left_early", "20 present", "10 present"])
            #expect(over.people("is_expected") == ["21 true", "20 true", "10 false"])
            #expect(over["expected"] == 2 && over["here"] == 2)
            try await awa.close()
        }
    }

    @Test func `on the threshold of a millisecond`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            room.clock.advance(seconds: 600)
            try await room.join(session, .awa)
            room.clock.advance(milliseconds: 1)
            try await room.join(session, .koffi)
            #expect(try await room.rollCall(session).people("status") == ["21 late", "20 here"])
            try await room.end(session)
            #expect(try await room.rollCall(session).people("status") == ["21 late", "20 left_early"])

            let second = try await room.live()
            for person in [Someone.awa, .koffi] { try await room.join(second, person) }
            room.clock.advance(seconds: 74, milliseconds: 999)
            try await room.leave(second, .koffi)
            room.clock.advance(milliseconds: 1)
            try await room.leave(second, .awa)
            room.clock.advance(seconds: 25)
            try await room.end(second)
            let over = try await room.rollCall(second)
            #expect(over.people("status") == ["21 left_early", "20 present"])
            #expect(over.people("attendance_percent") == ["21 74", "20 75"])
            // The thresholds are those of now.
            _ = try data(await room.put("/api/courses/1", as: .admin, ["present_percent": 74]))
            #expect(try await room.rollCall(second).people("status") == ["21 present", "20 present"])
            _ = try data(
                await room.put("/api/courses/1", as: .admin, ["present_percent": 76, "late_after_minutes": 0]))
            let strict = try await room.rollCall(second)
            #expect(strict.people("status") == ["21 left_early", "20 left_early"])
            #expect(strict["late_after_minutes"] == 0 && strict["present_percent"] == 76)
        }
    }

    @Test func `the time for which a class was over is no part of it`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            try await room.join(session, .awa)
            room.clock.advance(seconds: 100)
            try await room.end(session)
            _ = try data(await room.correct(session, 21, "excused"), status: 201)
            for _ in 0..<2 {
                room.clock.advance(seconds: 600)
                _ = try data(await room.post("/api/live-sessions/\(session)/reopen", as: .teacher))
                try await room.join(session, .awa)
                room.clock.advance(seconds: 50)
                try await room.join(session, .koffi)
                room.clock.advance(seconds: 50)
                #expect(try await room.rollCall(session).people("attendance_percent").last == "20 100")
                try await room.end(session)
            }
            let over = try await room.rollCall(session)
            #expect(over.people("attendance_percent") == ["21 33", "20 100"])
            // It began at its first start.
            #expect(over.people("recorded_status") == ["21 late", "20 present"])
            #expect(over.people("status") == ["21 excused", "20 present"], "a correction outlives a reopening")
        }
    }

    @Test func `hosts are not expected, and neither is who came into the course later`() async throws {
        try await Classroom.with { room in
            for person in [Someone.assistant, .admin] {
                _ = try data(await room.put("/api/courses/1/enrollments/\(person.id)", as: .admin, [:]), status: 201)
            }
            let session = try await room.live()
            let path = "/api/live-sessions/\(session)"
            for person in [Someone.awa, .koffi, .admin] { try await room.join(session, person) }
            _ = try data(await room.put("\(path)/cohosts/21", as: .teacher, nil))
            let live = try await room.rollCall(session)
            #expect(live.people("is_expected") == ["20 true", "21 false", "1 false"])
            #expect(live.people("role") == ["20 participant", "21 moderator", "1 moderator"])
            _ = try data(await room.delete("\(path)/cohosts/21", as: .teacher))
            room.clock.advance(seconds: 60)
            try await room.end(session)
            room.clock.advance(seconds: 1)
            // Who came stays expected; a new member was none then.
            for person in [20, 21] {
                _ = try data(await room.put("/api/courses/1/enrollments/\(person)", as: .admin, ["is_active": false]))
            }
            _ = try data(await room.put("/api/courses/1/enrollments/23", as: .admin, [:]), status: 201)
            let over = try await room.rollCall(session)
            #expect(over.people("is_expected") == ["21 true", "20 true", "1 false"])
            #expect(over["expected"] == 2 && over["here"] == 2)
        }
    }

    @Test func `a class of thousands is one answer, or comes in pages`() async throws {
        try await Classroom.quiet { room in
            let lines = (5001...7000).map { id in
                #"{"user":{"id":\#(id),"email":"p\#(id)@school.example","last_name":"N\#(id)"}}"# + "\n"
                    + #"{"enrollment":{"course_id":1,"user_id":\#(id)}}"#
            }
            let imported = try await room.importLines(lines.joined(separator: "\n"))
            try #require(imported.status == 200)
            let session = try await room.planLive()
            let path = "/api/live-sessions/\(session)/roll-call"
            let whole = try await room.get(path, as: .teacher)
            #expect(whole.data["expected"] == 2002 && whole.data["people"]?.arrayValue?.count == 2002)
            #expect(whole.json["pagination"] == ["page": 1, "limit": 5000, "total": 2002, "pages": 1])
            let page = try await room.get("\(path)?limit=1000&page=3", as: .teacher)
            #expect(page.data.people("status") == ["7000 absent", "20 absent"])
            #expect(page.data["expected"] == 2002)
            #expect(page.json["pagination"] == ["page": 3, "limit": 1000, "total": 2002, "pages": 3])
            let much = try await room.get("\(path)?limit=5001&page=2", as: .teacher)
            #expect(much.json["pagination"] == ["page": 2, "limit": 5000, "total": 2002, "pages": 1])
            #expect(much.data.people("status") == [])
            expectRefusal(try await room.get("\(path)?limit=0", as: .teacher), 400, .invalidField, field: "limit")
            expectRefusal(try await room.get("\(path)?page=x", as: .teacher), 400, .invalidField, field: "page")
        }
    }

    @Test func `hosts see the thresholds of their courses, and members do not`() async throws {
        try await Classroom.with { room in
            _ = try data(await room.put("/api/courses/1", as: .admin, ["late_after_minutes": 5]))
            for (person, minutes, percent) in [(.teacher, 5, 75), (.assistant, 5, 75), (.awa, nil, nil)]
                as [(Someone, JSON?, JSON?)]
            {
                let course = try data(await room.get("/api/me/courses", as: person)).arrayValue?.first
                #expect(course?["late_after_minutes"] == minutes && course?["present_percent"] == percent)
            }
            let line = #"{"course":{"id":1,"title":"Réseaux","instructor_id":10,"present_percent":50}}"#
            #expect(try await room.importLines(line).status == 200)
            let course = try data(await room.get("/api/courses/1", as: .admin))
            #expect(course["late_after_minutes"] == 5 && course["present_percent"] == 50)
        }
    }
}
