import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// What every route has by one mechanism each: HEAD, CORS, the reader's language, and how what was sent is read.
@Suite("Every route", .timeLimit(.minutes(5)))
struct MechanismTests {
    private static let origin = "https://school.example"
    /// The channel answers handshakes only.
    private static let rows = AccessMatrix.rows.filter { !$0.path.hasSuffix("/channel") }

    private static func path(_ row: AccessMatrix.Row) -> String {
        row.path(with: "999")
    }

    private func with(_ body: (Classroom) async throws -> Void) async throws {
        try await Classroom.with({ $0.allowedOrigins = [Self.origin] }, body)
    }

    @Test func `HEAD is answered as GET, without the body`() async throws {
        try await with { room in
            for row in Self.rows where row.method == "GET" {
                for token in [nil, try room.token(.admin)] {
                    let get = try await room.client.send("GET", Self.path(row), token: token)
                    let head = try await room.client.send("HEAD", Self.path(row), token: token)
                    #expect(head.status == get.status && head.body.isEmpty, "\(row.path)")
                    #expect(head.header("Content-Type") == get.header("Content-Type"), "\(row.path)")
                    #expect(head.header("Content-Length") != nil, "\(row.path)")
                }
            }
        }
    }

    @Test func `a page of an allowed origin may ask, and read every answer; another may not`() async throws {
        try await with { room in
            for row in Self.rows {
                for (origin, isAllowed) in [(Self.origin, true), ("https://elsewhere.example", false)] {
                    let preflight = try await room.client.send(
                        "OPTIONS", Self.path(row),
                        headers: [("Origin", origin), ("Access-Control-Request-Method", row.method)]
                    )
                    #expect((preflight.status == 204) == isAllowed, "\(row.method) \(row.path)")
                    let methods = preflight.header("Access-Control-Allow-Methods") ?? ""
                    #expect(methods.contains(row.method) == isAllowed, "\(row.method) \(row.path)")
                    let answer = try await room.client.send(row.method, Self.path(row), headers: [("Origin", origin)])
                    #expect(
                        answer.header("Access-Control-Allow-Origin") == (isAllowed ? origin : nil),
                        "\(row.method) \(row.path)"
                    )
                }
            }
        }
    }

    @Test func `a refusal is in the reader's language`() async throws {
        try await with { room in
            for row in Self.rows {
                var sentences: [String?] = []
                for language in ["en", "fr-SN, en;q=0.5"] {
                    let answer = try await room.client.send(
                        row.method, Self.path(row), headers: [("Accept-Language", language)]
                    )
                    guard answer.status >= 400 else { continue }
                    sentences.append(answer.json["message"]?.stringValue)
                }
                #expect(
                    Set(sentences).count == sentences.count && !sentences.contains(nil), "\(row.method) \(row.path)")
            }
        }
    }

    // MARK: - What was sent

    @Test func `a body that is no JSON object is refused, also where nothing is needed`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            let rows = Self.rows.filter { ["POST", "PUT"].contains($0.method) && !$0.path.hasSuffix("/import") }
            for (text, type, status, code, field) in [
                ("{", "application/json", 400, .badJSON, nil), ("[]", "application/json", 400, .invalidField, "body"),
                ("{}", "text/plain", 415, .unsupportedMediaType, nil),
            ] as [(String, String, Int, ErrorCode, String?)] {
                for row in rows {
                    let response = try await room.client.send(
                        row.method, row.path(with: String(session)), token: room.token(.admin),
                        headers: [("Content-Type", type)], body: Array(text.utf8)
                    )
                    #expect(response.status == status, "\(row.method) \(row.path)")
                    expectRefusal(response, status, code, field: field)
                }
            }
            #expect(try await room.row(session).status == .live)
        }
    }

    @Test(arguments: ["0", "-1", "x", "1.5", "9223372036854775808"])
    func `an id that cannot be one is found nowhere`(id: String) async throws {
        try await Classroom.with { room in
            let rows = Self.rows.filter { $0.path.hasPrefix("/api") && $0.path(with: "1").contains(/\/[0-9]/) }
            #expect(rows.count > 40)
            for row in rows {
                let path = row.path(with: "1").replacing(/\/[0-9]+/, with: "/\(id)")
                let response = try await room.client.send(row.method, path, token: room.token(.admin))
                #expect(response.status == 404 && response.code == "not_found", "\(row.method) \(path)")
            }
        }
    }

    @Test func `a class that is not there is told by its own code`() async throws {
        try await Classroom.with { room in
            for row in Self.rows where row.path.contains("/live-sessions/{") {
                let path = row.path(with: "999")
                let response = try await room.client.send(row.method, path, token: room.token(.admin))
                #expect(response.status == 404 && response.code == "session_not_found", "\(row.method) \(path)")
            }
        }
    }

    @Test(arguments: [
        "page=0", "page=-1", "page=x", "page=1.5", "page=1000001", "limit=0", "limit=-1", "limit=x", "limit=1e2",
    ])
    func `a page that cannot be one is refused with its field by every list`(query: String) async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            let field = String(query.prefix { $0 != "=" })
            for path in [
                "/api/users", "/api/courses", "/api/courses/1/enrollments", "/api/courses/1/live-sessions",
                "/api/instructor/live-sessions", "/api/live-sessions/\(session)/participants",
                "/api/live-sessions/\(session)/presence",
            ] {
                expectRefusal(try await room.get("\(path)?\(query)", as: .admin), 400, .invalidField, field: field)
            }
        }
    }

    @Test func `a yes or no of a query is true or false, and nothing else counts as one of them`() async throws {
        try await Classroom.with { room in
            let line = #"{"user":{"id":60,"email":"a@school.example"}}"#
            for value in ["yes", "TRUE", "2", "%20"] {
                expectRefusal(
                    try await room.importLines(line, query: "?dry_run=\(value)"), 400, .invalidField, field: "dry_run")
                expectRefusal(
                    try await room.importLines(line, query: "?force=\(value)"), 400, .invalidField, field: "force")
                let enrollment = try await room.put("/api/courses/2/enrollments/23?force=\(value)", as: .admin, nil)
                expectRefusal(enrollment, 400, .invalidField, field: "force")
                for path in ["/api/calendar", "/api/calendar/events"] {
                    let calendar = try await room.get("\(path)?upcoming=\(value)", as: .awa)
                    expectRefusal(calendar, 400, .invalidField, field: "upcoming")
                }
            }
            #expect(try data(await room.importLines(line, query: "?dry_run=1"))["dry_run"] == true)
            expectRefusal(try await room.get("/api/users/60", as: .admin), 404, .userNotFound)
            #expect(try data(await room.importLines(line, query: "?dry_run=0&force="))["dry_run"] == false)
            #expect(try await room.get("/api/users/60", as: .admin).status == 200)
        }
    }
}
