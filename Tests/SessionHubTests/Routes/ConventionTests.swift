import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// What every response has, whatever it says (RestAPI.md, Conventions).
@Suite("REST conventions", .timeLimit(.minutes(5)))
struct ConventionTests {
    /// Requests whose answers cover every way in which the hub answers, by status.
    private static func samples(_ room: Classroom) async throws -> [(String, Int, TestResponse)] {
        let (client, token) = (room.client, try room.token(.awa))
        let page = try await client.send("GET", "/index.html")
        let tag = page.header("ETag") ?? ""
        func raw(_ text: String) async throws -> TestResponse { try await client.exchange(Array(text.utf8)) }
        return [
            ("route", 200, try await client.send("GET", "/livez")),
            ("file", 200, page),
            ("HEAD", 200, try await client.send("HEAD", "/livez")),
            ("created", 201, try await room.put("/api/users/50", as: .admin, ["email": "x@school.example"])),
            (
                "preflight", 204,
                try await client.send(
                    "OPTIONS", "/api/live-sessions",
                    headers: [("Origin", "http://127.0.0.1:\(room.port)"), ("Access-Control-Request-Method", "POST")]
                )
            ),
            ("not modified", 304, try await client.send("GET", "/index.html", headers: [("If-None-Match", tag)])),
            (
                "bad JSON", 400,
                try await room.client.send(
                    "POST", "/api/live-sessions", token: token, headers: [("Content-Type", "application/json")],
                    body: [0x7B]
                )
            ),
            ("no HTTP", 400, try await raw("nonsense\r\n\r\n")),
            ("dot segment", 400, try await client.send("GET", "/a/../b")),
            ("no token", 401, try await client.send("GET", "/api/auth/me")),
            ("not allowed", 403, try await client.send("GET", "/api/users", token: token)),
            ("no route", 404, try await client.send("GET", "/api/nothing")),
            ("no such thing", 404, try await client.send("GET", "/api/live-sessions/99", token: token)),
            ("other method", 405, try await client.send("DELETE", "/livez")),
            (
                "two codings", 501,
                try await raw(
                    "POST /api/live-sessions HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"
                )
            ),
            (
                "too large", 413,
                try await client.send(
                    "POST", "/api/live-sessions", token: token, headers: [("Content-Length", "262145")]
                )
            ),
            ("target too long", 414, try await raw("GET /" + String(repeating: "a", count: 70_000))),
            (
                "no JSON", 415,
                try await client.send(
                    "POST", "/api/live-sessions", token: token, headers: [("Content-Type", "text/plain")],
                    body: [0x7B, 0x7D]
                )
            ),
            ("no upgrade", 426, try await client.send("GET", "/api/live-sessions/1/channel", token: token)),
            (
                "headers too large", 431,
                try await raw(
                    "GET /livez HTTP/1.1\r\nHost: x\r\nX-A: \(String(repeating: "a", count: 70_000))"
                )
            ),
            ("other version", 505, try await raw("GET /livez HTTP/3.0\r\nHost: x\r\n\r\n")),
        ]
    }

    @Test func `every response has a request id of its own`() async throws {
        try await Classroom.with { room in
            var ids: Set<String> = []
            let samples = try await Self.samples(room)
            for (name, status, response) in samples {
                #expect(response.status == status, "\(name): \(response.text)")
                let id = response.header("X-Request-Id")
                #expect(id?.wholeMatch(of: /[0-9a-f]{32}/) != nil, "\(name) \(response.status)")
                ids.insert(id ?? "")
            }
            #expect(ids.count == samples.count)
        }
    }

    @Test func `every response has the security headers, with the Jitsi origin in the policy`() async throws {
        try await Classroom.with({
            JitsiRouteTests.selfHosted(&$0)
            $0.frameAncestors = ["'self'", "https://school.example"]
        }) { room in
            let jitsi = "https://meet.school.example"
            let policy =
                "default-src 'none'; script-src 'self' \(jitsi); style-src 'self'; img-src 'self' data:; "
                + "font-src 'self'; connect-src 'self' ws://127.0.0.1:\(room.port); frame-src \(jitsi); base-uri 'none'; "
                + "form-action 'self'; frame-ancestors 'self' https://school.example"
            for (name, _, response) in try await Self.samples(room) {
                #expect(response.header("X-Content-Type-Options") == "nosniff", "\(name)")
                #expect(response.header("Referrer-Policy") == "strict-origin-when-cross-origin", "\(name)")
                #expect(response.header("Content-Security-Policy") == policy, "\(name)")
                #expect(
                    response.header("Permissions-Policy")?.contains("camera=(self \"\(jitsi)\")") == true, "\(name)"
                )
            }
        }
    }

    @Test func `every refusal is the error envelope, in JSON that nobody stores`() async throws {
        try await Classroom.with { room in
            for (name, status, response) in try await Self.samples(room) where status >= 400 {
                #expect(response.header("Content-Type") == "application/json; charset=utf-8", "\(name)")
                #expect(response.header("Cache-Control") == "no-store", "\(name)")
                #expect(response.json["success"] == false, "\(name)")
                #expect(ErrorCode(rawValue: response.code ?? "") != nil, "\(name)")
                #expect(response.json["error"] == response.json["message"], "\(name)")
                #expect(response.json["message"]?.stringValue?.isEmpty == false, "\(name)")
            }
        }
    }

    @Test(arguments: [
        ("DELETE", "/livez", ["GET", "HEAD"]), ("PUT", "/api/courses/1/live-sessions", ["GET", "HEAD", "POST"]),
        ("PATCH", "/api/live-sessions/1", ["DELETE", "GET", "HEAD", "PUT"]),
        ("GET", "/api/live-sessions/1/join", ["POST"]), ("HEAD", "/api/live-sessions/1/start", ["POST"]),
        ("POST", "/api/users/1", ["DELETE", "GET", "HEAD", "PUT"]), ("POST", "/class/1", ["GET", "HEAD"]),
        ("OPTIONS", "/api/directory/import", ["POST"]), ("POST", "/api/live-sessions/1/channel", ["GET"]),
    ])
    func `another method gets 405 and what is allowed`(method: String, path: String, allowed: [String]) async throws {
        try await Classroom.with { room in
            let response = try await room.client.send(method, path, token: room.token(.admin))
            #expect(response.status == 405)
            let names = response.header("Allow")?.split(separator: ",").map { $0.trimmed } ?? []
            #expect(names.sorted() == allowed)
            if method != "HEAD" { expectRefusal(response, 405, .methodNotAllowed) }
        }
    }

    @Test func `HEAD is GET without the body`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            for path in [
                "/livez", "/api/config", "/index.html", "/class/1", "/api/live-sessions/\(session)", "/api/users",
                "/api/live-sessions/\(session)/attendance.csv", "/api/live-sessions/999", "/api/nothing",
            ] {
                let get = try await room.get(path, as: .admin)
                let head = try await room.client.send("HEAD", path, token: room.token(.admin))
                #expect(head.status == get.status, "\(path)")
                #expect(head.body == [], "\(path)")
                for name in ["Content-Type", "Content-Length", "Cache-Control", "ETag"] {
                    #expect(head.header(name) == get.header(name), "\(path) \(name)")
                }
            }
        }
    }

    @Test(arguments: [
        ("fr", "Connectez-vous"), ("fr-SN,fr;q=0.9,en;q=0.8", "Connectez-vous"),
        ("de, fr;q=0.5, en;q=0.4", "Connectez-vous"),
        ("en", "Sign in"), ("en;q=0.5, fr;q=0.4", "Sign in"), ("de", "Sign in"), ("", "Sign in"), ("fr;q=0", "Sign in"),
        ("*", "Sign in"), (";;,q=", "Sign in"),
    ])
    func `people read their own language, English where nobody else's is asked for`(
        header: String, start: String
    ) async throws {
        try await Classroom.with { room in
            let response = try await room.client.send("GET", "/api/auth/me", headers: [("Accept-Language", header)])
            #expect(response.json["message"]?.stringValue?.hasPrefix(start) == true, "\(response.text)")
        }
    }

    @Test func `AMPHI_LANGUAGE is the language of those who ask for none`() async throws {
        try await Classroom.with({ $0.language = .french }) { room in
            for (headers, start) in [
                ([], "Connectez"), ([("Accept-Language", "de")], "Connectez"), ([("Accept-Language", "en")], "Sign"),
            ] {
                for path in ["/api/auth/me"] {
                    let response = try await room.client.send("GET", path, headers: headers)
                    #expect(response.json["message"]?.stringValue?.hasPrefix(start) == true)
                }
            }
            let missing = try await room.client.send("GET", "/api/nothing")
            #expect(missing.json["message"] == "Il n’y a rien à cette adresse.")
            let success = try await room.post("/api/live-sessions/\(try await room.live())/join", as: .awa)
            #expect(success.json["message"] == "Vous êtes entré.")
        }
    }
}
