import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// PUT /api/live-sessions/{id}.
@Suite("Changing a session", .timeLimit(.minutes(5)))
struct SessionUpdateTests {
    @Test func `every field of a scheduled session can be changed at once`() async throws {
        try await Classroom.with { room in
            let session = try await room.schedule()
            room.clock.advance(seconds: 5)
            let changes: JSONObject = [
                "title": "Séance 2", "description": "Suite", "thumbnail_url": "https://cdn.example/a.png",
                "scheduled_start_at": "2026-03-16T10:00:00Z", "scheduled_end_at": "2026-03-16T11:30:00Z",
                "max_participants": 3, "is_recording_enabled": true, "recording_url": "/recordings/1.mp4",
                "is_chat_enabled": false,
            ]
            let before = try data(await room.get("/api/live-sessions/\(session)", as: .teacher))
            let row = try data(await room.put("/api/live-sessions/\(session)", as: .teacher, .object(changes)))
            var expected = try #require(before.without("participants", "participants_count").objectValue)
            for member in changes.members { expected[member.name] = member.value }
            expected["follows_course"] = false
            expected["updated_at"] = "2026-03-15T09:00:05Z"
            expected["server_time"] = "2026-03-15T09:00:05Z"
            #expect(row == .object(expected))
            let after = try data(await room.get("/api/live-sessions/\(session)", as: .teacher))
            #expect(after.without("participants", "participants_count") == row)
        }
    }

    @Test func `null clears an optional text and leaves everything else as it is`() async throws {
        try await Classroom.with { room in
            let session = try await room.schedule(["description": "Suite", "thumbnail_url": "/a.png"])
            let before = try data(await room.get("/api/live-sessions/\(session)", as: .teacher))
            let row = try data(
                await room.put(
                    "/api/live-sessions/\(session)", as: .teacher,
                    [
                        "description": nil, "thumbnail_url": nil, "title": nil, "max_participants": nil,
                        "scheduled_start_at": nil, "is_chat_enabled": nil,
                    ]
                )
            )
            var expected = try #require(before.without("participants", "participants_count").objectValue)
            expected["description"] = .null
            expected["thumbnail_url"] = .null
            #expect(row == .object(expected))
        }
    }

    @Test func `a change is an event of the journal, what is sent as it is stored is none`() async throws {
        try await Classroom.with { room in
            let session = try await room.schedule()
            _ = try data(await room.put("/api/live-sessions/\(session)", as: .teacher, ["title": "Séance"]))
            for nothing: JSON in [[:], ["other": 1]] {
                let response = try await room.put("/api/live-sessions/\(session)", as: .teacher, nothing)
                expectRefusal(response, 400, .invalidField, field: "body")
            }
            _ = try data(
                await room.put(
                    "/api/live-sessions/\(session)", as: .assistant, ["title": "Autre", "max_participants": 50]
                )
            )
            expectData(
                try await room.get("/api/live-sessions/\(session)/events", as: .awa),
                [
                    "events": [
                        [
                            "seq": 1, "type": "session.updated", "at": "2026-03-15T09:00:00Z",
                            "changes": ["title": "Autre"], "by": Someone.assistant.actor("moderator"),
                        ]
                    ],
                    "more": false, "seq": 1,
                ]
            )
        }
    }

    @Test func `every field refuses other types and values with its name`() async throws {
        try await Classroom.with { room in
            let session = try await room.schedule()
            let before = try data(await room.get("/api/live-sessions/\(session)", as: .teacher))
            for (field, values) in FieldRefusals.ofSession {
                for value in values {
                    var body = JSONObject()
                    body[field] = value
                    let response = try await room.put("/api/live-sessions/\(session)", as: .teacher, .object(body))
                    expectRefusal(response, 400, .invalidField, field: field)
                }
            }
            for title: JSON in ["", "  "] {
                let response = try await room.put("/api/live-sessions/\(session)", as: .teacher, ["title": title])
                expectRefusal(response, 400, .invalidField, field: "title")
            }
            #expect(try data(await room.get("/api/live-sessions/\(session)", as: .teacher)) == before)
        }
    }

    @Test func `both dates are checked together, whichever was sent`() async throws {
        try await Classroom.with { room in
            let session = try await room.schedule()  // 10:00 to 12:00
            for body: JSON in [
                ["scheduled_end_at": "2026-03-15T10:00:00Z"], ["scheduled_start_at": "2026-03-15T12:00:00Z"],
                ["scheduled_start_at": "2026-03-16T12:00:00Z", "scheduled_end_at": "2026-03-16T11:00:00Z"],
            ] {
                let response = try await room.put("/api/live-sessions/\(session)", as: .teacher, body)
                expectRefusal(response, 400, .invalidField, field: "scheduled_end_at")
            }
            let moved: JSON = [
                "scheduled_start_at": "2026-03-16T11:00:00Z", "scheduled_end_at": "2026-03-16T12:00:00Z",
            ]
            _ = try data(await room.put("/api/live-sessions/\(session)", as: .teacher, moved))
        }
    }

    /// A field of a session, and in which states its change is refused.
    private static let changes: [(String, JSON)] = [
        ("title", "Autre"), ("description", "Autre"), ("thumbnail_url", "/b.png"),
        ("scheduled_start_at", "2026-03-15T08:00:00Z"), ("scheduled_end_at", "2026-03-15T18:00:00Z"),
        ("max_participants", 7), ("is_recording_enabled", true), ("recording_url", "/r.mp4"),
        ("is_chat_enabled", false),
    ]

    @Test func `while live, the start and the recording stay as they are`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            for (field, value) in Self.changes {
                let response = try await room.put(
                    "/api/live-sessions/\(session)", as: .teacher, .object(JSONObject([(field, value)]))
                )
                if ["scheduled_start_at", "recording_url"].contains(field) {
                    expectRefusal(response, 400, .alreadyLive, field: field)
                } else {
                    #expect(try data(response)[field] == value)
                }
            }
        }
    }

    @Test func `after the end, only title, description and recording change`() async throws {
        try await Classroom.with { room in
            let session = try await room.ended()
            for (field, value) in Self.changes {
                let response = try await room.put(
                    "/api/live-sessions/\(session)", as: .teacher, .object(JSONObject([(field, value)]))
                )
                if ["title", "description", "recording_url"].contains(field) {
                    #expect(try data(response)[field] == value)
                } else {
                    expectRefusal(response, 400, .sessionOver, field: field)
                }
            }
        }
    }

    @Test func `a cancelled session does not change`() async throws {
        try await Classroom.with { room in
            let session = try await room.cancelled()
            for (field, value) in Self.changes {
                let response = try await room.put(
                    "/api/live-sessions/\(session)", as: .teacher, .object(JSONObject([(field, value)]))
                )
                expectRefusal(response, 400, .sessionCancelled)
            }
        }
    }

    @Test func `a session that does not exist is not found`() async throws {
        try await Classroom.with { room in
            for path in ["/api/live-sessions/999", "/api/live-sessions/0"] {
                let response = try await room.put(path, as: .admin, ["title": "x"])
                #expect(response.status == 404, "\(path)")
            }
            expectRefusal(
                try await room.put("/api/live-sessions/999", as: .admin, ["title": "x"]), 404, .sessionNotFound
            )
        }
    }
}
