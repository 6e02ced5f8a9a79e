import Foundation
import HTTPTypes
import Testing
import WebSocketServer

@Suite struct ServerLifeTests {
    @Test func `five hundred connections come and go over two loops`() async throws {
        let closes = Mailbox<UInt16>()
        try await withServer(.make(closes: closes), loops: 2) { port in
            let clients = try (0..<500).map { _ in try RawClient.webSocket(port) }
            for (number, client) in clients.enumerated() { try client.send(.text("\(number)")) }
            for (number, client) in clients.enumerated() { #expect(try client.readFrame() == .text("\(number)")) }
            for client in clients.prefix(250) { try client.send(.close(1000)) }
            for client in clients.suffix(250) { client.close() }
            let codes = try (0..<500).map { _ in try closes.take() }
            #expect(codes.filter { $0 == 1000 }.count == 250)
            #expect(codes.filter { $0 == 1006 }.count == 250)
        }
    }

    @Test func `the counters tell what happened`() async throws {
        let server = WebServer(
            configuration: .make(), loops: EventLoopGroup(count: 1), router: .make(), logger: .silent)
        let port = try await server.start()
        let counters = try await onThread {
            Result {
                let client = try RawClient(port: port)
                _ = try client.exchange("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
                let socket = try RawClient.webSocket(port)
                try socket.send(.text("1234"))
                _ = try socket.readFrame()
                return server.counters
            }
        }.get()
        #expect(counters.totalConnections == 2)
        #expect(counters.requests == 2)
        #expect(counters.totalWebSockets == 1)
        #expect(counters.bytesSent > 4)
        await server.stop(within: .seconds(2))
        #expect(server.counters.openConnections == 0)
    }

    @Test func `stop answers what is under way, closes sockets as going away, and frees the port`() async throws {
        let entered = Mailbox<Bool>()
        let leave = Mailbox<Bool>()
        let closes = Mailbox<UInt16>()
        var router = Router.make(closes: closes)
        router.add(.get, "/slow") { _ in
            entered.put(true)
            _ = await onThread { try? leave.take() }
            return .text("finished")
        }
        let server = WebServer(configuration: .make(), loops: EventLoopGroup(count: 2), router: router, logger: .silent)
        let port = try await server.start()
        let clients = try await onThread {
            Result {
                let slow = try RawClient(port: port)
                try slow.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
                _ = try entered.take()
                return Held([slow, try RawClient.webSocket(port), try RawClient(port: port)])
            }
        }.get()
        async let stopped: Void = server.stop(within: .seconds(5))
        async let stoppedToo: Void = server.stop(within: .seconds(5))
        try await onThread {
            Result {
                #expect(try clients[1].readFrame().closeCode == 1001)
                try clients[1].send(.close(1001))
                leave.put(true)
                let response = try clients[0].readResponse()
                #expect(response.body == "finished")
                #expect(response.headers["connection"] == "close")
                clients[0].close()
                #expect(try clients[2].isAtEnd())
                #expect(try closes.take() == 1001)
            }
        }.get()
        _ = await (stopped, stoppedToo)
        #expect(throws: RawClient.Failure.self) { try RawClient(port: port) }
        await server.stop(within: .zero)
        var again = WebServerConfiguration.make()
        again.port = port
        let second = WebServer(configuration: again, loops: EventLoopGroup(count: 1), router: router, logger: .silent)
        #expect(try await second.start() == port)
        await second.stop(within: .seconds(1))
    }

    @Test func `stop drops at its deadline what does not end by itself`() async throws {
        let closes = Mailbox<UInt16>()
        var router = Router.make(closes: closes)
        let entered = Mailbox<Bool>()
        let leave = Mailbox<Bool>()
        router.add(.get, "/stuck") { _ in
            entered.put(true)
            _ = await onThread { try? leave.take() }
            return .text("too late")
        }
        let configuration = WebServerConfiguration.make { $0.closeTimeout = .seconds(60) }
        let server = WebServer(
            configuration: configuration, loops: EventLoopGroup(count: 1), router: router, logger: .silent)
        let port = try await server.start()
        let clients = try await onThread {
            Result {
                let stuck = try RawClient(port: port)
                try stuck.send("GET /stuck HTTP/1.1\r\nHost: a\r\n\r\n")
                _ = try entered.take()
                return Held([stuck, try RawClient.webSocket(port)])
            }
        }.get()
        let clock = ContinuousClock()
        let start = clock.now
        await server.stop(within: .milliseconds(300))
        #expect(clock.now - start < .seconds(5))
        #expect(server.counters.openConnections == 0)
        let code = try await onThread { Result { try closes.take() } }.get()
        #expect(code == 1001)
        let isAtEnd = try await onThread { Result { try clients[0].isAtEnd() } }.get()
        #expect(isAtEnd)
        leave.put(true)
    }

    @Test func `a start that cannot listen says why and leaves nothing behind`() async throws {
        let first = WebServer(configuration: .make(), loops: EventLoopGroup(count: 1), router: .make(), logger: .silent)
        let port = try await first.start()
        var same = WebServerConfiguration.make()
        same.port = port
        let second = WebServer(configuration: same, loops: EventLoopGroup(count: 1), router: .make(), logger: .silent)
        await #expect(throws: WebServerError.cannotListen(errno: EADDRINUSE)) { try await second.start() }
        var unknown = WebServerConfiguration.make()
        unknown.host = "no.such.host.invalid"
        let third = WebServer(configuration: unknown, loops: EventLoopGroup(count: 1), router: .make(), logger: .silent)
        await #expect(throws: WebServerError.unknownHost("no.such.host.invalid")) { try await third.start() }
        await first.stop(within: .seconds(1))
        await second.stop(within: .seconds(1))
    }

    @Test func `it listens on IPv6 and on names`() async throws {
        var router = Router()
        router.add(.get, "/who") { request in .text(request.remoteAddress) }
        try await withServer(router, .make { $0.host = "::1" }) { port in
            let client = try RawClient(port: port, isIPv6: true)
            #expect(try client.exchange("GET /who HTTP/1.1\r\nHost: a\r\n\r\n").body == "::1")
        }
        try await withServer(router, .make { $0.host = "::" }) { port in
            let client = try RawClient(port: port)
            #expect(try client.exchange("GET /who HTTP/1.1\r\nHost: a\r\n\r\n").body == "127.0.0.1")
        }
        try await withServer(router, .make { $0.host = "localhost" }) { port in #expect(port > 0) }
    }

    @Test func `a listening socket can be inherited`() async throws {
        let fd = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(fd, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(status == 0 && listen(fd, 10) == 0)
        try await withServer(.make(), .make { $0.inheritedSocket = fd }) { port in
            let client = try RawClient(port: port)
            #expect(try client.exchange("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n").status == 200)
        }
    }

    @Test func `connections faster than the limit wait and are served`() async throws {
        let configuration = WebServerConfiguration.make { $0.connectionsPerSecondPerAddress = 20 }
        try await withServer(.make(), configuration) { port in
            let clock = ContinuousClock()
            let start = clock.now
            let clients = try (0..<30).map { _ in try RawClient(port: port) }
            for client in clients { try client.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n") }
            for client in clients { #expect(try client.readResponse().status == 200) }
            // Twenty at once, the rest at twenty a second.
            #expect(clock.now - start > .milliseconds(400))
        }
    }
}

/// Clients that a test passes from one of its threads to the next, one at a time.
struct Held: @unchecked Sendable {
    private let clients: [RawClient]
    init(_ clients: [RawClient]) { self.clients = clients }
    subscript(_ index: Int) -> RawClient { clients[index] }
}
