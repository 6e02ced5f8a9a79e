import Foundation
import HTTPTypes
import Synchronization
import Testing

@testable import WebSocketServer

/// Bodies over real sockets: who may send one, how much of it, and what happens to what is not taken.
@Suite(.timeLimit(.minutes(3))) struct BodyTests {
    /// `/known` takes 1 MB from whoever says `Authorization: good`; `/open` takes what everybody may send.
    private static func router() -> Router {
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

    private static func post(_ path: String, _ headers: String...) -> String {
        "POST \(path) HTTP/1.1\r\nHost: a\r\n" + headers.map { $0 + "\r\n" }.joined() + "\r\n"
    }

    private static let hello = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"

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

    // MARK: - The bound for all

    private static let budget = WebServerConfiguration.make { $0.maxBodyBytesInAll = 1_000_000 }

    // Found from outside, no. A3
    @Test func `bodies have one bound in all: 503 beyond, room again when a peer has gone`() async throws {
        try await withServer(Self.router(), Self.budget) { port, server in
            let known = "Authorization: good"
            let held = try (0..<2).map { _ in
                let client = try RawClient(port: port)
                try client.send(Self.post("/known", known, "Content-Length: 900000", "Expect: 100-continue"))
                _ = try client.readUntil("\r\n\r\n")
                try client.send([UInt8](repeating: 1, count: 240_000))
                return client
            }
            try wait { server.bodyBytes == 480_000 }
            // Announcements cost nothing, bytes do. Half of the bound is for large bodies: it is taken, and others are free.
            let third = try RawClient(port: port)
            try third.send(Self.post("/known", known, "Content-Length: 900000"))
            try third.send([UInt8](repeating: 1, count: 100_000))
            let refused = try third.readResponse()
            #expect(refused.status == 503)
            #expect(refused.headers["retry-after"] == "1")
            #expect(try third.isAtEnd())
            for request in [Self.post("/known", known, "Content-Length: 3"), Self.post("/open", "Content-Length: 3")] {
                #expect(try RawClient(port: port).exchange(request + "abc").body == "3")
            }
            held[0].close()
            try wait { server.bodyBytes == 240_000 }
            let again = try RawClient(port: port)
            try again.send(Self.post("/known", known, "Content-Length: 200000"))
            try again.send([UInt8](repeating: 1, count: 200_000))
            #expect(try again.readResponse().body == "200000")
            withExtendedLifetime(held) {}
        }
    }

    // Found from outside, no. A3
    @Test func `a body counts until its handler is done, also when its peer has gone`() async throws {
        var router = Self.router()
        let (entered, leave, done) = (Mailbox<Bool>(), Mailbox<Bool>(), Mailbox<Bool>())
        router.add(.post, "/slow", maxBody: 1_000_000, checkHead: { _ in nil }) { request in
            entered.put(true)
            _ = await onThread { try? leave.take() }
            defer { done.put(true) }
            return .text("\(request.body.count)")
        }
        try await withServer(router, Self.budget) { port, server in
            let client = try RawClient(port: port)
            try client.send(Self.post("/slow", "Content-Length: 490000"))
            try client.send([UInt8](repeating: 1, count: 490_000))
            _ = try entered.take()
            client.close()
            func large() throws -> Int {
                let client = try RawClient(port: port)
                try client.send(Self.post("/known", "Authorization: good", "Content-Length: 100000"))
                try client.send([UInt8](repeating: 1, count: 100_000))
                return try client.readResponse().status
            }
            #expect(try large() == 503)
            leave.put(true)
            _ = try done.take()
            try wait { server.bodyBytes == 0 }
            #expect(try large() == 200)
        }
    }

    // Found from outside, no. A3
    @Test func `strangers, small bodies and large ones do not take each other's room`() {
        let budget = BodyBudget(bytes: 1000)
        var stranger: BodyBudget.Part? = budget.part(.stranger)
        let (small, large) = (budget.part(.small), budget.part(.large))
        #expect(stranger?.grow(to: 250) == true && stranger?.grow(to: 251) == false)
        #expect(large.grow(to: 500) && !large.grow(to: 501) && large.grow(to: 10))
        #expect(small.grow(to: 200) && !budget.part(.small).grow(to: 51) && budget.part(.small).grow(to: 50))
        #expect(budget.total == 950)
        stranger = nil
        #expect(budget.total == 700)
        withExtendedLifetime((small, large)) {}
    }

    // Found from outside, no. 3
    @Test func `one holder has a sixteenth of a part, or one body, and says full by themselves`() {
        let full = Mutex<[BodyBudget.Kind]>([])
        let budget = BodyBudget(bytes: 6400) { kind in full.withLock { $0.append(kind) } }
        func part(_ name: String, _ kind: BodyBudget.Kind = .small) -> BodyBudget.Part {
            budget.part(kind, of: .known(name), largest: 10)
        }
        let (first, second) = (part("a"), part("a"))
        #expect(first.grow(to: 60) && second.grow(to: 40) && !second.grow(to: 41) && !part("a").grow(to: 1))
        #expect(part("a", .large).grow(to: 200) && !part("a", .large).grow(to: 201))
        let others = (0..<15).map { part("\($0)") }
        #expect(others.allSatisfy { $0.grow(to: 100) })
        #expect(full.withLock(\.self) == [])
        for name in ["b", "c"] { #expect(!part(name).grow(to: 1)) }
        #expect(full.withLock(\.self) == [.small], "once for each time that it is full")
        let one = budget.part(.large, of: .known("d"), largest: 3000)
        #expect(one.grow(to: 3000) && !budget.part(.large, of: .known("d"), largest: 3000).grow(to: 1))
        withExtendedLifetime((first, second, others, one)) {}
    }

    // Found from outside, no. 3
    @Test func `one token's slow bodies are refused, and everybody else's are read`() async throws {
        try await withServer(Self.router(), .make { $0.maxBodyBytesInAll = 4_000_000 }) { port, server in
            func trickle(_ headers: String...) throws -> RawClient {
                let client = try RawClient(port: port)
                let head = headers.map { $0 + "\r\n" }.joined()
                try client.send("POST /known HTTP/1.1\r\nHost: a\r\n\(head)Content-Length: 65536\r\n\r\n")
                try client.send([UInt8](repeating: 1, count: 60_000))
                return client
            }
            let held = try trickle("Authorization: good 1")
            try wait { server.bodyBytes == 60_000 }
            let second = try trickle("Authorization: good 1")
            let refused = try second.readResponse()
            #expect(refused.status == 503 && refused.headers["retry-after"] == "1")
            // From the same address, and known by another name.
            let other = try trickle("Authorization: good 2")
            try other.send([UInt8](repeating: 1, count: 5_536))
            #expect(try other.readResponse().body == "65536")
            try held.send([UInt8](repeating: 1, count: 5_536))
            #expect(try held.readResponse().body == "65536")
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
