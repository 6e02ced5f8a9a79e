import Foundation
import HTTPTypes
import Synchronization
import Testing

@testable import WebSocketServer

/// Bodies over real sockets: who may send one, how much of it, and what happens to what is not taken.
@Suite(.timeLimit(.minutes(3))) struct BodyTests {
    /// `/known` takes 1 MB from whoever says `Authorization: good`; `/open` takes what everybody may send.
    static func router() -> Router {
        var router = Router.make()
        let refuse: Router.CheckHead = { request in
            guard let name = request.headers[.authorization], name.hasPrefix("good") else {
                return .text("who?", status: .unauthorized)
            }
            request.holder = name
            return nil
        }
        router.add(.post, "/known", maxBody: 1_000_000, checkHead: refuse) { request in
            var request = request
            return refuse(&request) ?? .text("\(request.body.count)")
        }
        router.add(.post, "/open", maxBody: 1_000_000) { .text("\($0.body.count)") }
        return router
    }

    static func post(_ path: String, _ headers: String...) -> String {
        "POST \(path) HTTP/1.1\r\nHost: a\r\n" + headers.map { $0 + "\r\n" }.joined() + "\r\n"
    }

    static let hello = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"

    // Found from outside, no. A3
    @Test(arguments: [
        ["Content-Length: 16777216"], ["Content-Length: 1"], ["Transfer-Encoding: chunked"],
        ["Content-Length: 900000", "Expect: 100-continue"], ["Content-Length: 9", "Content-Encoding: gzip"],
    ])
    func `a stranger is refused before the body is read, and the connection ends`(headers: [String]) async throws {
        try await withServer(Self.router()) { port in
            let client = try RawClient(port: port)
            try client.send("POST /known HTTP/1.1\r\nHost: a\r\n" + headers.map { $0 + "\r\n" }.joined() + "\r\n")
            let response = try client.readResponse()
            #expect(response.status == 401)
            #expect(response.headers["connection"] == "close")
            #expect(try client.isAtEnd())
        }
    }

    // Found from outside, no. A3
    @Test func `a stranger who goes on sending can read the refusal, and is not listened to for ever`() async throws {
        let configuration = WebServerConfiguration.make {
            $0.lingerTimeout = .milliseconds(500)
            $0.bodyTimeout = .seconds(2)
        }
        try await withServer(Self.router(), configuration) { port in
            let client = try RawClient(port: port)
            try client.send(Self.post("/known", "Content-Length: 100000000"))
            try client.send([UInt8](repeating: 120, count: 8_000_000))
            #expect(try client.readResponse().status == 401)
            // The server stops reading at last: sending fails.
            #expect(throws: RawClient.Failure.self) {
                while true { try client.send([UInt8](repeating: 120, count: 100_000)) }
            }
        }
    }

    // Found from outside, no. A3
    @Test func `with the whole body at hand the handler refuses, and the connection stays`() async throws {
        try await withServer(Self.router()) { port in
            let client = try RawClient(port: port)
            try client.send(Self.post("/known", "Content-Length: 3") + "abc" + Self.hello)
            #expect(try client.readResponse().status == 401)
            #expect(try client.readResponse().body == "hello")
        }
    }

    // Found from outside, no. A3
    @Test func `somebody unknown sends 64 KiB at most, however it is announced`() async throws {
        try await withServer(Self.router()) { port in
            let most = 64 * 1024
            for (count, status) in [(most, 200), (most + 1, 413)] {
                let client = try RawClient(port: port)
                try client.send(Self.post("/open", "Content-Length: \(count)"))
                if status == 200 { try client.send([UInt8](repeating: 1, count: count)) }
                #expect(try client.readResponse().status == status)
                let chunked = try RawClient(port: port)
                try chunked.send(Self.post("/open", "Transfer-Encoding: chunked"))
                let half = String(repeating: "x", count: 32 * 1024)
                try chunked.send("8000\r\n\(half)\r\n")
                let more = String(count - 32 * 1024, radix: 16)
                try chunked.send("\(more)\r\n" + (status == 200 ? "\(half)\r\n0\r\n\r\n" : ""))
                let response = try chunked.readResponse()
                #expect(response.status == status)
                if status == 200 { #expect(response.body == "\(most)") }
            }
            let known = try RawClient(port: port)
            try known.send(Self.post("/known", "Authorization: good", "Content-Length: 1000000"))
            try known.send([UInt8](repeating: 1, count: 1_000_000))
            #expect(try known.readResponse().body == "1000000")
        }
    }

    // Found from outside, no. A3
    @Test func `a body that nobody reads is thrown away, and a long one refused with its fault`() async throws {
        try await withServer(Self.router()) { port in
            let client = try RawClient(port: port)
            for request in ["POST /none", "DELETE /hello", "GET /hello"] {
                try client.send("\(request) HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
                try client.send("5\r\nhello\r\n0\r\n\r\n")
                _ = try client.readResponse()
            }
            #expect(try client.exchange(Self.hello).body == "hello")
            let long = try RawClient(port: port)
            #expect(try long.exchange(Self.post("/none", "Content-Length: 70000")).status == 404)
            #expect(try long.isAtEnd())
            let expecting = try RawClient(port: port)
            #expect(
                try expecting.exchange(Self.post("/none", "Content-Length: 5", "Expect: 100-continue")).status == 404)
        }
    }

    // MARK: - Encodings and smuggling

    // Found from outside, no. 45
    @Test func `a compressed body is 415 and told what would do, identity is none`() async throws {
        try await withServer(Self.router()) { port in
            for encoding in ["gzip", "GZIP", "br", "identity, gzip", "deflate, identity"] {
                let client = try RawClient(port: port)
                try client.send(Self.post("/open", "Content-Encoding: \(encoding)", "Content-Length: 3") + "abc")
                let response = try client.readResponse()
                #expect(response.status == 415, "\(encoding)")
                #expect(response.headers["accept-encoding"] == "identity")
                #expect(try client.exchange(Self.hello).body == "hello")
            }
            let chunked = try RawClient(port: port)
            let head = Self.post("/open", "Content-Encoding: gzip", "Transfer-Encoding: chunked")
            #expect(try chunked.exchange(head).status == 415)
            for header in ["Content-Encoding: identity", "Content-Encoding: "] {
                let client = try RawClient(port: port)
                #expect(try client.exchange(Self.post("/open", header, "Content-Length: 3") + "abc").body == "3")
            }
            let none = try RawClient(port: port)
            #expect(try none.exchange(Self.post("/open", "Content-Encoding: gzip")).status == 200)
        }
    }

    // Found from outside, no. 45
    @Test func `a chunked body is read, with 100 Continue and pipelined requests behind it`() async throws {
        try await withServer(Self.router()) { port in
            let client = try RawClient(port: port)
            let head = Self.post("/echo", "transfer-encoding: Chunked")
            try client.send(head + "3\r\nabc\r\n2;x\r\nde\r\n0\r\nX: y\r\n\r\n" + Self.hello)
            #expect(try client.readResponse().body == "5:abcde")
            #expect(try client.readResponse().body == "hello")
            try client.send(Self.post("/echo", "Transfer-Encoding: chunked", "Expect: 100-continue"))
            #expect(try client.readUntil("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
            for byte in "1\r\nz\r\n0\r\n\r\n".utf8 { try client.send([byte]) }
            #expect(try client.readResponse().body == "1:z")
        }
    }

    private static let inner = "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"

    // Found from outside, no. 45
    @Test(arguments: [
        ("HTTP/1.1", ["Transfer-Encoding: chunked", "Content-Length: 5"], 400),
        ("HTTP/1.1", ["Content-Length: 5", "Transfer-Encoding: chunked"], 400),
        ("HTTP/1.1", ["Content-Length: 0", "Transfer-Encoding: chunked"], 400),
        ("HTTP/1.1", ["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"], 400),
        ("HTTP/1.1", ["Transfer-Encoding: chunked, chunked"], 400),
        ("HTTP/1.1", ["Transfer-Encoding: chunked, identity"], 400), ("HTTP/1.1", ["Transfer-Encoding: identity"], 400),
        ("HTTP/1.1", ["Transfer-Encoding: chunked,"], 400), ("HTTP/1.1", ["Transfer-Encoding: ,chunked"], 400),
        ("HTTP/1.1", ["Transfer-Encoding: xchunked"], 400), ("HTTP/1.1", ["Transfer-Encoding: chunked;q=1"], 400),
        ("HTTP/1.1", ["Transfer-Encoding: \"chunked\""], 400), ("HTTP/1.1", ["Transfer-Encoding:"], 400),
        ("HTTP/1.1", ["Transfer-Encoding: chunked, gzip"], 400), ("HTTP/1.1", ["Transfer-Encoding : chunked"], 400),
        ("HTTP/1.1", ["Transfer-Encoding: gzip, chunked"], 501),
        ("HTTP/1.1", ["Transfer-Encoding: gzip", "Transfer-Encoding: chunked"], 501),
        ("HTTP/1.0", ["Transfer-Encoding: chunked"], 400),
        ("HTTP/1.0", ["Transfer-Encoding: chunked", "Content-Length: 5", "Connection: keep-alive"], 400),
    ])
    func `a length in doubt is refused, and nothing behind it is a request`(
        version: String, headers: [String], status: Int
    ) async throws {
        let seen = Mutex<[String]>([])
        var router = Self.router()
        router.fallback = { request in
            seen.withLock { $0.append(request.path) }
            return .text("fallback")
        }
        let shared = router
        try await withServer(shared) { port in
            let client = try RawClient(port: port)
            let head = "POST /open \(version)\r\nHost: a\r\n" + headers.map { $0 + "\r\n" }.joined() + "\r\n"
            let response = try client.exchange(head + Self.inner)
            #expect(response.status == status)
            #expect(response.headers["connection"] == "close")
            #expect(try client.isAtEnd())
        }
        #expect(seen.withLock(\.self) == [])
    }

    // Found from outside, no. 45
    @Test func `a handshake with a body stays refused`() async throws {
        try await withServer(Self.router()) { port in
            for header in ["Transfer-Encoding: chunked", "Content-Length: 3"] {
                let client = try RawClient(port: port)
                #expect(try client.exchange(RawClient.handshake(headers: "\(header)\r\n")).status == 400)
            }
        }
    }
}
