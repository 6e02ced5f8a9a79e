import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// Where REST and the channel meet: what one does the other shows.
@Suite("REST and the channel", .timeLimit(.minutes(5)))
struct RestAndChannelTests {
    /// The next events frame, without those before `seq`.
    private static func event(_ seq: Int64, _ client: WebSocketTestClient) async throws -> JSON? {
        try await client.events(through: seq).last
    }

    @Test func `what a host does over REST reaches the channel, the same to the byte as the journal has it`()
        async throws
    {
        try await Classroom.with { room in
            let session = try await room.schedule(inMinutes: 5)
            let awa = try await room.enter(session, .awa).client
            let path = "/api/live-sessions/\(session)"
            let changes: JSON = ["title": "Autre", "max_participants": 7]
            var seen: [JSON?] = []
            _ = try data(await room.put(path, as: .teacher, changes))
            seen.append(try await Self.event(1, awa))
            _ = try data(await room.post("\(path)/start", as: .teacher))
            seen.append(try await Self.event(2, awa))
            _ = try data(await room.put(path, as: .assistant, ["is_chat_enabled": false]))
            seen.append(try await Self.event(3, awa))
            _ = try data(await room.post("\(path)/end", as: .teacher, ["recording_url": "/r.mp4"]))
            seen.append(try await Self.event(4, awa))
            #expect(
                seen.map { $0?["type"] } == ["session.updated", "session.started", "session.updated", "session.ended"]
            )
            #expect(seen.first??["changes"] == changes)
            let journal = try data(await room.get("\(path)/events", as: .awa))["events"]?.arrayValue
            #expect(seen == journal)
            try await awa.close()
        }
    }

    @Test func `a class that is called off or taken away says so on the channel`() async throws {
        try await Classroom.with { room in
            let off = try await room.schedule(inMinutes: 5)
            let waiting = try await room.enter(off, .awa).client
            _ = try data(await room.post("/api/live-sessions/\(off)/cancel", as: .teacher))
            #expect(try await Self.event(1, waiting)?["type"] == "session.cancelled")
            try await waiting.close()
            let gone = try await room.schedule(inMinutes: 5)
            let visitor = try await room.enter(gone, .awa).client
            _ = try data(await room.delete("/api/live-sessions/\(gone)", as: .teacher))
            #expect(try await visitor.farewell().code == CloseCode.sessionGone.rawValue)
        }
    }

    @Test func `leaving over REST while on the channel ends nothing, the channel's end ends both`() async throws {
        try await Classroom.with({ $0.windows.grace = 50 }) { room in
            let session = try await room.live()
            let path = "/api/live-sessions/\(session)"
            let witness = try await room.enter(session, .teacher).client
            try await room.join(session, .awa)
            room.clock.advance(seconds: 60)
            let awa = try await room.enter(session, .awa).client
            // Coming and going between two ticks would be told to nobody.
            _ = try await witness.next { $0["presence"]?["joined"]?.arrayValue?.contains { $0["id"] == 20 } == true }
            room.clock.advance(seconds: 60)
            let left = try await room.leave(session, .awa)
            #expect(
                left.without("session_id", "user_id") == [
                    "left_at": nil, "attendance_duration": 2, "attendance_seconds": 120,
                ])
            func row() async throws -> JSON? {
                try data(await room.get("\(path)/participants", as: .teacher)).arrayValue?.first { $0["user_id"] == 20 }
            }
            #expect(try await row()?["is_present"] == true)
            room.clock.advance(seconds: 60)
            room.clock.run()
            try await awa.close()
            _ = try await witness.next { $0["presence"]?["left"]?.arrayValue?.contains(20) == true }
            // Written behind what others see: a post that is accepted afterwards shows that it is done.
            _ = try await witness.say("Where is Awa?", clientID: "w")
            room.clock.advance(seconds: 600)
            let seconds = try #require(try await row()?["attendance_seconds"]?.integerValue)
            #expect((180..<200).contains(seconds), "once, although two segments overlap")
            #expect(try await row()?["is_present"] == false)
            try await witness.close()
        }
    }

    @Test func `people who wait on the channel attend from the start on`() async throws {
        try await Classroom.with { room in
            let session = try await room.schedule(inMinutes: 5)
            let awa = try await room.enter(session, .awa).client
            room.clock.advance(seconds: 300)
            _ = try data(await room.post("/api/live-sessions/\(session)/start", as: .teacher))
            room.clock.advance(seconds: 90)
            try await room.end(session)
            let rows = try data(await room.get("/api/live-sessions/\(session)/attendance", as: .teacher))
            #expect(
                rows["participants"]?.arrayValue?.map { [$0["user_id"], $0["attendance_seconds"], $0["joined_at"]] }
                    == [[20, 90, "2026-03-15T09:05:00Z"]]
            )
            try await awa.close()
        }
    }

    @Test func `a place taken on the channel is one for REST too`() async throws {
        try await Classroom.with { room in
            let session = try await room.live(["max_participants": 1])
            let awa = try await room.enter(session, .awa).client
            let path = "/api/live-sessions/\(session)"
            expectRefusal(try await room.post("\(path)/join", as: .koffi), 400, .sessionFull)
            try await room.join(session, .awa)
            let koffi = try await room.open(session)
            #expect(try await koffi.refusedHello(room.token(.koffi))["code"] == "session_full")
            try await awa.close()
        }
    }
}
