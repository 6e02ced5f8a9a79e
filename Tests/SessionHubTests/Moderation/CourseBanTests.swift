import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// Bans that reach beyond the class in which they were made.
@Suite("Moderation: bans from a course", .timeLimit(.minutes(3)))
struct CourseBanTests {
    // Found from outside, no. 11
    @Test func `nobody has a say over whoever leads the course, in a class of their own either`() async throws {
        try await Classroom.with { room in
            let own = try await room.live()
            let made = try await room.live(by: .assistant)
            let ban: JSON = ["action": "ban", "user_id": .integer(Someone.teacher.id), "scope": "course"]
            expectRefusal(try await room.moderate(made, as: .assistant, ban), 403, .forbidden, field: "user_id")
            // Nor after taking over the class.
            _ = try data(
                await room.put(
                    "/api/live-sessions/\(own)", as: .assistant, ["instructor_id": .integer(Someone.assistant.id)]))
            expectRefusal(try await room.moderate(own, as: .assistant, ban), 403, .forbidden, field: "user_id")
            expectRefusal(
                try await room.moderate(
                    made, as: .teacher, ["action": "mute", "user_id": .integer(Someone.assistant.id)]),
                403, .forbidden, field: "user_id")
            _ = try data(await room.get("/api/live-sessions/\(own)", as: .teacher))
        }
    }

    @Test func `a co-host of one class neither bans from the course nor lifts such a ban`() async throws {
        try await AccessRoom.with { access in
            let session = try await access.session("{live}", for: .cohost)
            let awa: JSON = .integer(Someone.awa.id)
            func moderate(_ host: Someone, _ fields: JSON) async throws -> TestResponse {
                try await access.room.moderate(session, as: host, fields)
            }
            let ban: JSON = ["action": "ban", "user_id": awa, "scope": "course"]
            expectRefusal(try await moderate(.koffi, ban), 403, .forbidden, field: "scope")
            _ = try data(await moderate(.koffi, ["action": "ban", "user_id": awa]))
            _ = try data(await moderate(.koffi, ["action": "unban", "user_id": awa]))
            _ = try data(await moderate(.teacher, ban))
            expectRefusal(
                try await moderate(.koffi, ["action": "unban", "user_id": awa]), 403, .forbidden, field: "scope")
        }
    }

    @Test func `a ban is lifted also when the person is no longer of the course`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            let koffi: JSON = .integer(Someone.koffi.id)
            _ = try data(
                await room.moderate(session, as: .teacher, ["action": "ban", "user_id": koffi, "scope": "course"]))
            let enrollment = "/api/courses/1/enrollments/\(Someone.koffi.id)"
            _ = try data(await room.put(enrollment, as: .admin, ["is_active": false]))
            let other = try await room.live()
            _ = try data(await room.moderate(other, as: .teacher, ["action": "unban", "user_id": koffi]))
            #expect(try data(await room.get("/api/courses/1/bans", as: .teacher)) == [])
            expectRefusal(
                try await room.moderate(other, as: .teacher, ["action": "unban", "user_id": koffi]), 404, .userNotFound,
                field: "user_id")
        }
    }

    // Found from outside: by a sign-in link of a student a banned teacher came back into the class.
    @Test func `a banned teacher does nothing in the course, and makes no links for its students`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            let assistant: JSON = .integer(Someone.assistant.id)
            let plan: JSON = [
                "title": "Ondes", "scheduled_start_at": "2026-03-16T10:00:00Z",
                "scheduled_end_at": "2026-03-16T11:00:00Z",
            ]
            let event: JSON = ["title": "Examen", "start_date": "2026-03-16T10:00:00Z", "course_id": 1]
            let tries: [(path: String, body: JSON, code: ErrorCode)] = [
                ("/api/users/\(Someone.awa.id)/sign-in-link", [:], .forbidden),
                ("/api/courses/1/sign-in-links", [:], .banned), ("/api/courses/1/live-sessions", plan, .banned),
                ("/api/calendar/events", event, .banned),
            ]
            _ = try data(
                await room.moderate(session, as: .teacher, ["action": "ban", "user_id": assistant, "scope": "course"]))
            for attempt in tries {
                expectRefusal(try await room.post(attempt.path, as: .assistant, attempt.body), 403, attempt.code)
            }
            expectRefusal(try await room.get("/api/courses/1/bans", as: .assistant), 403, .banned)
            _ = try data(await room.moderate(session, as: .teacher, ["action": "unban", "user_id": assistant]))
            for attempt in tries {
                #expect(
                    try await room.post(attempt.path, as: .assistant, attempt.body).status == 201, "\(attempt.path)")
            }
        }
    }
}
