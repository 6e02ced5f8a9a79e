import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// Classes that end by themselves, and ends that are taken back.
@Suite("Sessions: ends that come by themselves, reopening", .timeLimit(.minutes(5)))
struct SessionEndingTests {
    /// What the hub does on its heartbeat.
    private func look(_ room: Classroom) async throws {
        let operations = room.application.sessions
        try await room.application.journal.write { try operations.endForgotten(in: $0) }
    }

    private func events(_ room: Classroom, _ session: Int64) async throws -> [JSON] {
        try data(await room.get("/api/live-sessions/\(session)/events?limit=200", as: .teacher))["events"]?.arrayValue
            ?? []
    }

    private func advance(_ room: Classroom, minutes: Int64) async throws {
        room.clock.advance(seconds: minutes * 60)
        try await look(room)
    }

    @Test func `a class that nobody ends is announced to end, and ends at the last presence`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            try await room.join(session, .awa)
            room.clock.advance(seconds: 30 * 60)
            try await room.leave(session, .awa)
            let left = room.clock.now
            // Two hours long, begun half an hour ago: due in two hours, announced five minutes before.
            try await advance(room, minutes: 114)
            #expect(try await room.row(session).endingAt == nil)
            try await advance(room, minutes: 1)
            let due = room.clock.now + 5 * Classroom.minute
            #expect(try await room.row(session).endingAt == due)
            try await look(room)
            let shown = try data(await room.get("/api/live-sessions/\(session)", as: .awa))
            #expect(shown["ending_at"] == .string(due.text) && shown["status"] == "live")
            try await advance(room, minutes: 5)
            let row = try await room.row(session)
            #expect(row.status == .ended && row.endedBy == "system" && row.endingAt == nil)
            #expect(row.actualEnd == left && row.updatedAt == due)
            let until = try data(await room.get("/api/live-sessions/\(session)", as: .teacher))["reopen_until"]
            #expect(until == .string((due + 15 * Classroom.minute).text), "counted from when it came")
            #expect(
                try await events(room, session).dropFirst().map { $0.without("seq") } == [
                    [
                        "type": "session.ending", "at": .string((due - 5 * Classroom.minute).text),
                        "ends_at": .string(due.text),
                    ],
                    [
                        "type": "session.ended", "at": .string(due.text), "actual_end_at": .string(left.text),
                        "ended_by": "system",
                    ],
                ])
            let attendance = try data(await room.get("/api/live-sessions/\(session)/attendance", as: .teacher))
            #expect(attendance.text.contains("1800"), "half an hour: \(attendance.text)")
        }
    }

    @Test func `nothing ends when it is switched off, but for the twelve hours`() async throws {
        try await Classroom.with({ $0.windows.autoEnd = 0 }) { room in
            let session = try await room.live()
            try await advance(room, minutes: 11 * 60 + 54)
            #expect(try await room.row(session).endingAt == nil)
            try await advance(room, minutes: 1)
            try await advance(room, minutes: 5)
            #expect(try await room.row(session).status == .ended)
        }
    }

    // Found from outside, no. 27
    @Test func `a teacher who is there over REST alone holds the class, and nobody's attendance shrinks`() async throws
    {
        try await Classroom.with { room in
            let session = try await room.live()
            for person in [Someone.teacher, .awa, .koffi] { try await room.join(session, person) }
            // Two hours by the timetable; the class goes on for another hour, and somebody leaves in it.
            try await advance(room, minutes: 140)
            try await room.leave(session, .awa)
            try await advance(room, minutes: 40)
            #expect(try await room.row(session).status == .live)
            #expect(try await room.row(session).endingAt == nil, "not even announced")
            try await room.end(session)
            let list = try data(await room.get("/api/live-sessions/\(session)/attendance", as: .teacher))
            let minutes = (list["participants"]?.arrayValue ?? []).reduce(into: [Int64: Int64]()) { all, row in
                all[row["user_id"]?.integerValue ?? 0] = row["attendance_duration"]?.integerValue
            }
            #expect(minutes == [Someone.teacher.id: 180, Someone.awa.id: 140, Someone.koffi.id: 180])
        }
    }

    // Found from outside, no. 27
    @Test func `once the teacher has left over REST, the class ends half an hour later`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            for person in [Someone.teacher, .awa] { try await room.join(session, person) }
            try await advance(room, minutes: 150)
            try await room.leave(session, .teacher)
            let left = room.clock.now
            try await advance(room, minutes: 24)
            #expect(try await room.row(session).endingAt == nil)
            try await advance(room, minutes: 1)
            #expect(try await room.row(session).endingAt == left + 30 * Classroom.minute)
            try await advance(room, minutes: 5)
            // Awa never said that she left: she is believed until the last sign of anybody.
            #expect(try await room.row(session).status == .ended)
            #expect(try await room.row(session).actualEnd == left)
        }
    }

    // Found from outside, no. 27
    @Test func `a teacher who never says leave holds it for twelve hours at most, and nobody attends them`()
        async throws
    {
        try await Classroom.with { room in
            let session = try await room.live()
            for person in [Someone.teacher, .awa] { try await room.join(session, person) }
            let scheduledEnd = try await room.row(session).scheduledEnd
            try await advance(room, minutes: 11 * 60 + 54)
            #expect(try await room.row(session).endingAt == nil)
            try await advance(room, minutes: 1)
            try await advance(room, minutes: 5)
            let row = try await room.row(session)
            #expect(row.status == .ended && row.endedBy == "system" && row.actualEnd == scheduledEnd)
        }
    }

    @Test func `a longer schedule takes the announcement back`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            try await advance(room, minutes: 145)
            #expect(try await room.row(session).endingAt != nil)
            let later = (room.clock.now + Classroom.hour).text
            _ = try data(
                await room.put("/api/live-sessions/\(session)", as: .teacher, ["scheduled_end_at": .string(later)]))
            try await look(room)
            #expect(try await room.row(session).endingAt == nil)
            let last = try #require(try await events(room, session).last)
            #expect(last["type"] == "session.ending" && last["ends_at"] == .null)
            try await advance(room, minutes: 10)
            #expect(try await room.row(session).status == .live)
        }
    }

    @Test func `an end is taken back within a quarter of an hour, and the class goes on as before`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            let start = try await room.row(session).actualStart
            try await room.join(session, .awa)
            room.clock.advance(seconds: 600)
            let own = "/api/live-sessions/\(session)"
            #expect(try data(await room.get(own, as: .teacher))["reopen_until"] == nil, "live")
            try await room.end(session)
            let until = (room.clock.now + 15 * Classroom.minute).text
            #expect(try data(await room.get(own, as: .assistant))["reopen_until"] == .string(until))
            #expect(try data(await room.get(own, as: .awa))["reopen_until"] == nil, "no host")
            room.clock.advance(seconds: 15 * 60)
            let path = "\(own)/reopen"
            expectRefusal(try await room.post(path, as: .awa), 403, .forbidden)
            let row = try data(await room.post(path, as: .teacher))
            #expect(row["status"] == "live" && row["actual_end_at"] == .null && row["ended_by"] == .null)
            #expect(row["actual_start_at"] == .string(start?.text ?? ""))
            #expect(try await events(room, session).last?["type"] == "session.reopened")
            expectRefusal(try await room.post(path, as: .teacher), 400, .alreadyLive)
            #expect(try data(await room.get("/api/student/live-sessions", as: .awa))["live"]?.ids == [session])
            // The pause counts for nobody.
            try await room.join(session, .awa)
            room.clock.advance(seconds: 300)
            try await room.end(session)
            let attendance = try data(await room.get("/api/live-sessions/\(session)/attendance", as: .teacher))
            #expect(attendance.text.contains("900"), "ten minutes and five: \(attendance.text)")
            room.clock.advance(seconds: 15 * 60 + 1)
            expectRefusal(try await room.post(path, as: .teacher), 400, .sessionOver)
        }
    }
}
