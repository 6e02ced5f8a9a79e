import Testing
import WebSocketServer

@Suite struct WebSocketTests {
    @Test func `a message comes back`() async throws {
        let closes = Mailbox<UInt16>()
        let frame = try await withServer(.make(closes: closes)) { port in
            let client = try RawClient.webSocket(port)
            try client.send(.text("hällo"))
            let frame = try client.readFrame()
            try client.send(.close(1000))
            #expect(try client.readFrame() == .close(1000))
            #expect(try closes.take() == 1000)
            return frame
        }
        #expect(frame == .text("hällo"))
    }
}
