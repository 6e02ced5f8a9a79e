import Foundation
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

    /// A flood whose end is told.
    private final class Watched: WebSocketHandler {
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
        func closed(_ code: UInt16, on loop: isolated EventLoop) {
            flood.closed(code, on: loop)
            closes.put(code)
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
        var router = Router()
        router.upgrade("/socket") { _, _ in
            .accept(subprotocol: nil) { _ in Watched(Flood(frames: 4000, blocks: blocks), closes) }
        }
        let configuration = WebServerConfiguration.make {
            $0.sendBufferBytes = 16_384
            $0.firstPing = .milliseconds(300)...(.milliseconds(300))
            $0.pingInterval = .milliseconds(400)
            $0.pongTimeout = .milliseconds(300)
            $0.readStall = .seconds(1)
        }
        try await withServer(router, configuration) { port in
            let client = try RawClient.webSocket(port, receiveBuffer: 4096)
            try client.send(.text("go"))
            #expect(try closes.take() == 4002)
            client.close()
        }
    }

    /// Tells when a while has passed by the loop's own clock, and how long the peer was silent when it went.
    private final class Listener: WebSocketHandler {
        private let flood: Flood
        private let moment: Mailbox<Void>
        private let silences: Mailbox<Duration>
        private var connection: WebSocketConnection?
        private var timer: LoopTimer?

        init(_ flood: Flood, moment: Mailbox<Void>, silences: Mailbox<Duration>) {
            (self.flood, self.moment, self.silences) = (flood, moment, silences)
        }

        func opened(_ connection: WebSocketConnection, on loop: isolated EventLoop) {
            self.connection = connection
            flood.opened(connection, on: loop)
            timer = loop.schedule(after: .milliseconds(900)) { self.moment.put(()) }
        }
        func received(_ message: [UInt8], on loop: isolated EventLoop) { flood.received(message, on: loop) }
        func drained(on loop: isolated EventLoop) { flood.drained(on: loop) }
        func closed(_ code: UInt16, on loop: isolated EventLoop) {
            flood.closed(code, on: loop)
            timer?.cancel()
            if let connection { silences.put(connection.silence) }
        }
    }

    // Found from outside, no. A2
    @Test(arguments: [true, false])
    func `a ping that lies behind what a slow reader has not read is no debt of theirs when they go`(isSlow: Bool)
        async throws
    {
        let (moment, silences, blocks) = (Mailbox<Void>(), Mailbox<Duration>(), Mailbox<Int>())
        var router = Router()
        router.upgrade("/socket") { _, _ in
            .accept(subprotocol: nil) { _ in
                Listener(Flood(frames: 4000, blocks: blocks), moment: moment, silences: silences)
            }
        }
        let configuration = WebServerConfiguration.make {
            $0.sendBufferBytes = 16_384
            $0.firstPing = .milliseconds(300)...(.milliseconds(300))
            $0.pongTimeout = .seconds(20)
            $0.readStall = .seconds(20)
        }
        try await withServer(router, configuration) { port in
            let client = try RawClient.webSocket(port, receiveBuffer: 4096)
            if isSlow { try client.send(.text("go")) }
            // The ping was due 600 ms ago. Whoever reads nothing has not got it; the other one owes the answer.
            try moment.take()
            client.close()
            let silence = try silences.take()
            #expect(isSlow ? silence == .zero : silence > .milliseconds(500), "\(silence)")
        }
    }

    /// One twentieth of the real times: 1 KB/s is 20 KB/s, a ping every 20 s one every second.
    private static func quick(_ configuration: inout WebServerConfiguration) {
        configuration.firstPing = .milliseconds(300)...(.seconds(1))
        configuration.pingInterval = .seconds(1)
        configuration.pongTimeout = .milliseconds(400)
        configuration.readStall = .seconds(15)
    }

    // Found from outside, no. A2
    @Test func `who reads slowly, smoothly or in bursts, is not closed`() async throws {
        let closes = Mailbox<UInt16>()
        let blocks = Mailbox<Int>()
        var router = Router()
        router.upgrade("/socket") { _, _ in
            .accept(subprotocol: nil) { _ in Watched(Flood(frames: 4000, blocks: blocks), closes) }
        }
        let readers = [1, 16, 32, 64].flatMap { size in [nil, 4096].map { (size * 1024, $0 as Int32?) } }
        try await withServer(router, .make(Self.quick)) { port in
            let clients = try readers.map { try RawClient.webSocket(port, receiveBuffer: $0.1) }
            for client in clients { try client.send(.text("go")) }
            var taken = clients.map { _ in 0 }
            let clock = ContinuousClock()
            let start = clock.now
            while clock.now - start < .seconds(9) {
                Thread.sleep(forTimeInterval: 0.05)
                let due = Int((clock.now - start) / .milliseconds(50)) * 1024
                for (index, client) in clients.enumerated() {
                    let burst = readers[index].0
                    // What has collected since is read at once, as a program that was busy does.
                    let count = (due - taken[index]) / burst * burst
                    guard count > 0 else { continue }
                    _ = try client.read(count)
                    taken[index] += count
                }
            }
            #expect(closes.count == 0)
            for client in clients { client.close() }
            for _ in clients { _ = try closes.take() }
        }
    }

    /// Says something every 20 ms, whatever becomes of it.
    private final class Chatter: WebSocketHandler {
        private let closes: Mailbox<UInt16>
        private var timer: LoopTimer?

        init(closes: Mailbox<UInt16>) { self.closes = closes }

        func opened(_ connection: WebSocketConnection, on loop: isolated EventLoop) { speak(connection, on: loop) }
        func received(_ message: [UInt8], on loop: isolated EventLoop) {}
        func drained(on loop: isolated EventLoop) {}
        func closed(_ code: UInt16, on loop: isolated EventLoop) {
            timer?.cancel()
            closes.put(code)
        }

        private func speak(_ connection: WebSocketConnection, on loop: isolated EventLoop) {
            _ = connection.write(OutgoingFrame("what the others say"), on: loop)
            timer = loop.schedule(after: .milliseconds(20)) { self.speak(connection, on: loop) }
        }
    }

    // Found from outside, no. A2
    @Test func `a program that hangs is gone although its kernel takes what is said all the time`() async throws {
        let closes = Mailbox<UInt16>()
        var router = Router()
        router.upgrade("/socket") { _, _ in .accept(subprotocol: nil) { _ in Chatter(closes: closes) } }
        try await withServer(router, .make(Self.quick)) { port in
            let client = try RawClient.webSocket(port)
            #expect(try closes.take() == 4002)
            client.close()
        }
    }
}
