import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// Calls of pages of other sites (CORS).
@Suite("Cross-origin calls", .timeLimit(.minutes(5)))
struct CrossOriginTests {
    private static let school = "https://school.example"

    /// The CORS headers of a response: who may read it.
    private static func access(_ response: TestResponse) -> [String?] {
        ["Access-Control-Allow-Origin", "Vary", "Access-Control-Expose-Headers"].map { response.header($0) }
    }

    @Test func `pages of configured origins, and the hub's own, may read every answer`() async throws {
        try await Classroom.with({ $0.allowedOrigins = [Self.school] }) { room in
            for origin in [Self.school, "http://127.0.0.1:\(room.port)"] {
                for (path, status) in [("/api/auth/me", 401), ("/api/config", 200), ("/api/nothing", 404)] {
                    let response = try await room.client.send("GET", path, headers: [("Origin", origin)])
                    #expect(response.status == status)
                    #expect(Self.access(response) == [origin, "Origin", "X-Request-Id, Retry-After"], "\(path)")
                }
            }
        }
    }

    @Test(arguments: [
        "https://evil.example", "http://school.example", "https://school.example:8443",
        "https://school.example.evil.example",
        "https://a.school.example", "null", "", "https://",
    ])
    func `pages of other origins may not read, nor ask whether they may`(origin: String) async throws {
        try await Classroom.with({ $0.allowedOrigins = [Self.school] }) { room in
            let response = try await room.client.send("GET", "/api/config", headers: [("Origin", origin)])
            #expect(response.header("Access-Control-Allow-Origin") == nil)
            let preflight = try await room.client.send(
                "OPTIONS", "/api/live-sessions",
                headers: [("Origin", origin), ("Access-Control-Request-Method", "POST")]
            )
            #expect(preflight.status == 405)
            #expect(preflight.header("Access-Control-Allow-Origin") == nil)
            #expect(preflight.header("Access-Control-Allow-Methods") == nil)
        }
    }

    @Test func `a preflight is told the methods of the path and the headers of the API`() async throws {
        try await Classroom.with({ $0.allowedOrigins = [Self.school] }) { room in
            let response = try await room.client.send(
                "OPTIONS", "/api/live-sessions/1",
                headers: [
                    ("Origin", Self.school), ("Access-Control-Request-Method", "PUT"),
                    ("Access-Control-Request-Headers", "authorization"),
                ]
            )
            #expect(response.status == 204)
            #expect(response.body == [])
            #expect(Self.access(response)[0] == Self.school)
            let methods = response.header("Access-Control-Allow-Methods")?.split(separator: ",").map { $0.trimmed }
            #expect(Set(methods ?? []).isSuperset(of: ["GET", "PUT", "DELETE"]))
            #expect(
                response.header("Access-Control-Allow-Headers")
                    == "Authorization, Content-Type, Idempotency-Key, Accept-Language"
            )
            #expect(response.header("Access-Control-Allow-Credentials") == nil, "tokens are no cookies")
        }
    }

    @Test func `a star lets every page in, programs need nothing`() async throws {
        try await Classroom.with({ $0.allowedOrigins = ["*"] }) { room in
            let origin = "https://anywhere.example"
            let response = try await room.client.send("GET", "/livez", headers: [("Origin", origin)])
            #expect(Self.access(response)[0] == origin)
            #expect(Self.access(try await room.client.send("GET", "/livez")) == [nil, nil, nil])
        }
    }
}
