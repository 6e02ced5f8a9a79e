import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// A class as the seed's front end holds it, from the form to the list of the past: its calls, in their order.
@Suite("The seed's calls", .timeLimit(.minutes(5)))
struct SeedScriptTests {
    struct Step: Sendable {
        let who: Someone
        let method: String
        /// `{s}`: the class of this script; `{e}`: the event.
        let path: String
        var body: JSON?
        var status = 200
        var data: Shape = .any
        /// Of lists.
        var isPaged = false
    }

    private static let session: Shape = [
        "id": .int, "course_id": .int, "instructor_id": .int, "title": .text, "description": .maybe(.text),
        "scheduled_start_at": .time, "scheduled_end_at": .time, "actual_start_at": .maybe(.time),
        "actual_end_at": .maybe(.time), "jitsi_server_url": .url, "max_participants": .int,
        "is_recording_enabled": .bool,
        "recording_url": .maybe(.text), "status": .text, "created_at": .time, "updated_at": .time,
        "course_title": .text,
        "instructor_first_name": .text, "instructor_last_name": .text, "course": ["id": .int, "title": .text],
        "instructor": ["id": .int, "first_name": .text, "last_name": .text],
    ]
    private static let own: Shape = [
        "id": .int, "course_title": .text, "joined_at": .maybe(.time), "left_at": .maybe(.time), "is_present": .bool,
        "attendance_duration": .int,
    ]
    private static let participant: Shape = [
        "id": .int, "session_id": .int, "user_id": .int, "enrollment_id": .maybe(.int), "joined_at": .time,
        "left_at": .maybe(.time), "attendance_duration": .int, "is_present": .bool, "role": .text, "created_at": .time,
        "first_name": .text, "last_name": .text, "profile_picture": .maybe(.text),
        "user": ["id": .int, "first_name": .text, "last_name": .text, "avatar": .maybe(.text)],
    ]
    private static let entry: Shape = [
        "id": .text, "title": .text, "description": .maybe(.text), "event_type": .text, "type": .text,
        "start_date": .time,
        "end_date": .maybe(.time), "is_all_day": .bool, "location": .maybe(.text), "is_public": .bool,
        "course": ["id": .int, "title": .text, "slug": .maybe(.text)], "created_at": .time, "updated_at": .time,
    ]
    private static let joined: Shape = [
        "session_id": .int, "user_id": .int, "jitsi_join_url": .url, "jitsi_room_password": .text, "joined_at": .time,
    ]

    private static let script: [Step] = [
        // The instructor's page.
        Step(who: .teacher, method: "GET", path: "/api/instructor/live-sessions?", data: [], isPaged: true),
        Step(
            who: .teacher, method: "POST", path: "/api/courses/1/live-sessions",
            body: [
                "title": "Session 1: Introduction", "description": "Première session du cours",
                "scheduled_start_at": "2026-03-15T09:00:00.000Z", "scheduled_end_at": "2026-03-15T11:00:00.000Z",
                "max_participants": 50, "is_recording_enabled": false,
            ], status: 201, data: session),
        Step(who: .teacher, method: "PUT", path: "/api/live-sessions/{s}", body: ["title": "Session 1"], data: session),
        Step(who: .teacher, method: "PUT", path: "/api/live-sessions/{s}", body: [:], status: 400),
        Step(
            who: .teacher, method: "GET", path: "/api/instructor/live-sessions?page=1&limit=200&status=upcoming",
            data: [session], isPaged: true),
        Step(who: .teacher, method: "GET", path: "/api/instructor/live-sessions?status=past", data: [], isPaged: true),
        // The student's page, before the class.
        Step(
            who: .awa, method: "GET", path: "/api/student/live-sessions",
            data: ["upcoming": [own], "live": [], "past": []]),
        Step(
            who: .awa, method: "GET", path: "/api/courses/1/live-sessions?page=1&limit=20", data: [session],
            isPaged: true),
        Step(who: .awa, method: "POST", path: "/api/live-sessions/{s}/join", body: ["enrollment_id": 501], status: 400),
        Step(who: .awa, method: "POST", path: "/api/live-sessions/{s}/leave", status: 404),
        // The class.
        Step(
            who: .teacher, method: "POST", path: "/api/live-sessions/{s}/start",
            data: ["session_id": .int, "status": "live", "actual_start_at": .time, "jitsi_join_url": .url]),
        Step(who: .teacher, method: "POST", path: "/api/live-sessions/{s}/start", status: 400),
        Step(who: .teacher, method: "POST", path: "/api/live-sessions/{s}/join", body: [:], data: joined),
        Step(who: .awa, method: "GET", path: "/api/live-sessions/{s}", data: session),
        Step(
            who: .awa, method: "POST", path: "/api/live-sessions/{s}/join", body: ["enrollment_id": 501], data: joined),
        Step(who: .koffi, method: "POST", path: "/api/live-sessions/{s}/join", body: [:], data: joined),
        Step(
            who: .awa, method: "POST", path: "/api/live-sessions/{s}/jitsi-token",
            body: ["user_id": 20, "role": "participant"],
            data: ["jwt": .maybe(.text), "jitsi_join_url": .url, "expires_at": .maybe(.time)]),
        Step(
            who: .awa, method: "GET", path: "/api/student/live-sessions",
            data: ["upcoming": [], "live": [own], "past": []]),
        Step(who: .teacher, method: "GET", path: "/api/live-sessions/{s}/participants", data: [participant]),
        Step(who: .awa, method: "GET", path: "/api/live-sessions/{s}/participants", data: [participant]),
        Step(
            who: .awa, method: "POST", path: "/api/live-sessions/{s}/leave",
            data: ["session_id": .int, "user_id": .int, "left_at": .time, "attendance_duration": .int]),
        Step(who: .outsider, method: "POST", path: "/api/live-sessions/{s}/join", body: [:], status: 404),
        // The calendar.
        Step(
            who: .admin, method: "POST", path: "/api/calendar/events",
            body: [
                "title": "Examen", "event_type": "announcement", "start_date": "2026-03-16T09:00:00Z", "course_id": 1,
            ],
            status: 201, data: entry),
        Step(
            who: .awa, method: "GET",
            path: "/api/calendar?start=2026-03-15T00:00:00.000Z&end=2026-03-20T00:00:00.000Z&upcoming=true",
            data: [entry]),
        Step(who: .awa, method: "GET", path: "/api/calendar/events?start=2026-03-01&end=2026-03-31", data: [entry]),
        Step(who: .awa, method: "GET", path: "/api/calendar/{e}", data: entry),
        Step(who: .awa, method: "GET", path: "/api/calendar/events/live-session-{s}", data: entry),
        Step(
            who: .awa, method: "GET",
            path: "/api/student/calendar/live-sessions?start_date=2026-03-01&end_date=2026-03-31",
            data: [
                [
                    "id": .int, "title": .text, "course_title": .text, "start": .time, "end": .time,
                    "type": "live_session",
                    "url": .url, "status": "live",
                ]
            ]),
        // The end, and afterwards.
        Step(who: .awa, method: "POST", path: "/api/live-sessions/{s}/end", status: 403),
        Step(
            who: .teacher, method: "POST", path: "/api/live-sessions/{s}/end",
            data: ["session_id": .int, "status": "ended", "actual_end_at": .time, "recording_url": .maybe(.url)]),
        Step(who: .awa, method: "POST", path: "/api/live-sessions/{s}/join", body: [:], status: 400),
        Step(
            who: .teacher, method: "GET", path: "/api/instructor/live-sessions?status=past", data: [session],
            isPaged: true),
        Step(
            who: .awa, method: "GET", path: "/api/student/live-sessions",
            data: ["upcoming": [], "live": [], "past": [own]]),
        Step(who: .teacher, method: "DELETE", path: "/api/live-sessions/{s}"),
        Step(who: .teacher, method: "GET", path: "/api/live-sessions/{s}", status: 404),
    ]

    // Found from outside, no. 21 to 26
    @Test func `the seed's front end holds a class with its own calls`() async throws {
        try await Classroom.with { room in
            var (session, event) = ("0", "0")
            for (index, step) in Self.script.enumerated() {
                room.clock.advance(seconds: 30)
                let path = step.path.replacing("{s}", with: session).replacing("{e}", with: event)
                let response = try await room.client.send(
                    step.method, path, token: room.token(step.who), json: step.body
                )
                let what = "step \(index): \(step.method) \(path) as \(step.who): \(response.text)"
                try #require(response.status == step.status, "\(what)")
                guard step.status < 300 else {
                    // The seed's client shows one or the other.
                    #expect(response.json["error"]?.stringValue != nil && response.json["message"]?.stringValue != nil)
                    continue
                }
                #expect(response.json["success"] == true)
                if let misfit = step.data.misfit(response.json["data"]) { Issue.record("\(misfit) in \(what)") }
                if step.isPaged {
                    let pages: Shape = ["page": .int, "limit": .int, "total": .int, "pages": .int]
                    #expect(pages.misfit(response.json["pagination"]) == nil, "\(what)")
                }
                if step.status == 201, let id = response.json["data"]?["id"] {
                    if let number = id.integerValue { session = String(number) } else { event = id.stringValue ?? "" }
                }
            }
        }
    }
}
