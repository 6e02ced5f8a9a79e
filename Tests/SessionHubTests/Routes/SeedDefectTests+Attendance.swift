import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// 5 to 10: attendance.
extension SeedDefectTests {
    @Test func `seed defect 5: joining again without leaving keeps the interval that runs`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            for _ in 0..<3 {
                try await room.join(session, .awa)
                room.clock.advance(seconds: 60)
            }
            #expect(try await room.leave(session, .awa)["attendance_seconds"] == 180)
            let rows = try data(await room.get("/api/live-sessions/\(session)/participants", as: .awa))
            #expect(rows.arrayValue?.map { $0["joined_at"] } == ["2026-03-15T09:00:00Z"])
        }
    }

    @Test func `seed defect 6: leaving twice counts once`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            try await room.join(session, .awa)
            room.clock.advance(seconds: 60)
            let first = try await room.leave(session, .awa)
            #expect(first["attendance_seconds"] == 60)
            room.clock.advance(seconds: 60)
            #expect(try await room.leave(session, .awa) == first)
        }
    }

    @Test func `seed defect 7: minutes come from the whole sum, not from each interval`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            for _ in 0..<4 {
                try await room.join(session, .awa)
                room.clock.advance(seconds: 45)
                try await room.leave(session, .awa)
            }
            let answer = try await room.leave(session, .awa)
            #expect([answer["attendance_duration"], answer["attendance_seconds"]] == [3, 180])
        }
    }

    @Test func `seed defect 8: a closed tab is noticed and ends the attendance where it closed`() async throws {
        try await Classroom.with({ $0.windows.grace = 50 }) { room in
            let session = try await room.live()
            let tab = try await room.enter(session, .awa).client
            let (witness, welcome) = try await room.enter(session, .teacher)
            #expect(welcome["type"] == "welcome")
            room.clock.advance(seconds: 70)
            // The grace passes in real time.
            room.clock.run()
            // No close frame, no leave: the browser is gone.
            await tab.drop()
            _ = try await witness.next { frame in
                frame["presence"]?["left"]?.arrayValue?.contains(20) == true
            }
            // Written behind what others see: a post that is accepted afterwards shows that it is done.
            _ = try await witness.say("Where is Awa?", clientID: "w")
            room.clock.advance(seconds: 600)
            let rows = try data(await room.get("/api/live-sessions/\(session)/participants", as: .teacher))
            let awa = rows.arrayValue?.first { $0["user_id"] == 20 }
            #expect(awa?["is_present"] == false)
            let seconds = try #require(awa?["attendance_seconds"]?.integerValue)
            #expect((70..<90).contains(seconds), "up to the moment at which the tab was noticed, not ten minutes more")
            try await witness.close()
        }
    }

    @Test func `seed defect 9: the end of the class closes everybody's attendance`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            for person in [Someone.teacher, .awa, .koffi] { try await room.join(session, person) }
            room.clock.advance(seconds: 120)
            try await room.end(session)
            room.clock.advance(seconds: 3600)
            let rows = try data(await room.get("/api/live-sessions/\(session)/participants", as: .teacher))
            for row in rows.arrayValue ?? [] {
                #expect(row["is_present"] == false)
                #expect(row["left_at"] == "2026-03-15T09:02:00Z")
                #expect(row["attendance_seconds"] == 120)
            }
            #expect(rows.arrayValue?.count == 3)
        }
    }

    @Test func `seed defect 10: everybody has the role that they have`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            for person in [Someone.teacher, .assistant, .admin, .awa] {
                try await room.join(session, person)
                room.clock.advance(seconds: 1)
            }
            let rows = try data(await room.get("/api/live-sessions/\(session)/participants", as: .awa))
            #expect(
                rows.arrayValue?.map { [$0["user_id"], $0["role"]] } == [
                    [20, "participant"], [1, "moderator"], [11, "moderator"], [10, "instructor"],
                ]
            )
        }
    }
}
