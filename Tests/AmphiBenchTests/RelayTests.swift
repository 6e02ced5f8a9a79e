import Glibc
import Testing

@testable import amphi_bench

@Suite(.timeLimit(.minutes(1)))
struct RelayTests {
    private static let patience: Int32 = 10_000

    /// A listening socket, a relay to it, and a connection through the relay.
    private final class Line {
        let relay: Relay
        let listener: Int32
        let client: StreamSocket
        private let buffer = ReceiveBuffer(size: 1024)

        init() throws {
            let (listener, port) = try LoopbackPort.listen()
            self.listener = listener
            relay = try Relay(to: [port, port])
            client = try Line.connect(to: relay)
        }

        /// Returns when the relay has done what it was told until now: orders are obeyed in their order.
        func awaitOrders() throws {
            let other = try StreamSocket(to: SocketAddress(loopback: 1, port: relay.ports[1]))
            let server = try accept()
            relay.send(.cut, to: 1)
            #expect(try text(from: other) == nil)
            #expect(try text(from: server) == nil)
        }

        deinit {
            relay.close()
            close(listener)
        }

        static func connect(to relay: Relay) throws -> StreamSocket {
            try StreamSocket(to: SocketAddress(loopback: 1, port: relay.ports[0]))
        }

        /// The other end of the newest connection.
        func accept() throws -> StreamSocket {
            try #require(Self.waits(listener))
            return try #require(StreamSocket(acceptedFrom: listener))
        }

        static func waits(_ descriptor: Int32, within milliseconds: Int32 = RelayTests.patience) -> Bool {
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            return poll(&entry, 1, milliseconds) == 1
        }

        /// The next bytes; nil at the end of the connection.
        func text(from socket: StreamSocket) throws -> String? {
            try #require(Self.waits(socket.descriptor))
            guard case .bytes(let count) = buffer.fill(from: socket), count > 0 else { return nil }
            return String(decoding: buffer.withBytes(count) { $0.copied() }, as: UTF8.self)
        }
    }

    private func say(_ text: String, on socket: StreamSocket) { _ = socket.write(Array(text.utf8)[...]) }

    @Test func `what one end says the other hears, both ways, and its end as well`() throws {
        let line = try Line()
        let server = try line.accept()
        say("there", on: line.client)
        #expect(try line.text(from: server) == "there")
        say("back", on: server)
        #expect(try line.text(from: line.client) == "back")
        shutdown(server.descriptor, Int32(SHUT_RDWR))
        #expect(try line.text(from: line.client) == nil)
    }

    @Test func `what is held comes when it goes on`() throws {
        let line = try Line()
        let server = try line.accept()
        line.relay.send(.set(.hold), to: 0)
        try line.awaitOrders()
        say("late", on: line.client)
        #expect(!Line.waits(server.descriptor, within: 100))
        line.relay.send(.set(.pass), to: 0)
        #expect(try line.text(from: server) == "late")
    }

    @Test func `connections that are cut end, and new ones pass`() throws {
        let line = try Line()
        let server = try line.accept()
        line.relay.send(.cut, to: 0)
        #expect(try line.text(from: line.client) == nil)
        #expect(try line.text(from: server) == nil)
        let again = try Line.connect(to: line.relay)
        let other = try line.accept()
        say("again", on: again)
        #expect(try line.text(from: other) == "again")
    }

    @Test func `a relay that refuses ends old and new connections`() throws {
        let line = try Line()
        _ = try line.accept()
        line.relay.send(.set(.refuse), to: 0)
        #expect(try line.text(from: line.client) == nil)
        #expect(try line.text(from: Line.connect(to: line.relay)) == nil)
    }

    @Test func `a relay that is aimed elsewhere leads there`() throws {
        let line = try Line()
        _ = try line.accept()
        let (listener, port) = try LoopbackPort.listen()
        defer { close(listener) }
        line.relay.send(.aim(port: port), to: 0)
        line.relay.send(.cut, to: 0)
        // The order before it was obeyed as well.
        #expect(try line.text(from: line.client) == nil)
        let client = try Line.connect(to: line.relay)
        #expect(Line.waits(listener))
        withExtendedLifetime(client) {}
    }
}
