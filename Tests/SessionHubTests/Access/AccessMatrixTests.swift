import HTTPTypes
import StrictJSON
import Synchronization
import TestSupport
import Testing
import WebSocketServer

@testable import SessionHub

/// Runs `AccessMatrix`: every route with every caller, over a real socket.
@Suite("Access matrix: routes", .timeLimit(.minutes(5)))
struct AccessMatrixTests {
    @Test func `the table has a status for every caller in every line`() {
        let table = AccessTable(AccessMatrix.table)
        #expect(table.callers == AccessTable.Caller.allCases)
        #expect(
            table.rows.allSatisfy { row in
                row.words.count == 2 && row.answers.count == table.callers.count
                    && row.answers.allSatisfy { Int($0.expected) != nil }
            })
        #expect(Set(AccessMatrix.rows.map(\.testDescription)).count == table.rows.count, "no line twice")
    }

    @Test func `every route of the hub stands in the table, and no other`() async throws {
        try await Classroom.with { room in
            let routed = room.application.router.routes.map { method, pattern in
                "\(method) \(pattern.replacing(/\{[^}]+\}/, with: "*"))"
            }
            let tabled = AccessMatrix.rows.map { row in
                "\(row.method) \(row.path(with: "1").replacing(/\/[0-9]+/, with: "/*"))"
            }
            #expect(Set(tabled).symmetricDifference(routed) == [])
        }
    }

    @Test(arguments: AccessMatrix.rows) func `every caller gets the status of the table`(row: AccessMatrix.Row)
        async throws
    {
        try await AccessRoom.with { access in
            for (caller, expected) in row.cells.answers {
                let (path, session) = try await fill(row.path, caller, access)
                let response = try await access.room.client.send(
                    row.method, path, token: access.token(caller, session: session), json: body(row),
                    headers: row.path.hasSuffix("import") ? [("Content-Type", "application/x-ndjson")] : []
                )
                #expect(String(response.status) == expected, "\(row.method) \(path) as \(caller): \(response.text)")
                if response.status >= 400 { #expect(response.json["success"] == false, "as \(caller)") }
            }
        }
    }

    /// Puts new classes, people and ids into the pattern.
    private func fill(
        _ pattern: String, _ caller: AccessTable.Caller, _ access: AccessRoom
    ) async throws -> (String, session: Int64) {
        var (path, session) = (pattern, Int64(1))
        for match in pattern.matches(of: /\{([a-z]+)\}/) {
            let id: String
            switch match.1 {
            case "new": id = Self.newID()
            case "event": id = try await made("/api/calendar/events", Self.event, access)
            case "course": id = try await made("/api/courses", ["title": "Physique", "instructor_id": 12], access)
            case "person":
                id = try await made("/api/users", ["email": "\(Self.newID())@school.example"], access)
                let enrollment = try await access.room.put("/api/courses/1/enrollments/\(id)", as: .admin, nil)
                _ = try data(enrollment, status: 201)
            case "material": id = String(try await access.material(in: session))
            case "guest": id = String(try await access.room.visitor(session, "Tom").id)
            case "question":
                let asker: Someone = caller == .teacher ? .assistant : .teacher
                id = String(try await access.post(.question, by: asker, in: session))
            default:
                session = try await access.session(String(match.0), for: caller)
                id = String(session)
            }
            path = path.replacing(match.0, with: id)
        }
        return (path, session)
    }

    private func made(_ path: String, _ body: JSON, _ access: AccessRoom) async throws -> String {
        let id = try data(await access.room.post(path, as: .admin, body), status: 201)["id"]
        return id?.stringValue ?? id?.text ?? ""
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
        case ("POST", let path) where path.hasSuffix("/materials"):
            return ["title": "RFC 6455", "url": "https://www.rfc-editor.org/rfc/rfc6455"]
        case ("PUT", let path) where path.hasSuffix("/task"): return ["text": "Lisez la section 1.3."]
        case ("PUT", let path) where path.hasPrefix("/api/live-sessions/"): return ["title": "Autre titre"]
        case ("PUT", "/api/users/{new}"), ("POST", "/api/users"): return ["email": "\(Self.newID())@school.example"]
        case ("PUT", "/api/users/20"): return ["first_name": "Awa Marie"]
        case ("PUT", "/api/courses/{new}"), ("POST", "/api/courses"): return ["title": "Physique", "instructor_id": 12]
        case ("PUT", "/api/courses/1"): return ["description": "Couches"]
        case ("PUT", "/api/courses/1/enrollments/20"): return ["status": "completed"]
        // Another address each time: many failures of one would have to wait.
        case ("POST", "/api/auth/login"):
            return ["email": "\(Self.newID())@school.example", "password": "a guess"]
        case ("PUT", "/api/auth/password"): return ["password": "a long enough one"]
        case ("POST", "/api/auth/sign-in-link"): return ["code": "unknown"]
        case ("POST", let path) where path.contains("/questions/"):
            // No such question to merge into: whoever may merge is told so.
            return ["on": true, "state": "answered", "into": 999_999]
        case ("POST", let path) where path.hasSuffix("/corrections"):
            return ["status": "excused", "reason": "Un mot du médecin"]
        case ("POST", let path) where path.hasSuffix("/moderation"): return ["action": "mute", "user_id": 20]
        case ("POST", let path) where path.hasSuffix("/guests"): return ["name": "Tom"]
        case ("POST", "/api/directory/import"): return ["user": ["id": 20, "first_name": "Awa"]]
        default: return nil
        }
    }

    private static let event: JSON = [
        "title": "Examen", "start_date": "2026-03-20T09:00:00Z", "end_date": "2026-03-20T11:00:00Z", "course_id": 1,
    ]

    /// An id that nobody has.
    private static func newID() -> String { String(nextID.wrappingAdd(1, ordering: .relaxed).newValue) }
    private static let nextID = Atomic<Int64>(9000)
}
