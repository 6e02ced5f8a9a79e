import Logging
import StrictJSON
import Synchronization
import TestSupport
import Testing

@testable import SessionHub

/// Whose bodies the routes take, and as whom a proxy's clients count: over real sockets.
@Suite("Strangers, bodies and proxies", .timeLimit(.minutes(5)))
struct BodyAdmissionTests {
    private static func head(_ method: String, _ path: String, _ headers: [String]) -> [UInt8] {
        let lines = ["\(method) \(path) HTTP/1.1", "Host: 127.0.0.1"] + headers
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    // Found from outside, no. A3
    @Test func `no route that wants a token reads a body before it has seen a good one`() async throws {
        try await Classroom.with { room in
            let expired = try room.token(.admin, lasting: -60)
            let forged = try room.token(.admin) + "x"
            let rows = AccessMatrix.rows.filter { ["POST", "PUT"].contains($0.method) }
            #expect(rows.count > 15)
            for row in rows where !["/api/auth/login", "/api/auth/sign-in-link"].contains(row.path) {
                for (token, code) in [
                    (nil, ErrorCode.unauthenticated), (forged, .unauthenticated), (expired, .tokenExpired),
                ] {
                    let authorization = token.map { ["Authorization: Bearer \($0)"] } ?? []
                    for length in ["Content-Length: 16777216", "Content-Length: 2", "Transfer-Encoding: chunked"] {
                        let head = Self.head(row.method, row.path(with: "1"), authorization + [length])
                        let answer = try await room.client.exchange(head)
                        expectRefusal(answer, 401, code)
                        #expect(answer.header("Connection") == "close", "\(row.path)")
                    }
                }
            }
        }
    }

    // Found from outside, no. 3
    @Test func `an import's body is read from those alone whose token says that they administer`() async throws {
        try await Classroom.with { room in
            for person in [Someone.awa, .teacher] {
                for length in ["Content-Length: 16777216", "Content-Length: 2", "Transfer-Encoding: chunked"] {
                    let head = Self.head(
                        "POST", "/api/directory/import",
                        ["Authorization: Bearer \(try room.token(person))", "Content-Type: text/csv", length])
                    let answer = try await room.client.exchange(head)
                    expectRefusal(answer, 403, .forbidden)
                    #expect(answer.header("Connection") == "close")
                }
            }
            // Who was an administrator when the token was made: the Directory has the last word.
            let token = try room.token(.admin)
            let other: JSON = ["email": "b@school.example", "role": "admin"]
            _ = try data(await room.put("/api/users/901", as: .admin, other), status: 201)
            _ = try data(await room.put("/api/users/\(Someone.admin.id)", as: .admin, ["role": "student"]))
            let late = try await room.client.send(
                "POST", "/api/directory/import", token: token, headers: [("Content-Type", "text/csv")],
                body: Array("email\nx@school.example\n".utf8))
            expectRefusal(late, 403, .forbidden)
        }
    }

    // Found from outside, no. A3
    @Test func `a refusal by the head is in the reader's language and open to an allowed page`() async throws {
        try await Classroom.with({ $0.allowedOrigins = ["https://school.example"] }) { room in
            let answer = try await room.client.exchange(
                Self.head(
                    "POST", "/api/directory/import",
                    ["Accept-Language: fr", "Origin: https://school.example", "Content-Length: 9"]))
            expectRefusal(answer, 401, .unauthenticated)
            #expect(answer.json["message"] == "Connectez-vous d’abord.")
            #expect(answer.header("Access-Control-Allow-Origin") == "https://school.example")
            #expect(answer.header("WWW-Authenticate") == "Bearer")
        }
    }

    // Found from outside, no. A3
    @Test func `open routes take little, whoever asks`() async throws {
        try await Classroom.with { room in
            for path in ["/api/auth/login", "/api/auth/sign-in-link"] {
                let answer = try await room.client.exchange(Self.head("POST", path, ["Content-Length: 65537"]))
                expectRefusal(answer, 413, .tooLarge)
            }
        }
    }

    // Found from outside, no. 45
    @Test func `a chunked body is read as one with a length, within the same bound`() async throws {
        try await Classroom.with { room in
            let authorization = "Authorization: Bearer \(try room.token(.admin))"
            let chunked = [
                authorization, "Content-Type: application/json", "Transfer-Encoding: chunked", "Connection: close",
            ]
            let head = Self.head("PUT", "/api/users/20", chunked)
            let text = #"{"first_name":"Awa-Chunk"}"#
            let body = text.map { "1\r\n\($0)\r\n" }.joined() + "0\r\n\r\n"
            _ = try data(await room.client.exchange(head + Array(body.utf8)))
            #expect(try data(await room.get("/api/users/20", as: .admin))["first_name"] == "Awa-Chunk")
            expectRefusal(try await room.client.exchange(head + Array("40001\r\n".utf8)), 413, .tooLarge)
            #expect(try await room.client.exchange(head + Array("2\r\n{}x\r\n0\r\n\r\n".utf8)).status == 400)
        }
    }

    // Found from outside, no. 45
    @Test func `a compressed body is 415 with a sentence`() async throws {
        try await Classroom.with { room in
            for (language, word) in [("en", "decompresses"), ("fr", "décompresse")] {
                let answer = try await room.client.send(
                    "PUT", "/api/users/20", token: room.token(.admin),
                    headers: [
                        ("Content-Encoding", "gzip"), ("Content-Type", "application/json"),
                        ("Accept-Language", language),
                    ],
                    body: [0x1F, 0x8B, 8, 0])
                expectRefusal(answer, 415, .unsupportedMediaType)
                #expect(answer.json["message"]?.stringValue?.contains(word) == true)
                #expect(answer.header("Accept-Encoding") == "identity")
            }
        }
    }

    // MARK: - Addresses

    private static func ask(_ room: Classroom, _ name: String, _ value: String) async throws -> TestResponse {
        try await room.client.send("GET", "/api/config", headers: [(name, value)])
    }

    private static func behindProxy(
        logger: Logger = TestHub.silence, _ body: (Classroom) async throws -> Void
    ) async throws {
        try await Classroom.with(
            {
                $0.limits.requestsPerAddress = 1
                $0.trustedProxies = ["127.0.0.1"]
            }, logger: logger, body)
    }

    // Found from outside, no. 40
    @Test func `a client with a port has one bucket, whatever its port, and others have theirs`() async throws {
        try await Self.behindProxy { (room: Classroom) async throws in
            for (name, value) in [
                ("X-Forwarded-For", { "203.0.113.1:\(5000 + $0)" }),
                ("X-Forwarded-For", { "[2001:db8::1]:\(5000 + $0)" }),
                ("Forwarded", { "for=\"203.0.113.2:\(5000 + $0)\";proto=https" }),
            ] as [(String, (Int) -> String)] {
                for number in 0..<3 { #expect(try await Self.ask(room, name, value(number)).status == 200) }
                #expect(try await Self.ask(room, name, value(3)).status == 429, "\(value(3))")
            }
        }
    }

    // Found from outside, no. 40
    @Test func `clients that cannot be told apart do not share one bucket, and it is said once`() async throws {
        let said = Mutex<[String]>([])
        let logger = Logger(label: "test") { _ in Listener { line in said.withLock { $0.append(line) } } }
        try await Self.behindProxy(logger: logger) { (room: Classroom) async throws in
            for value in ["unknown", "_hidden", "nonsense", "203.0.113.9, unknown"] {
                for _ in 0..<6 { #expect(try await Self.ask(room, "X-Forwarded-For", value).status == 200) }
            }
            for _ in 0..<6 { #expect(try await Self.ask(room, "Forwarded", "for=_x").status == 200) }
            for _ in 0..<6 { #expect(try await room.client.send("GET", "/api/config").status == 200) }
        }
        let lines = said.withLock(\.self).filter { $0.contains("trusted proxy") }
        #expect(
            lines.count == 2 && lines.contains { $0.contains("unreadably") }
                && lines.contains { $0.contains("no client") })
    }

    // Found from outside, no. 16
    @Test func `requests and failed sign-ins of one IPv6 network count together`() async throws {
        try await Self.behindProxy { (room: Classroom) async throws in
            for number in 0..<3 {
                #expect(try await Self.ask(room, "X-Forwarded-For", "2001:db8:1:2::\(number)").status == 200)
            }
            #expect(try await Self.ask(room, "X-Forwarded-For", "2001:db8:1:2:ffff::1").status == 429)
            #expect(try await Self.ask(room, "X-Forwarded-For", "2001:db8:1:3::1").status == 200)
            #expect(try await Self.ask(room, "X-Forwarded-For", "::ffff:203.0.113.50").status == 200)
        }
        try await Classroom.with({
            $0.limits.loginFailuresPerAddress = 3
            $0.trustedProxies = ["127.0.0.1"]
        }) { (room: Classroom) async throws in
            func login(_ number: Int, _ network: Int) async throws -> TestResponse {
                try await room.client.send(
                    "POST", "/api/auth/login",
                    json: ["email": .string("no\(number)@school.example"), "password": "a wrong one"],
                    headers: [("X-Forwarded-For", "[2001:db8:0:\(network)::\(number)]:99")]
                )
            }
            for number in 1...3 { #expect(try await login(number, 1).status == 401) }
            #expect(try await login(4, 1).status == 429)
            #expect(try await login(5, 2).status == 401)
        }
    }
}

/// Hands on what is logged.
private struct Listener: LogHandler {
    let hear: @Sendable (String) -> Void
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    init(_ hear: @escaping @Sendable (String) -> Void) { self.hear = hear }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { hear("\(event.message)") }
}
