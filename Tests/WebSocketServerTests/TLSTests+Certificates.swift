import Foundation
import Testing
import WebSocketServer

/// Certificates that change while the server runs, or cannot be read.
extension TLSTests {
    /// Reads the certificate again from a thread that blocks.
    private static func reload(_ server: WebServer) throws -> WebServerError? {
        let result = Mailbox<WebServerError?>()
        Task {
            do throws(WebServerError) {
                try await server.reloadCertificate()
                result.put(nil)
            } catch {
                result.put(error)
            }
        }
        return try result.take()
    }

    @Test func `a certificate that is read again is for new connections, and open ones go on`() async throws {
        let (certificate, old) = (try Certificate(), try Certificate())
        defer {
            certificate.remove()
            old.remove()
        }
        // A copy of the first certificate, for a client that trusts nothing else.
        try FileManager.default.removeItem(atPath: old.tls.certificatePath)
        try FileManager.default.copyItem(atPath: certificate.tls.certificatePath, toPath: old.tls.certificatePath)
        let (tls, oldTLS) = (certificate.tls, old.tls)
        let server = WebServer(
            configuration: .make { $0.tls = tls }, loops: EventLoopGroup(count: 2), router: .make(), logger: .silent)
        let port = try await server.start()
        let result = await onThread {
            Result {
                let request = "GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                let opened = try Self.client(port, tls)
                #expect(try opened.exchange(RawClient.handshake()).status == 101)
                #expect(try Self.client(port, oldTLS).exchange(request).body == "hello")
                try certificate.make()
                #expect(try Self.reload(server) == nil)
                // Twice as many as loops: each has the new one.
                for _ in 0..<4 { #expect(try Self.client(port, tls).exchange(request).body == "hello") }
                #expect(try Self.client(port, oldTLS).isAtEnd())
                try opened.send(.text("still here"))
                #expect(try opened.readFrame() == .text("still here"))
                // A key of another certificate, then no key at all: refused, and the last good pair stays.
                try FileManager.default.removeItem(atPath: tls.keyPath)
                try FileManager.default.copyItem(atPath: oldTLS.keyPath, toPath: tls.keyPath)
                #expect(try Self.reload(server) == .certificate)
                try Data("no key".utf8).write(to: URL(filePath: tls.keyPath))
                #expect(try Self.reload(server) == .certificate)
                #expect(try Self.client(port, tls).exchange(request).body == "hello")
                try opened.send(.text("close me"))
                #expect(try opened.readFrame() == .close(4010, "as you wish"))
            }
        }
        await server.stop(within: .seconds(5))
        try result.get()
    }

    @Test func `a certificate that cannot be read is an error at the start`() async throws {
        var configuration = WebServerConfiguration.make()
        configuration.tls = WebServerConfiguration.TLS(certificatePath: "/none/cert.pem", keyPath: "/none/key.pem")
        let server = WebServer(
            configuration: configuration, loops: EventLoopGroup(count: 2), router: .make(), logger: .silent)
        await #expect(throws: WebServerError.certificate) { try await server.start() }
    }
}
