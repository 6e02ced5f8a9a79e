import Testing

@testable import WebSocketServer

/// What lws does with broken frames and closes is made right on our side of it, as far as it can be.
@Suite struct ProtocolErrorTests {
    /// Bytes as they go over the wire: masked with zeros, so that the payload reads as it is.
    private static func frame(_ first: UInt8, length: [UInt8], payload: [UInt8] = []) -> [UInt8] {
        [first] + length + [0, 0, 0, 0] + payload
    }

    // Found from outside, no. 20
    @Test(arguments: [
        frame(0x89, length: [0xFE, 0, 126], payload: Array(repeating: 97, count: 126)),
        frame(0x8A, length: [0xFE, 0, 126], payload: Array(repeating: 97, count: 126)),
        frame(0x88, length: [0xFE, 0, 126], payload: [3, 232] + Array(repeating: 97, count: 124)),
        frame(0x89, length: [0xFF, 0, 0, 0, 0, 0, 0, 0, 126], payload: Array(repeating: 97, count: 126)),
        frame(0x81, length: [0xFF, 0x80, 0, 0, 0, 0, 0, 0, 1], payload: [97]),
        frame(0x88, length: [0x84], payload: [3, 232, 0xC3, 0x28]),
    ])
    func `a frame that lws gives up on is answered with a Close frame`(bytes: [UInt8]) async throws {
        let closes = Mailbox<UInt16>()
        try await withServer(.make(closes: closes)) { port in
            let client = try RawClient.webSocket(port)
            try client.send(.text("before"))
            #expect(try client.readFrame() == .text("before"))
            try client.send(bytes)
            #expect(try client.readFrame() == .close(1002))
            try client.send(.close(1002))
            #expect(try client.isAtEnd())
            #expect(try closes.take() == 1006)
        }
    }

    // Found from outside, no. 20
    @Test func `a client that does not answer that Close frame is dropped all the same`() async throws {
        let closes = Mailbox<UInt16>()
        let configuration = WebServerConfiguration.make { $0.closeTimeout = .milliseconds(200) }
        try await withServer(.make(closes: closes), configuration) { port in
            let client = try RawClient.webSocket(port)
            try client.send([0x89, 0xFE, 0, 126, 0, 0, 0, 0])
            #expect(try client.readFrame() == .close(1002))
            #expect(try client.isAtEnd())
            #expect(try closes.take() == 1006)
        }
    }

    // Found from outside, no. 20
    @Test(
        arguments: [
            ([0], [3, 234]),
            ([3, 232, 0xC3], [3, 239]),
            ([0, 0], [3, 234]),
            ([3, 231], [3, 234]),
            ([3, 236], [3, 234]),
            ([3, 237], [3, 234]),
            ([3, 238], [3, 234]),
            ([3, 247], [3, 234]),
            ([7, 208], [3, 234]),
            ([0x0B, 0xB7], [3, 234]),
            ([0x13, 0x88], [3, 234]),
            ([0xFF, 0xFF], [3, 234]),
            ([3, 232, 97], [3, 232, 97]),
            ([0x0B, 0xB8], [0x0B, 0xB8]),
            ([0x13, 0x87, 0xC3, 0xA4], [0x13, 0x87, 0xC3, 0xA4]),
            ([], []),
        ] as [([UInt8], [UInt8])])
    func `a Close frame is answered, and the connection ends at once`(sent: [UInt8], answer: [UInt8]) async throws {
        try await withServer(.make()) { port in
            let client = try RawClient.webSocket(port)
            try client.send(WireFrame(opcode: 8, payload: sent))
            let frame = try client.readFrame()
            #expect(frame.opcode == 8)
            #expect(frame.payload == answer)
            #expect(try client.isAtEnd())
        }
    }

    @Test(
        arguments: [
            ([], .echo(1005)), ([3], .instead(1002)), ([3, 232], .echo(1000)), ([3, 244], .echo(1012)),
            ([3, 246], .echo(1014)), ([3, 236], .instead(1002)), ([3, 247], .instead(1002)),
            ([11, 183], .instead(1002)), ([11, 184], .echo(3000)), ([19, 135], .echo(4999)),
            ([19, 136], .instead(1002)),
            ([3, 232, 0xFF], .instead(1007)), ([3, 232, 0xE2, 0x82], .instead(1007)),
            ([3, 232, 0xE2, 0x82, 0xAC], .echo(1000)),
        ] as [([UInt8], CloseAnswer)])
    func `the answer to a close`(payload: [UInt8], answer: CloseAnswer) {
        #expect(CloseAnswer(to: payload) == answer)
    }

    /// The broken frame is not the last word of a client that has gone meanwhile: nothing is written after its end.
    @Test func `a client that ends the stream in the middle of a frame is gone at once`() async throws {
        let closes = Mailbox<UInt16>()
        let configuration = WebServerConfiguration.make { $0.closeTimeout = .seconds(60) }
        try await withServer(.make(closes: closes), configuration) { port in
            let client = try RawClient.webSocket(port)
            try client.send([0x81, 0xFE])
            client.shutdownWriting()
            #expect(try client.isAtEnd())
            #expect(try closes.take() == 1006)
        }
    }
}
