import Database
import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// A right that ends while its person is in the class over REST alone.
@Suite("Leaving without a word, over REST", .timeLimit(.minutes(3)))
struct UnseatingTests {
    private static func doChore(_ room: Classroom) async throws -> Bool {
        let chore = ParticipantOperations.unseatingChore(clock: room.application.clock)
        guard try await room.application.database.read(chore.isDue) else { return false }
        try await room.application.journal.write(chore.scope) { try chore.work($0) }
        return true
    }

    // Found from outside, no. 27
    @Test func `who loses the right to a class holds no place in it, and attended until then`() async throws {
        try await Classroom.with { room in
            let session = try await room.live(["max_participants": 1])
            let path = "/api/live-sessions/\(session)"
            _ = try data(await room.post("\(path)/join", as: .awa))
            _ = try data(await room.post("\(path)/join", as: .teacher))
            #expect(try await Self.doChore(room) == false, "a member and a host")
            room.clock.advance(seconds: 60)
            _ = try data(await room.put("/api/courses/1/enrollments/20", as: .admin, ["is_active": false]))
            expectRefusal(try await room.post("\(path)/join", as: .koffi), 400, .sessionFull)
            #expect(try await Self.doChore(room))
            _ = try data(await room.post("\(path)/join", as: .koffi))
            room.clock.advance(seconds: 60)
            _ = try data(await room.post("\(path)/end", as: .teacher))
            let rows = try data(await room.get("\(path)/attendance", as: .teacher))
            let awa = rows["participants"]?.arrayValue?.first { $0["user_id"] == 20 }
            #expect(awa?["attendance_seconds"] == 60, "\(rows.text)")
        }
    }

    // Found from outside: a guest's link is their only right, and they cannot leave without it.
    @Test func `a guest whose link is over holds no place`() async throws {
        try await Classroom.with { room in
            let session = try await room.live(["max_participants": 1])
            let guest = try await room.visitor(session)
            _ = try data(await room.send("POST", "/api/live-sessions/\(session)/join", token: guest.token))
            #expect(try await Self.doChore(room) == false)
            try await room.execute(
                "UPDATE live_session_guests SET expires_at = $1", [.timestamp(room.clock.now + 30_000)])
            room.clock.advance(seconds: 29)
            #expect(try await Self.doChore(room) == false)
            room.clock.advance(seconds: 1)
            #expect(try await Self.doChore(room))
            #expect(try await room.row(session).seatedCount == 0)
            _ = try data(await room.post("/api/live-sessions/\(session)/join", as: .awa))
        }
    }
}
