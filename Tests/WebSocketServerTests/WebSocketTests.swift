import HTTPTypes
import Testing
import WebSocketServer

@Suite struct WebSocketTests {
    @Test func `a message comes back, and the closing handshake is heard`() async throws {
        let closes = Mailbox<UInt16>()
        try await withServer(.make(closes: closes)) { port in
            let client = try RawClient.webSocket(port)
            try client.send(.text("hällo"))
            #expect(try client.readFrame() == .text("hällo"))
            try client.send(.close(1000))
            #expect(try client.readFrame() == .close(1000))
            #expect(try closes.take() == 1000)
        }
    }

    @Test func `the handshake answers the key, the subprotocol and the headers of finish`() async throws {
        try await withServer(.make()) { port in
            let client = try RawClient(port: port)
            let many = (0..<40).map { "other\($0)" }.joined(separator: ", ")
            let response = try client.exchange(
                RawClient.handshake(headers: "Sec-WebSocket-Protocol: amphi.v1, \(many)\r\n"))
            #expect(response.status == 101)
            #expect(response.headers["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
            #expect(response.headers["sec-websocket-protocol"]?.hasPrefix("amphi.v1") == true)
            #expect(response.headers["x-request-id"]?.count == 32)
            try client.send(.text("a"))
            #expect(try client.readFrame() == .text("a"))
        }
    }

    @Test func `frames that come with the handshake are not lost`() async throws {
        try await withServer(.make()) { port in
            let client = try RawClient(port: port)
            try client.send(
                Array(RawClient.handshake().utf8) + WireFrame.text("early").masked + WireFrame.text("bird").masked)
            #expect(try client.readResponse().status == 101)
            #expect(try client.readFrame() == .text("early"))
            #expect(try client.readFrame() == .text("bird"))
        }
    }

    @Test func `fragments make one message, with a ping answered in between`() async throws {
        try await withServer(.make()) { port in
            let client = try RawClient.webSocket(port)
            try client.send(.text("one ", isFinal: false))
            try client.send(.ping("now"))
            try client.send(.continuation("two ", isFinal: false))
            try client.send(.continuation("three", isFinal: true))
            let frames = try [client.readFrame(), client.readFrame()].sorted { $0.opcode < $1.opcode }
            #expect(frames == [.text("one two three"), .pong("now")])
        }
    }

    @Test(arguments: [0, 1, 125, 126, 1023, 1024, 4096, 65_535, 65_536])
    func `a message of any size under the cap is delivered once`(count: Int) async throws {
        try await withServer(.make()) { port in
            let client = try RawClient.webSocket(port)
            let text = String((0..<count).map { Character(UnicodeScalar(UInt8(97 + $0 % 26))) })
            try client.send(.text(text))
            #expect(try client.readFrame() == .text(text))
        }
    }

    @Test(
        arguments: [
            ([WireFrame(opcode: 1, payload: [0xFF])], 1007),
            ([WireFrame(isFinal: false, opcode: 1, payload: [0xC3]), .continuation("", isFinal: true)], 1007),
            ([.text(String(repeating: "x", count: 65_537))], 1009),
            (
                [
                    .text(String(repeating: "x", count: 60_000), isFinal: false),
                    .continuation("xxxxxx", isFinal: false),
                    .continuation(String(repeating: "y", count: 6_000), isFinal: true),
                ], 1009
            ),
            ([.binary([1, 2])], 1003),
            ([.continuation("lost", isFinal: true)], 1002),
            ([WireFrame(opcode: 3, payload: [])], 1002),
            ([WireFrame(isFinal: false, opcode: 9, payload: [])], 1002),
            ([.text("a", isFinal: false), .text("b")], 1002),
        ] as [([WireFrame], UInt16)])
    func `what breaks the rules closes with the code that says so`(frames: [WireFrame], code: UInt16) async throws {
        let closes = Mailbox<UInt16>()
        try await withServer(.make(closes: closes)) { port in
            let client = try RawClient.webSocket(port)
            for frame in frames { try client.send(frame) }
            #expect(try client.readFrame().closeCode == code)
            client.close()
            _ = try closes.take()
        }
    }

    @Test func `the server closes with a code and a reason, and hears its own code`() async throws {
        let closes = Mailbox<UInt16>()
        try await withServer(.make(closes: closes)) { port in
            let client = try RawClient.webSocket(port)
            try client.send(.text("close me"))
            #expect(try client.readFrame() == .close(4010, "as you wish"))
            try client.send(.close(4010))
            #expect(try client.isAtEnd())
            #expect(try closes.take() == 4010)
        }
    }

    @Test func `a client that does not answer our close is dropped`() async throws {
        let closes = Mailbox<UInt16>()
        let configuration = WebServerConfiguration.make { $0.closeTimeout = .milliseconds(200) }
        try await withServer(.make(closes: closes), configuration) { port in
            let client = try RawClient.webSocket(port)
            try client.send(.text("close me"))
            #expect(try client.readFrame().closeCode == 4010)
            #expect(try client.isAtEnd())
            #expect(try closes.take() == 4010)
        }
    }

    @Test func `a connection that breaks off is closed as 1006`() async throws {
        let closes = Mailbox<UInt16>()
        try await withServer(.make(closes: closes)) { port in
            let client = try RawClient.webSocket(port)
            try client.send(.text("a"))
            _ = try client.readFrame()
            client.close()
            #expect(try closes.take() == 1006)
        }
    }

    @Test(arguments: [
        (RawClient.handshake(version: "8"), 426),
        (RawClient.handshake(version: "13, 8"), 426),
        (RawClient.handshake(key: "short"), 400),
        (RawClient.handshake("/none"), 404),
        (RawClient.handshake("/hello"), 200),
        (RawClient.handshake("/refused"), 403),
    ])
    func `a handshake that is not accepted is a plain response`(request: String, status: Int) async throws {
        var router = Router.make()
        router.upgrade("/refused") { request, _ in
            .refuse(.text("not you, \(request.remoteAddress)", status: .forbidden))
        }
        try await withServer(router) { port in
            let client = try RawClient(port: port)
            let response = try client.exchange(request)
            #expect(response.status == status)
            #expect(response.headers["x-request-id"]?.count == 32)
            if status == 426 { #expect(response.headers["sec-websocket-version"] == "13") }
            if status == 403 { #expect(response.body == "not you, 127.0.0.1") }
        }
    }

    @Test func `a silent peer is pinged, then closed as dead`() async throws {
        let closes = Mailbox<UInt16>()
        let configuration = WebServerConfiguration.make {
            $0.firstPing = .milliseconds(100)...(.milliseconds(150))
            $0.pongTimeout = .milliseconds(200)
        }
        try await withServer(.make(closes: closes), configuration) { port in
            let client = try RawClient.webSocket(port)
            #expect(try client.readFrame() == .ping("ping"))
            #expect(try client.isAtEnd())
            #expect(try closes.take() == 4002)
        }
    }

    @Test func `a peer that answers is pinged again`() async throws {
        let configuration = WebServerConfiguration.make {
            $0.firstPing = .milliseconds(50)...(.milliseconds(50))
            $0.pingInterval = .milliseconds(100)
            $0.pongTimeout = .seconds(30)
        }
        try await withServer(.make(), configuration) { port in
            let client = try RawClient.webSocket(port)
            for _ in 0..<3 {
                #expect(try client.readFrame() == .ping("ping"))
                try client.send(.pong("ping"))
            }
        }
    }
}
