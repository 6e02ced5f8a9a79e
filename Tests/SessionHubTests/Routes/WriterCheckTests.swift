import Database
import Dispatch
import StrictJSON
import Synchronization
import TestSupport
import Testing

@testable import SessionHub

/// A request that was let in and then had to wait: its caller's rights ended meanwhile.
// Found from outside, a second look at no. 18: what was under way outlived a revocation.
@Suite("Rights that end under a request", .timeLimit(.minutes(5)))
struct WriterCheckTests {
    struct Request: Sendable, CustomTestStringConvertible {
        let method: String
        let path: String
        var json: JSON?
        var lines: String?

        var testDescription: String { "\(method) \(path)" }
    }

    static let requests: [Request] = [
        Request(method: "POST", path: "/api/users", json: ["email": "back@door.example", "role": "admin"]),
        Request(
            method: "PUT", path: "/api/users/77",
            json: ["email": "back@door.example", "role": "admin", "first_name": "B"]),
        Request(
            method: "POST", path: "/api/directory/import",
            lines: #"{"user":{"id":77,"email":"back@door.example","role":"admin"}}"#),
        Request(method: "POST", path: "/api/users/10/sign-in-link", json: [:]),
        Request(method: "POST", path: "/api/courses", json: ["title": "Back door", "instructor_id": 10]),
        Request(method: "DELETE", path: "/api/courses/2"),
        Request(method: "PUT", path: "/api/courses/1/enrollments/23", json: [:]),
        Request(
            method: "POST", path: "/api/calendar/events",
            json: [
                "title": "Back door", "start_date": "2026-04-01T09:00:00Z", "end_date": "2026-04-01T10:00:00Z",
                "is_public": true,
            ]),
    ]

    private final class Flag: Sendable {
        let value = Atomic(false)
    }

    /// A second administrator, so that the last one stays.
    private static func hire(_ room: Classroom) async throws -> String {
        let fields: JSON = ["email": "second@school.example", "role": "admin", "first_name": "Second"]
        _ = try data(await room.put("/api/users/2", as: .admin, fields), status: 201)
        room.clock.advance(seconds: 61)
        return try room.token(2, .admin, email: "second@school.example", firstName: "Second")
    }

    private static func send(_ request: Request, _ token: String, _ room: Classroom) async throws -> TestResponse {
        let type = request.lines.map { _ in [("Content-Type", "application/x-ndjson")] } ?? []
        return try await room.send(
            request.method, request.path, token: token, json: request.json, headers: type,
            body: request.lines.map { Array($0.utf8) }
        )
    }

    /// Everything that one of the requests could have changed.
    private static func everything(_ room: Classroom) async throws -> [Int64] {
        try await room.application.database.read { connection in
            try ["users", "courses", "enrollments", "sign_in_codes", "events"].map { table in
                try connection.first("SELECT count(*) AS n FROM \(table)", [])?.integer("n") ?? -1
            }
        }
    }

    /// Sends `request` as the second administrator, behind what takes the right away.
    private static func answer(
        to request: Request, behind taking: @escaping @Sendable (Classroom, String) async throws -> TestResponse
    ) async throws -> (answer: TestResponse, changed: Bool) {
        var result: (TestResponse, Bool)?
        try await Classroom.with { room in
            let token = try await hire(room)
            let before = try await everything(room)
            let service = try room.serviceToken()
            var late: Task<TestResponse, any Error>?
            let taken = try await room.whileWaiting({ try await taking(room, service) }) { _ in
                let isDone = Flag()
                late = Task {
                    defer { isDone.value.store(true, ordering: .relaxed) }
                    return try await send(request, token, room)
                }
                // One that is answered before it writes has nothing to be looked at again.
                while room.waiting < 2, !isDone.value.load(ordering: .relaxed) { await Task.yield() }
            }
            #expect(taken.status == 200, "\(taken.text)")
            let answer = try await #require(late).value
            result = (answer, try await everything(room) != before)
        }
        return try #require(result)
    }

    @Test(arguments: requests)
    func `a revoked administrator's request that waits does nothing`(request: Request) async throws {
        let (answer, isChanged) = try await Self.answer(to: request) { room, service in
            try await room.send("POST", "/api/users/2/revoke", token: service)
        }
        expectRefusal(answer, 401, .tokenRevoked)
        #expect(!isChanged)
    }

    @Test(arguments: requests)
    func `a demoted administrator's request that waits does nothing`(request: Request) async throws {
        let (answer, isChanged) = try await Self.answer(to: request) { room, service in
            let fields: JSON = ["email": "second@school.example", "role": "student", "first_name": "Second"]
            return try await room.send("PUT", "/api/users/2", token: service, json: fields)
        }
        #expect([403, 409].contains(answer.status), "\(answer.text)")
        #expect(!isChanged)
    }

    @Test func `the old password, still being checked while it is taken away, lets nobody in`() async throws {
        try await Classroom.with { room in
            try await room.setPassword(.awa, "the old password")
            let (work, gate) = (room.application.passwords, DispatchSemaphore(value: 0))
            async let first: Void = work.run { gate.wait() }
            async let second: Void = work.run { gate.wait() }
            while work.pending < 2 { await Task.yield() }
            async let login = room.login(.awa, "the old password")
            while work.pending < 3 { await Task.yield() }
            try await room.application.journal.write { _ = try UserStore.revokeTokens(of: 20, in: $0) }
            for _ in 0..<2 { gate.signal() }
            try await first
            try await second
            expectRefusal(try await login, 401, .unauthenticated)
            room.clock.advance(seconds: 1)
            #expect(try await room.login(.awa, "the old password").status == 200)
        }
    }
}
