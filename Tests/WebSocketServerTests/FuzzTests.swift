import Testing
import WebSocketServer

/// Broken input in quantity: the server stays up, answers others, and never fails with 500.
@Suite struct FuzzTests {
    private static let requests = [
        "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n1;a=\"b\"\r\nx\r\n00\r\nT: 1\r\n\r\nGET /hello HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /names/%41%2f%C3%A4?x=%20&y HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, upgrade\r\nExpect: 100-continue\r\n\r\n",
        RawClient.handshake(
            headers: "Sec-WebSocket-Protocol: amphi.v1\r\nSec-WebSocket-Extensions: permessage-deflate\r\n"),
        "HEAD /items/7 HTTP/1.0\r\n\r\nGET /items/8 HTTP/1.1\r\nHost: a\r\n\r\n",
    ]

    private static let frames: [[UInt8]] = [
        WireFrame.text("hello").masked,
        WireFrame.text("a", isFinal: false).masked + WireFrame.ping("p").masked
            + WireFrame.continuation("b", isFinal: true).masked,
        WireFrame.binary([1, 2, 3]).masked,
        WireFrame.close(1000, "bye").masked,
        WireFrame.text(String(repeating: "x", count: 5_000)).masked,
        WireFrame.text("close me").masked,
    ]

    private static func mutate(_ bytes: [UInt8], _ generator: inout Seeded) -> [UInt8] {
        var bytes = bytes
        for _ in 0...Int(generator.next() % 4) where !bytes.isEmpty {
            let index = Int(generator.next() % UInt64(bytes.count))
            switch generator.next() % 6 {
            case 0: bytes[index] = UInt8(truncatingIfNeeded: generator.next())
            case 1: bytes[index] ^= 1 << UInt8(generator.next() % 8)
            case 2: bytes.remove(at: index)
            case 3: bytes.insert(UInt8(truncatingIfNeeded: generator.next()), at: index)
            case 4: bytes.removeSubrange(index...)
            default: bytes.insert(contentsOf: bytes[index...].prefix(40), at: index)
            }
        }
        return bytes
    }

    /// What the server sends until it has closed; a reset counts as the end.
    private static func exchange(_ client: RawClient, _ bytes: [UInt8]) throws -> String {
        try? client.send(bytes)
        client.shutdownWriting()
        return String(decoding: try client.readToEnd(), as: UTF8.self)
    }

    private static func expectAlive(_ port: UInt16) throws {
        let client = try RawClient(port: port)
        let response = try client.exchange("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(response.body == "hello")
    }

    @Test func `a thousand mutated requests leave it answering`() async throws {
        try await withServer(.make(), loops: 2) { port in
            var generator = Seeded(state: 42)
            for number in 0..<1_000 {
                let seed = Array(Self.requests[number % Self.requests.count].utf8)
                let answer = try Self.exchange(RawClient(port: port), Self.mutate(seed, &generator))
                #expect(!answer.contains("HTTP/1.1 500"))
                if number % 100 == 0 { try Self.expectAlive(port) }
            }
            try Self.expectAlive(port)
        }
    }

    @Test func `a thousand mutated frames leave it answering, and every handler hears its end`() async throws {
        let closes = Mailbox<UInt16>()
        try await withServer(.make(closes: closes), loops: 2) { port in
            var generator = Seeded(state: 43)
            for number in 0..<1_000 {
                let client = try RawClient.webSocket(port)
                let seed = Self.frames[number % Self.frames.count] + Self.frames[Int(generator.next() % 6)]
                _ = try Self.exchange(client, Self.mutate(seed, &generator))
                _ = try closes.take()
                if number % 100 == 0 { try Self.expectAlive(port) }
            }
            try Self.expectAlive(port)
        }
    }
}
