import Foundation
import HTTPTypes
import Logging
import Testing

@testable import WebSocketServer

/// A client that writes all it has before it reads still reads why it was refused: closing a socket with unread bytes
/// would send a reset, which takes the answer away.
@Suite(.timeLimit(.minutes(3))) struct RefusalTests {
    private static func head(_ path: String, _ length: Int) -> String {
        "POST \(path) HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\n\r\n"
    }
    private static let megabyte = [UInt8](repeating: 120, count: 1_000_000)

    private static var router: Router {
        var router = Router.make()
        router.add(.post, "/known", maxBody: 8_000_000, checkHead: { _ in .text("who?", status: .unauthorized) }) { _ in
            .text("read")
        }
        router.upgrade("/full") { _, _ in .refuse(.text("full", status: .serviceUnavailable)) }
        return router
    }

    /// Sends everything, and only then reads.
    private static func whole(_ port: UInt16, _ head: String) throws -> WireResponse {
        let client = try RawClient(port: port)
        try client.send(head)
        try client.send(megabyte)
        let response = try client.readResponse()
        #expect(try client.isAtEnd())
        return response
    }

    // Found from outside, no. 4
    @Test func `beyond an address's share the 503 is read whole, also by whoever writes a megabyte first`() async throws
    {
        let configuration = WebServerConfiguration.make { $0.maxConnectionsPerAddress = 1 }
        try await withServer(Self.router, configuration) { port, server in
            let first = try RawClient.webSocket(port)
            for _ in 0..<10 {
                let response = try Self.whole(port, Self.head("/echo", 1_000_000))
                #expect(response.status == 503)
                #expect(response.body == "fault 503")
            }
            #expect(server.counters.openConnections == 1)
            withExtendedLifetime(first) {}
        }
    }

    // Found from outside, no. 4
    @Test func `at a full server, too`() async throws {
        let configuration = WebServerConfiguration.make { $0.maxConnections = 1 }
        try await withServer(Self.router, configuration) { port in
            let first = try RawClient.webSocket(port)
            #expect(try Self.whole(port, Self.head("/echo", 1_000_000)).status == 503)
            withExtendedLifetime(first) {}
        }
    }

    // Found from outside, no. 4
    @Test(arguments: [
        ("/echo", 413), ("/known", 401), ("/nowhere", 404), ("/echo bad", 400),
    ]) func `whatever is refused on the head is read whole`(path: String, status: Int) async throws {
        try await withServer(Self.router) { port in
            let response = try Self.whole(port, Self.head(path, 7_000_000))
            #expect(response.status == status)
        }
    }

    // Found from outside, no. 4
    @Test func `a channel that is refused, a head without an end and a body that is late are read whole`() async throws
    {
        let configuration = WebServerConfiguration.make {
            $0.headTimeout = .milliseconds(300)
            $0.bodyTimeout = .seconds(3)
            $0.maxHeadBytes = 4096
        }
        try await withServer(Self.router, configuration) { port in
            let upgrade = RawClient.handshake("/full")
            #expect(try Self.whole(port, upgrade).status == 503)
            #expect(try Self.whole(port, "GET /hello HTTP/1.1\r\nX: ").status == 431)
            let late = try RawClient(port: port)
            try late.send("GET /hello HTTP/1.1\r\n")
            #expect(try late.readResponse().status == 408)
        }
    }

    // Found from outside, no. 4
    @Test func `over TLS a refusal lingers as long as the client goes on sending`() async throws {
        let certificate = try TLSTests.Certificate()
        defer { certificate.remove() }
        let tls = certificate.tls
        let configuration = WebServerConfiguration.make {
            $0.tls = tls
            $0.lingerTimeout = .milliseconds(500)
        }
        try await withServer(Self.router, configuration) { port in
            let client = try HalfCloseTests.tlsClient(port, tls, "slowly")
            try client.send(Self.head("/known", 7_000_000))
            try client.send(Array(Self.megabyte.prefix(500_000)))
            client.shutdownWriting()
            #expect(try client.readResponse().status == 401)
        }
    }

    /// Whoever drips on after a refusal keeps neither a place that is not counted nor one that others need.
    // Found from outside, no. 4
    @Test(arguments: [true, false]) func `who lingers is counted and makes room`(isTLS: Bool) async throws {
        let certificate = try TLSTests.Certificate()
        defer { certificate.remove() }
        let tls = certificate.tls
        let configuration = WebServerConfiguration.make {
            $0.tls = isTLS ? tls : nil
            $0.maxConnections = 1
            $0.lingerTimeout = .seconds(60)
            $0.bodyTimeout = .seconds(60)
        }
        try await withServer(Self.router, configuration) { port, server in
            let dripping = isTLS ? try HalfCloseTests.tlsClient(port, tls, "dripping") : try RawClient(port: port)
            try dripping.send(Self.head("/known", 7_000_000))
            if isTLS { dripping.shutdownWriting() }
            #expect(try dripping.readResponse().status == 401)
            #expect(server.counters.openConnections == 1)
            let next = isTLS ? try HalfCloseTests.tlsClient(port, tls, "notify") : try RawClient(port: port)
            try next.send("GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            next.shutdownWriting()
            let answer = try next.readResponse()
            #expect(answer.status == 200)
            #expect(answer.body == "hello")
            withExtendedLifetime(dripping) {}
        }
    }

    /// Whoever floods the door takes neither descriptors nor time: the longest silent one goes for the next.
    // Found from outside, no. 4
    @Test func `those who linger are bounded in number and in time`() throws {
        let listener = try ListeningSocket(host: "127.0.0.1", port: 0)
        let (door, port) = (listener.descriptor, listener.port)
        defer { Foundation.close(door) }
        var far: [RawClient] = []
        var lingering = LingeringSockets(silence: .seconds(2), time: .seconds(5), epoll: -1)
        func add(at now: Duration) throws -> UInt64 {
            far.append(try RawClient(port: port))
            let fd = accept(door, nil, nil)
            try #require(fd >= 0)
            lingering.add(fd, as: UInt64(far.count), at: now)
            return UInt64(far.count)
        }
        func isHeard(_ name: UInt64, at seconds: Int) -> Bool { lingering.hear(name, at: .seconds(seconds)) }
        for _ in 0..<LingeringSockets.most + 1 { _ = try add(at: .zero) }
        #expect(!isHeard(1, at: 0))
        // Who sends is heard, not for ever; who is silent goes.
        for second in 1...4 {
            try far[1].send("more")
            #expect(isHeard(2, at: second))
            lingering.closeSilent(at: .seconds(second))
        }
        #expect(!isHeard(3, at: 4))
        #expect(!lingering.isEmpty)
        try far[1].send("more")
        #expect(isHeard(2, at: 5))
        #expect(lingering.isEmpty)
        // An end of its own.
        let last = try add(at: .seconds(6))
        far[Int(last) - 1].close()
        #expect(isHeard(last, at: 6))
        #expect(lingering.isEmpty)
        _ = try add(at: .seconds(7))
        lingering.closeAll()
        #expect(lingering.isEmpty)
    }
}
