import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// 11 to 18: the state of a session.
extension SeedDefectTests {
    @Test func `seed defect 11: only a live class can be joined`() async throws {
        try await Classroom.with { room in
            for (session, code) in [
                (try await room.schedule(inMinutes: 1), ErrorCode.sessionNotStarted),
                (try await room.ended(), .sessionOver),
                (try await room.cancelled(), .sessionCancelled),
            ] {
                let response = try await room.post("/api/live-sessions/\(session)/join", as: .awa)
                #expect(response.status == 400)
                #expect(response.code == code.rawValue)
                #expect(try data(await room.get("/api/live-sessions/\(session)/participants", as: .awa)) == [])
            }
            try await room.join(room.live(), .awa)
        }
    }

    @Test func `seed defect 12: what is over or called off does not start again, and its start stays`() async throws {
        try await Classroom.with { room in
            let (over, running, off) = (try await room.ended(), try await room.live(), try await room.cancelled())
            room.clock.advance(seconds: 60)
            for (session, code) in [(over, ErrorCode.sessionOver), (running, .alreadyLive), (off, .sessionCancelled)] {
                let before = try await room.row(session)
                expectRefusal(try await room.post("/api/live-sessions/\(session)/start", as: .teacher), 400, code)
                #expect(try await room.row(session) == before)
            }
        }
    }

    @Test func `seed defect 13: a class can be cancelled`() async throws {
        try await Classroom.with { room in
            let session = try await room.schedule()
            let response = try await room.post("/api/live-sessions/\(session)/cancel", as: .teacher)
            #expect(try data(response)["status"] == "cancelled")
            #expect(try data(await room.get("/api/live-sessions/\(session)", as: .awa))["status"] == "cancelled")
        }
    }

    @Test func `seed defect 14: dates are checked on every change, and invalid ones are a 400`() async throws {
        try await Classroom.with { room in
            let session = try await room.schedule()
            let path = "/api/live-sessions/\(session)"
            for (field, value) in [
                ("scheduled_start_at", "not a date"), ("scheduled_end_at", "2026-13-45T99:00:00Z"),
                ("scheduled_end_at", "2026-03-15T09:00:00Z"), ("scheduled_start_at", 12), ("scheduled_end_at", [:]),
            ] as [(String, JSON)] {
                let response = try await room.put(path, as: .teacher, .object(JSONObject([(field, value)])))
                expectRefusal(response, 400, .invalidField, field: field)
            }
            let response = try await room.put(path, as: .teacher, ["scheduled_start_at": "2026-03-15T13:00:00Z"])
            expectRefusal(response, 400, .invalidField, field: "scheduled_end_at")
        }
    }

    @Test func `seed defect 15: the instructor is let in`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            for person in [Someone.teacher, .assistant, .admin] {
                let answer = try await room.join(session, person)
                #expect(answer["role"] == (person == .teacher ? "instructor" : "moderator"))
            }
        }
    }

    @Test func `seed defect 16: places are counted in the same step that takes one, without ghosts or oneself`()
        async throws
    {
        try await Classroom.with { room in
            let session = try await room.live(["max_participants": 1])
            // Both at once, many times: never two in, never none.
            for _ in 0..<10 {
                async let awa = room.post("/api/live-sessions/\(session)/join", as: .awa)
                async let koffi = room.post("/api/live-sessions/\(session)/join", as: .koffi)
                let answers = try await [awa, koffi]
                #expect(answers.map(\.status).sorted() == [200, 400])
                #expect(answers.compactMap(\.code) == ["session_full"])
                let winner: Someone = answers[0].status == 200 ? .awa : .koffi
                try await room.join(session, winner)
                try await room.leave(session, winner)
            }
            try await room.join(session, .teacher)
            try await room.join(session, .koffi)
        }
    }

    @Test func `seed defect 17: a course has as many sessions as it needs, at the same time too`() async throws {
        try await Classroom.with { room in
            let ids = [
                try await room.schedule(), try await room.schedule(), try await room.live(), try await room.live(),
            ]
            let rows = try data(await room.get("/api/courses/1/live-sessions", as: .awa))
            #expect(rows.ids.sorted() == ids)
        }
    }

    @Test func `seed defect 18: deleting an ended session keeps its attendance`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            try await room.join(session, .awa)
            room.clock.advance(seconds: 75)
            try await room.end(session)
            let path = "/api/live-sessions/\(session)"
            let before = try data(await room.get("\(path)/attendance", as: .teacher))
            let csv = try await room.get("\(path)/attendance.csv", as: .teacher).text
            _ = try data(await room.delete(path, as: .teacher))
            expectRefusal(try await room.get(path, as: .awa), 404, .sessionNotFound)
            #expect(try data(await room.get("\(path)/attendance", as: .teacher)) == before)
            #expect(try await room.get("\(path)/attendance.csv", as: .teacher).text == csv)
            #expect(csv.contains(",75,1,rest,present,,,,\r\n"))
        }
    }
}
