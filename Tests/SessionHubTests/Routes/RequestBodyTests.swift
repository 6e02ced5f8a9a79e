import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// How bodies are read: their JSON, their type, their length.
@Suite("Request bodies", .timeLimit(.minutes(5)))
struct RequestBodyTests {
    private static func put(
        _ room: Classroom, _ body: [UInt8], type: String? = "application/json"
    ) async throws -> TestResponse {
        try await room.client.send(
            "PUT", "/api/users/20", token: room.token(.admin), headers: type.map { [("Content-Type", $0)] } ?? [],
            body: body
        )
    }

    /// A body that is no usable JSON, and the path at which it breaks.
    private static let broken: [(String, String?)] = [
        ("{", nil), ("", nil), ("nonsense", nil), (#"{"role":"student""#, nil), (#"{"role":}"#, "role"), ("{}{}", nil),
        (#"{"role":"student",}"#, nil), (#"{'role':'student'}"#, nil), (#"{"a":1,"a":1}"#, "a"),
        (#"{"first_name":"A","last_name":"B","first_name":"C"}"#, "first_name"),
        (#"{"a":{"b":[1,{"c":1,"c":2}]}}"#, "a.b[1].c"),
        (#"{"a":01}"#, "a"), (#"{"a":1e999}"#, "a"), (#"{"a":99999999999999999999}"#, "a"), (#"{"a":NaN}"#, "a"),
        (#"{"a":"\ud800"}"#, "a"), (#"{"a":"\x"}"#, "a"), ("{\"a\":\"b\nc\"}", "a"), ("\u{FEFF}{}", nil),
    ]

    @Test func `broken JSON is refused with the path at which it breaks`() async throws {
        try await Classroom.with { room in
            for (text, path) in Self.broken where !text.isEmpty {
                expectRefusal(try await Self.put(room, Array(text.utf8)), 400, .badJSON, field: path)
            }
        }
    }

    @Test func `bad UTF-8 is refused with the path at which it stands`() async throws {
        try await Classroom.with { room in
            for bytes: [UInt8] in [
                [0xFF], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xE2, 0x82], [0xF4, 0x90, 0x80, 0x80],
            ] {
                let body = Array(#"{"first_name":""#.utf8) + bytes + Array(#""}"#.utf8)
                expectRefusal(try await Self.put(room, body), 400, .badJSON, field: "first_name")
            }
            #expect(try data(await room.get("/api/users/20", as: .admin))["first_name"] == "Awa")
        }
    }

    @Test func `32 levels are taken, 33 are not`() async throws {
        try await Classroom.with { room in
            func nested(_ levels: Int) -> [UInt8] {
                // The object around it is the first level.
                Array(
                    (#"{"a":"# + String(repeating: "[", count: levels - 1) + String(repeating: "]", count: levels - 1)
                        + "}")
                        .utf8
                )
            }
            _ = try data(await Self.put(room, nested(32)))
            let response = try await Self.put(room, nested(33))
            expectRefusal(response, 400, .badJSON, field: "a" + String(repeating: "[0]", count: 31))
            #expect(try await Self.put(room, nested(100_000)).status == 400)
        }
    }

    @Test func `a body must be an object`() async throws {
        try await Classroom.with { room in
            for text in ["[]", "null", "5", "\"text\"", "true", " [{}] "] {
                expectRefusal(try await Self.put(room, Array(text.utf8)), 400, .invalidField, field: "body")
            }
        }
    }

    @Test func `a body that is not JSON is refused, whatever it says`() async throws {
        try await Classroom.with { room in
            for type in [
                "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml",
                "json", "",
            ] {
                expectRefusal(try await Self.put(room, Array("{}".utf8), type: type), 415, .unsupportedMediaType)
            }
            for type in ["application/json", "Application/JSON; charset=utf-8", "application/merge-patch+json", nil] {
                _ = try data(await Self.put(room, Array("{}".utf8), type: type))
            }
            // Without a body there is nothing to have a type.
            let session = try await room.schedule()
            let started = try await room.client.send(
                "POST", "/api/live-sessions/\(session)/start", token: room.token(.teacher),
                headers: [("Content-Type", "text/plain")]
            )
            _ = try data(started)
        }
    }

    @Test func `256 KiB are taken, a byte more is 413, told before it is sent`() async throws {
        try await Classroom.with { room in
            let padding = 256 * 1024 - 2
            _ = try data(await Self.put(room, Array("{\(String(repeating: " ", count: padding))}".utf8)))
            let large = try await Self.put(room, Array("{\(String(repeating: " ", count: padding + 1))}".utf8))
            expectRefusal(large, 413, .tooLarge)
            let announced = try await room.client.send(
                "PUT", "/api/users/20", token: room.token(.admin), headers: [("Content-Length", "99999999999")]
            )
            expectRefusal(announced, 413, .tooLarge)
        }
    }

    @Test func `a POST without Content-Length has an empty body`() async throws {
        try await Classroom.with { room in
            let session = try await room.schedule()
            for (path, person, status) in [
                ("start", Someone.teacher, 200), ("join", .awa, 200), ("leave", .awa, 200), ("end", .teacher, 200),
            ] {
                let head =
                    "POST /api/live-sessions/\(session)/\(path) HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                    + "Connection: close\r\nAuthorization: Bearer \(try room.token(person))\r\n\r\n"
                let response = try await room.client.exchange(Array(head.utf8), within: .seconds(5))
                #expect(response.status == status, "\(path): \(response.text)")
            }
            let head =
                "POST /api/courses/1/live-sessions HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
                + "Authorization: Bearer \(try room.token(.teacher))\r\nContent-Type: application/json\r\n\r\n"
            let create = try await room.client.exchange(Array(head.utf8), within: .seconds(5))
            expectRefusal(create, 400, .invalidField, field: "title")
        }
    }

    @Test func `a length that is none, or two of them, is no request`() async throws {
        try await Classroom.with { room in
            for header in [
                "Content-Length: x", "Content-Length: -1", "Content-Length: 2\r\nContent-Length: 3",
                "Content-Length: 2\r\nTransfer-Encoding: chunked",
            ] {
                let text = "POST /api/live-sessions HTTP/1.1\r\nHost: 127.0.0.1\r\n\(header)\r\n\r\n{}"
                let response = try await room.client.exchange(Array(text.utf8))
                #expect(response.status == 400, "\(header)")
                #expect(response.json["success"] == false, "\(header)")
            }
        }
    }
}
