import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// What every route has by one mechanism each: HEAD, CORS and the reader's language.
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
}
