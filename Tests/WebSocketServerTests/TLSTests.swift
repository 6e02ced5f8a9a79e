import Foundation
import HTTPTypes
import Testing
import WebSocketServer

@Suite struct TLSTests {
    /// A self-signed certificate in a folder of its own.
    struct Certificate: Sendable {
        let folder: URL
        var tls: WebServerConfiguration.TLS {
            WebServerConfiguration.TLS(
                certificatePath: folder.appending(path: "cert.pem").path,
                keyPath: folder.appending(path: "key.pem").path)
        }

        init() throws {
            folder = FileManager.default.temporaryDirectory.appending(path: "amphi-tls-\(RequestID.make())")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try make()
        }

        /// Puts a new certificate with a new key in the place of the old.
        func make() throws {
            let openssl = Process()
            openssl.executableURL = URL(filePath: "/usr/bin/openssl")
            openssl.arguments =
                "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
                .split(separator: " ").map(String.init) + ["-keyout", tls.keyPath, "-out", tls.certificatePath]
            openssl.standardError = FileHandle.nullDevice
            try openssl.run()
            openssl.waitUntilExit()
            guard openssl.terminationStatus == 0 else {
                throw RawClient.Failure(description: "openssl made no certificate")
            }
        }

        func remove() { try? FileManager.default.removeItem(at: folder) }
    }

    /// A client that speaks through `openssl s_client`, which checks the certificate.
    static func client(_ port: UInt16, _ tls: WebServerConfiguration.TLS, _ more: [String] = []) throws
        -> RawClient
    {
        var pair: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0 else {
            throw RawClient.Failure(description: "socketpair: errno \(errno)")
        }
        let openssl = Process()
        openssl.executableURL = URL(filePath: "/usr/bin/openssl")
        openssl.arguments =
            ["s_client", "-quiet", "-connect", "127.0.0.1:\(port)", "-CAfile", tls.certificatePath]
            + ["-verify_return_error"] + more
        let end = FileHandle(fileDescriptor: pair[1], closeOnDealloc: true)
        openssl.standardInput = end
        openssl.standardOutput = end
        openssl.standardError = FileHandle.nullDevice
        try openssl.run()
        try end.close()
        return RawClient(descriptor: pair[0]) { openssl.terminate() }
    }

    func withTLSServer(
        _ router: Router, _ body: @escaping @Sendable (UInt16, WebServerConfiguration.TLS) throws -> Void
    ) async throws {
        let certificate = try Certificate()
        defer { certificate.remove() }
        let tls = certificate.tls
        try await withServer(router, .make { $0.tls = tls }) { port in try body(port, tls) }
    }

    @Test func `requests and WebSockets work over TLS`() async throws {
        var router = Router.make()
        router.add(.get, "/secure") { request in .text("\(request.isSecure) \(request.remoteAddress)") }
        try await withTLSServer(router) { port, tls in
            let http = try Self.client(port, tls)
            #expect(try http.exchange("GET /secure HTTP/1.1\r\nHost: a\r\n\r\n").body == "true 127.0.0.1")
            #expect(try http.exchange("GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").body == "hello")
            #expect(try http.isAtEnd())
            let socket = try Self.client(port, tls)
            #expect(try socket.exchange(RawClient.handshake()).status == 101)
            let long = String(repeating: "x", count: 60_000)
            try socket.send(.text(long))
            #expect(try socket.readFrame() == .text(long))
            try socket.send(.text("close me"))
            #expect(try socket.readFrame() == .close(4010, "as you wish"))
        }
    }

    /// Whatever lws times by itself (5 s by default, here 3) is over by then, on TLS and on the plain socket pair
    /// behind it.
    // Found from outside, no. A1
    @Test func `connections that are held for longer than lws's own timeouts stay`() async throws {
        let certificate = try Certificate()
        defer { certificate.remove() }
        let tls = certificate.tls
        let configuration = WebServerConfiguration.make {
            $0.tls = tls
            $0.headTimeout = .seconds(2)
        }
        try await withServer(.make(), configuration) { port in
            let (quiet, talking) = (try Self.client(port, tls), try Self.client(port, tls))
            for socket in [quiet, talking] { #expect(try socket.exchange(RawClient.handshake()).status == 101) }
            let kept = try Self.client(port, tls)
            #expect(try kept.exchange("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n").body == "hello")
            let upload = try Self.client(port, tls)
            try upload.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 70\r\n\r\n")
            for second in 0..<14 {
                try upload.send("12345")
                try talking.send(.text("\(second)"))
                #expect(try talking.readFrame() == .text("\(second)"))
                Thread.sleep(forTimeInterval: 0.5)
            }
            #expect(try upload.readResponse().body.hasPrefix("70:12345"))
            #expect(try kept.exchange("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n").body == "hello")
            try quiet.send(.text("still here"))
            #expect(try quiet.readFrame() == .text("still here"))
        }
    }

    // Found from outside, no. A1
    @Test func `who says nothing after the handshake of TLS is given as long as who says nothing at all`() async throws
    {
        let certificate = try Certificate()
        defer { certificate.remove() }
        let tls = certificate.tls
        let configuration = WebServerConfiguration.make {
            $0.tls = tls
            $0.headTimeout = .seconds(7)
        }
        try await withServer(.make(), configuration) { port in
            let client = try Self.client(port, tls)
            Thread.sleep(forTimeInterval: 5.5)
            #expect(try client.exchange("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n").body == "hello")
            let silent = try Self.client(port, tls)
            #expect(try silent.isAtEnd())
        }
    }

    // Found from outside, no. A2
    @Test func `what a dead client's kernel takes over TLS is no sign of life either`() async throws {
        let closes = Mailbox<UInt16>()
        final class Chatter: WebSocketHandler {
            let closes: Mailbox<UInt16>
            var timer: LoopTimer?
            init(_ closes: Mailbox<UInt16>) { self.closes = closes }
            func opened(_ connection: WebSocketConnection, on loop: isolated EventLoop) {
                _ = connection.write(OutgoingFrame("what the others say"), on: loop)
                timer = loop.schedule(after: .milliseconds(20)) { self.opened(connection, on: loop) }
            }
            func received(_ message: [UInt8], on loop: isolated EventLoop) {}
            func drained(on loop: isolated EventLoop) {}
            func closed(_ code: UInt16, on loop: isolated EventLoop) {
                timer?.cancel()
                closes.put(code)
            }
        }
        let certificate = try Certificate()
        defer { certificate.remove() }
        let tls = certificate.tls
        var router = Router()
        router.upgrade("/socket") { _, _ in .accept(subprotocol: nil) { _ in Chatter(closes) } }
        let configuration = WebServerConfiguration.make {
            $0.tls = tls
            $0.firstPing = .seconds(1)...(.seconds(1))
            $0.pongTimeout = .milliseconds(400)
        }
        try await withServer(router, configuration) { port in
            // openssl reads on behind its client's back, as a proxy does.
            let client = try Self.client(port, tls)
            #expect(try client.exchange(RawClient.handshake()).status == 101)
            #expect(try closes.take() == 4002)
            client.close()
        }
    }

    @Test func `a large response crosses the bridge whole`() async throws {
        var router = Router.make()
        let large = (0..<2_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        router.add(.get, "/large") { _ in Response(status: .ok, body: .bytes(large)) }
        try await withTLSServer(router) { port, tls in
            let client = try Self.client(port, tls)
            try client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = try client.readUntil("\r\n\r\n")
            #expect(try client.read(large.count) == large)
        }
    }

    // Found from outside, no. 4
    @Test func `in a full server who says nothing below TLS makes room, and who takes nothing too`() async throws {
        let certificate = try Certificate()
        defer { certificate.remove() }
        let tls = certificate.tls
        var router = Router.make()
        let large = [UInt8](repeating: 7, count: 32 << 20)
        router.add(.get, "/large") { _ in Response(status: .ok, body: .bytes(large)) }
        let configuration = WebServerConfiguration.make {
            $0.tls = tls
            $0.maxConnections = 2
            $0.writeTimeout = .milliseconds(300)
        }
        try await withServer(router, configuration) { port in
            let hello = "GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            let silent = try (0..<2).map { _ in try RawClient(port: port) }
            #expect(try Self.client(port, tls).exchange(hello).body == "hello")
            for client in silent { client.close() }
            let stopped = try (0..<2).map { _ in try Self.client(port, tls) }
            for client in stopped { try client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n") }
            // While they are written to nobody can come in; then they are given up.
            let deadline = ContinuousClock.now + .seconds(20)
            var body = ""
            while body != "hello", ContinuousClock.now < deadline {
                body = (try? Self.client(port, tls).exchange(hello).body) ?? ""
            }
            #expect(body == "hello")
            for client in stopped { client.close() }
        }
    }

    // Found from outside, no. A4
    @Test func `over TLS, too, the longest idle connection makes room, and a refused body is answered`() async throws {
        let certificate = try Certificate()
        defer { certificate.remove() }
        let tls = certificate.tls
        var router = Router.make()
        router.add(.post, "/known", maxBody: 1_000_000, checkHead: { _ in .text("who?", status: .unauthorized) }) { _ in
            .text("read")
        }
        let configuration = WebServerConfiguration.make {
            $0.tls = tls
            $0.maxConnections = 2
        }
        try await withServer(router, configuration) { port in
            let hello = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"
            let idle = try (0..<2).map { _ in try Self.client(port, tls) }
            for client in idle { #expect(try client.exchange(hello).body == "hello") }
            let newcomer = try Self.client(port, tls)
            #expect(try newcomer.exchange(hello).body == "hello")
            #expect(try idle[0].isAtEnd())
            // Not through openssl, which goes away with the end that follows the answer.
            let refused = try HalfCloseTests.tlsClient(port, tls, "notify")
            try refused.send("POST /known HTTP/1.1\r\nHost: a\r\nContent-Length: 900000\r\n\r\n")
            try refused.send([UInt8](repeating: 1, count: 300_000))
            refused.shutdownWriting()
            #expect(try refused.readResponse().status == 401)
            withExtendedLifetime(newcomer) {}
        }
    }

    @Test func `no protocol below TLS 1.2, and no HTTP/2`() async throws {
        try await withTLSServer(.make()) { port, tls in
            let old = try Self.client(port, tls, ["-tls1_1"])
            #expect(try old.isAtEnd())
            let modern = try Self.client(port, tls, ["-alpn", "h2,http/1.1"])
            #expect(try modern.exchange("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n").body == "hello")
        }
    }

    @Test func `plain bytes on a TLS port end the connection and nothing else`() async throws {
        try await withTLSServer(.make()) { port, tls in
            let plain = try RawClient(port: port)
            try plain.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = try plain.readToEnd()
            let client = try Self.client(port, tls)
            #expect(try client.exchange("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n").status == 200)
        }
    }
}
