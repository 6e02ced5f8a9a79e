import Testing
import WebSocketServer

@Suite struct SlowReaderTests {
    /// Writes numbered frames as fast as it may.
    private final class Flood: WebSocketHandler {
        private let frames: Int
        private let blocks: Mailbox<Int>
        private var sent = 0
        private var connection: WebSocketConnection?

        init(frames: Int, blocks: Mailbox<Int>) {
            self.frames = frames
            self.blocks = blocks
        }

        static func payload(_ number: Int) -> String {
            "\(number):" + String(repeating: Character(UnicodeScalar(UInt8(97 + number % 26))), count: 10_000)
        }

        func opened(_ connection: WebSocketConnection, on loop: isolated EventLoop) { self.connection = connection }
        func received(_ message: [UInt8], on loop: isolated EventLoop) { pump(on: loop) }
        func drained(on loop: isolated EventLoop) { pump(on: loop) }
        func closed(_ code: UInt16, on loop: isolated EventLoop) { connection = nil }

        private func pump(on loop: isolated EventLoop) {
            while sent < frames {
                guard let connection else { return }
                let outcome = connection.write(OutgoingFrame(Self.payload(sent)), on: loop)
                guard outcome != .closed else { return }
                sent += 1
                if outcome == .blocked {
                    #expect(connection.isBlocked)
                    #expect(connection.write(OutgoingFrame("never"), on: loop) == .blocked)
                    blocks.put(sent)
                    return
                }
            }
            connection?.close(1000, reason: "done", on: loop)
        }
    }

    @Test func `a blocked writer goes on when drained, and every byte arrives in order before the close`() async throws
    {
        let blocks = Mailbox<Int>()
        var router = Router()
        router.upgrade("/socket") { _, _ in .accept(subprotocol: nil) { _ in Flood(frames: 400, blocks: blocks) } }
        let configuration = WebServerConfiguration.make { $0.sendBufferBytes = 16_384 }
        try await withServer(router, configuration) { port in
            let client = try RawClient.webSocket(port, receiveBuffer: 4096)
            try client.send(.text("go"))
            #expect(try blocks.take() < 400)
            for number in 0..<400 {
                let frame = try client.readFrame()
                guard frame == .text(Flood.payload(number)) else {
                    Issue.record("frame \(number) is another")
                    return
                }
            }
            #expect(try client.readFrame() == .close(1000, "done"))
        }
    }

    @Test func `a reader that has stopped for good is closed as dead although its socket is open`() async throws {
        let blocks = Mailbox<Int>()
        let closes = Mailbox<UInt16>()
        final class Stuck: WebSocketHandler {
            let flood: Flood
            let closes: Mailbox<UInt16>
            init(_ flood: Flood, _ closes: Mailbox<UInt16>) {
                self.flood = flood
                self.closes = closes
            }
            func opened(_ connection: WebSocketConnection, on loop: isolated EventLoop) {
                flood.opened(connection, on: loop)
            }
            func received(_ message: [UInt8], on loop: isolated EventLoop) { flood.received(message, on: loop) }
            func drained(on loop: isolated EventLoop) { flood.drained(on: loop) }
            func closed(_ code: UInt16, on loop: isolated EventLoop) { closes.put(code) }
        }
        var router = Router()
        router.upgrade("/socket") { _, _ in
            .accept(subprotocol: nil) { _ in Stuck(Flood(frames: 4000, blocks: blocks), closes) }
        }
        let configuration = WebServerConfiguration.make {
            $0.sendBufferBytes = 16_384
            $0.firstPing = .milliseconds(300)...(.milliseconds(300))
            $0.pingInterval = .milliseconds(400)
            $0.pongTimeout = .milliseconds(300)
        }
        try await withServer(router, configuration) { port in
            let client = try RawClient.webSocket(port, receiveBuffer: 4096)
            try client.send(.text("go"))
            #expect(try closes.take() == 4002)
            client.close()
        }
    }
}
