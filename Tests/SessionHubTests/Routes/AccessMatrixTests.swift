import StrictJSON
import Synchronization
import TestSupport
import Testing

@testable import SessionHub

/// Runs `AccessMatrix`: every route with every caller, over a real socket.
@Suite("Access matrix", .timeLimit(.minutes(5)))
struct AccessMatrixTests {
    @Test func `the table is complete: a status for every caller in every line`() {
        #expect(AccessMatrix.callers.count == 11)
        #expect(AccessMatrix.rows.count == 62)
        #expect(AccessMatrix.rows.allSatisfy { $0.statuses.count == AccessMatrix.callers.count })
    }

    @Test(arguments: AccessMatrix.rows) func `every caller gets the status of the table`(row: AccessMatrix.Row)
        async throws
    {
        try await Classroom.with { room in
            let ids = Counter()
            for (caller, expected) in zip(AccessMatrix.callers, row.statuses) {
                let (path, session) = try await fill(row.path, room, ids)
                let response = try await room.client.send(
                    row.method, path, token: token(caller, session: session, room), json: body(row),
                    headers: row.path.hasSuffix("import") ? [("Content-Type", "application/x-ndjson")] : []
                )
                #expect(response.status == expected, "\(row.method) \(path) as \(caller): \(response.text)")
                if response.status >= 400 { #expect(response.json["success"] == false, "as \(caller)") }
            }
        }
    }

    /// Puts new classes and ids into the pattern. A class is 5 minutes away, so that its hosts may come in already.
    private func fill(_ pattern: String, _ room: Classroom, _ ids: Counter) async throws -> (String, session: Int64?) {
        var path = pattern.replacing("{new}", with: String(ids.next()))
        var session: Int64?
        if path.contains("{scheduled}") {
            session = try await room.schedule(inMinutes: 5)
        } else if path.contains("{live}") {
            let live = try await room.live()
            try await room.join(live, .awa)
            session = live
        } else if path.contains("{ended}") {
            session = try await room.ended()
        }
        if path.contains("{event}") {
            let event = try data(await room.post("/api/calendar/events", as: .admin, Self.event), status: 201)
            path = path.replacing("{event}", with: event["id"]?.text ?? "")
        }
        for name in ["{scheduled}", "{live}", "{ended}"] { path = path.replacing(name, with: String(session ?? 0)) }
        return (path, session)
    }

    private func token(_ caller: String, session: Int64?, _ room: Classroom) throws -> String? {
        switch caller {
        case "none": return nil
        case "expired": return try room.token(.awa, lasting: -1)
        case "outsider": return try room.token(.outsider)
        case "student": return try room.token(.awa)
        case "former": return try room.token(.former)
        case "assist": return try room.token(.assistant)
        case "teacher": return try room.token(.teacher)
        case "other": return try room.token(.otherTeacher)
        case "admin": return try room.token(.admin)
        case "service": return try room.serviceToken()
        case "channel":
            return try ChannelTokens(tokens: room.application.tokens, clock: room.clock.hubClock).mint(
                userID: Someone.awa.id, email: Someone.awa.email, role: .student, session: session ?? 1,
                expiresAt: room.clock.now + Classroom.hour
            )
        default: throw TestFailure("the table has an unknown caller \(caller)")
        }
    }

    /// What the route takes; nil where it takes nothing.
    private func body(_ row: AccessMatrix.Row) -> JSON? {
        let session: JSONObject = [
            "title": "Séance", "scheduled_start_at": "2026-03-16T10:00:00Z", "scheduled_end_at": "2026-03-16T12:00:00Z",
            "course_id": 1,
        ]
        switch (row.method, row.path) {
        case ("POST", "/api/courses/1/live-sessions"), ("POST", "/api/live-sessions"): return .object(session)
        case ("POST", "/api/calendar/events"): return Self.event
        case ("PUT", "/api/calendar/events/{event}"): return ["title": "Examen final"]
        case ("PUT", let path) where path.hasPrefix("/api/live-sessions/"): return ["title": "Autre titre"]
        case ("PUT", "/api/users/{new}"), ("POST", "/api/users"):
            return ["email": "new-\(UInt64.random(in: 0 ... .max))@school.example"]
        case ("PUT", "/api/courses/{new}"), ("POST", "/api/courses"): return ["title": "Physique", "instructor_id": 12]
        case ("PUT", "/api/courses/1/enrollments/21"): return ["status": "completed"]
        // Another address each time: many failures of one would have to wait.
        case ("POST", "/api/auth/login"):
            return ["email": .string("\(UInt64.random(in: 0 ... .max))@school.example"), "password": "a guess"]
        case ("PUT", "/api/auth/password"): return ["password": "a long enough one"]
        case ("POST", "/api/auth/sign-in-link"): return ["code": "unknown"]
        case ("POST", "/api/directory/import"): return ["user": ["id": 20, "first_name": "Awa"]]
        default: return nil
        }
    }

    private static let event: JSON = [
        "title": "Examen", "start_date": "2026-03-20T09:00:00Z", "end_date": "2026-03-20T11:00:00Z", "course_id": 1,
    ]

    /// Ids that nobody has.
    private final class Counter: Sendable {
        private let value = Mutex<Int64>(9000)

        func next() -> Int64 {
            value.withLock { value in
                value += 1
                return value
            }
        }
    }
}
