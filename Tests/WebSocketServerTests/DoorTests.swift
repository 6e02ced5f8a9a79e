import Foundation
import HTTPTypes
import Logging
import Synchronization
import Testing

@testable import WebSocketServer

/// Who comes in, over real sockets.
@Suite(.timeLimit(.minutes(3))) struct DoorTests {
    private static let hello = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"

    private static func isServed(_ client: RawClient) -> Bool {
        (try? client.exchange(hello))?.body == "hello"
    }

    // Found from outside, no. A4
    @Test func `two thousand that were opened and closed keep nobody waiting, nor any place`() async throws {
        let configuration = WebServerConfiguration.make { $0.connectionsPerSecondPerAddress = 50 }
        try await withServer(.make(), configuration) { port, server in
            for number in 0..<2000 {
                let client = try RawClient(port: port)
                // Some have said something before they went.
                if number % 2 == 0 { try? client.send(Self.hello) }
                client.close()
            }
            try wait { server.counters.openConnections == 0 }
            let clock = ContinuousClock()
            let start = clock.now
            #expect(Self.isServed(try RawClient(port: port)))
            // At 50 a second the two thousand would take 39 s.
            #expect(clock.now - start < .seconds(10))
        }
    }

    // Found from outside, no. A4
    @Test func `connections that wait are counted, in all and for their address`() async throws {
        let configuration = WebServerConfiguration.make {
            $0.connectionsPerSecondPerAddress = 1
            $0.maxConnectionsPerAddress = 5
        }
        try await withServer(.make(), configuration) { port, server in
            let clients = try (0..<5).map { _ in try RawClient(port: port) }
            try wait { server.counters.openConnections == 5 }
            #expect(try RawClient(port: port).readResponse().status == 503)
            clients[4].close()
            try wait { server.counters.openConnections == 4 }
            let next = try RawClient(port: port)
            try wait { server.counters.openConnections == 5 }
            withExtendedLifetime((clients, next)) {}
        }
    }

    // Found from outside, no. A4
    @Test func `an address has its share, also of WebSockets; a proxy has no such limit`() async throws {
        let configuration = WebServerConfiguration.make { $0.maxConnectionsPerAddress = 3 }
        try await withServer(.make(), configuration) { port, server in
            let sockets = try (0..<3).map { _ in try RawClient.webSocket(port) }
            let refused = try RawClient(port: port).readResponse()
            #expect(refused.status == 503)
            #expect(refused.headers["retry-after"] == "1")
            #expect(server.counters.refusedConnections == 1)
            sockets[0].close()
            try wait { server.counters.openConnections == 2 }
            #expect(Self.isServed(try RawClient(port: port)))
            withExtendedLifetime(sockets) {}
        }
        var listed = configuration
        listed.isUnlimited = { $0 == "127.0.0.1" }
        try await withServer(.make(), listed) { port in
            let clients = try (0..<6).map { _ in try RawClient(port: port) }
            #expect(clients.allSatisfy(Self.isServed))
        }
    }

    // Found from outside, no. A4
    @Test(arguments: [1, 2])
    func `when the server is full the longest idle HTTP connection goes, and no channel`(loops: Int) async throws {
        let configuration = WebServerConfiguration.make { $0.maxConnections = 4 }
        try await withServer(.make(), configuration, loops: loops) { port, server in
            let socket = try RawClient.webSocket(port)
            let idle = try (0..<3).map { _ in try RawClient(port: port) }
            for client in idle { #expect(Self.isServed(client)) }
            // Used again: now the second one is idle for longest.
            #expect(Self.isServed(idle[0]))
            let newcomer = try RawClient(port: port)
            #expect(Self.isServed(newcomer))
            #expect(try idle[1].isAtEnd())
            #expect(Self.isServed(idle[0]) && Self.isServed(idle[2]))
            try socket.send(.text("still here"))
            #expect(try socket.readFrame() == .text("still here"))
            #expect(server.counters.refusedConnections == 0)
            withExtendedLifetime(newcomer) {}
        }
    }

    // Found from outside, no. A4
    @Test(arguments: ["GET /hello HT", "POST /open HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf"])
    func `whoever has sent half a request makes room as well, whoever is being answered does not`(
        halfRequest: String
    ) async throws {
        let (entered, leave) = (Mailbox<Bool>(), Mailbox<Bool>())
        var router = Router.make()
        router.add(.get, "/slow") { _ in
            entered.put(true)
            _ = await onThread { try? leave.take() }
            return .text("done")
        }
        router.add(.post, "/open") { _ in .text("read") }
        // Half a body of somebody known stays.
        router.add(.post, "/known", checkHead: { _ in nil }) { .text("\($0.body.count)") }
        let configuration = WebServerConfiguration.make { $0.maxConnections = 2 }
        try await withServer(router, configuration) { port, server in
            let busy = try RawClient(port: port)
            try busy.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = try entered.take()
            let half = try RawClient(port: port)
            let before = server.counters.bytesReceived
            try half.send(halfRequest)
            // Its loop has it, too, and not the door alone.
            try wait { server.counters.bytesReceived == before + halfRequest.utf8.count }
            #expect(server.counters.openConnections == 2)
            // The head was read: it is the body that is on its way.
            if halfRequest.contains("\r\n\r\n") { try wait { server.bodyBytes == 4 } }
            let newcomer = try RawClient.webSocket(port)
            #expect(try half.isAtEnd())
            try wait { server.counters.openConnections == 2 }
            // Nobody is idle now.
            #expect(try RawClient(port: port).readResponse().status == 503)
            leave.put(true)
            #expect(try busy.readResponse().body == "done")
            try busy.send("POST /known HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhal")
            try wait { server.bodyBytes == 3 }
            #expect(try RawClient(port: port).readResponse().status == 503)
            try busy.send("ff")
            #expect(try busy.readResponse().body == "5")
            withExtendedLifetime(newcomer) {}
        }
    }

    // Found from outside, no. A4
    @Test func `the log has two lines of trouble, however many connections it was`() async throws {
        let lines = Mutex<[String]>([])
        let logger = Logger(label: "test") { _ in LineHandler { line in lines.withLock { $0.append(line) } } }
        let configuration = WebServerConfiguration.make {
            $0.maxConnections = 1
            $0.maxConnectionsPerAddress = 1
        }
        try await withServer(.make(), configuration, logger: logger) { port, _ in
            let first = try RawClient.webSocket(port)
            for _ in 0..<50 { #expect(try RawClient(port: port).readResponse().status == 503) }
            withExtendedLifetime(first) {}
        }
        #expect(
            lines.withLock(\.self) == [
                "an address has as many connections as it may: more are refused [address=127.0.0.1]",
                "no address has too many connections any more [connections=50]",
            ])
    }
}

/// Hands on the lines from `info` up.
private struct LineHandler: LogHandler {
    let write: @Sendable (String) -> Void
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    init(_ write: @escaping @Sendable (String) -> Void) { self.write = write }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let parts = (event.metadata ?? [:]).map { "\($0.key)=\($0.value)" }
        write("\(event.message) [\(parts.sorted().joined(separator: " "))]")
    }
}
