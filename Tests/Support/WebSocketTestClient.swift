package import StrictJSON

/// One connection to a session's channel, with an RFC 6455 implementation of its own.
///
/// Blocks on a queue of its own. Frames that a call does not want stay, in order, for later calls.
package actor WebSocketTestClient {
    /// What the server answered instead of 101.
    package struct Refusal: Error { package let response: TestResponse }

    private let executor: BlockingExecutor
    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let port: UInt16
    private var socket: TestSocket?
    private var stream: ArraySlice<UInt8> = []
    private var fragments: [UInt8] = []
    private var frames: [JSON] = []
    private var lastRef: Int64 = 0
    private var closeStatus: UInt16?
    private var patience: Duration = .seconds(20)
    /// The head of the 101.
    package private(set) var upgrade: TestResponse?
    /// How many pings the server has sent.
    package private(set) var pings = 0
    /// False: pings stay unanswered, as from a dead peer.
    private var answersPings = true

    private init(port: UInt16) {
        self.port = port
        executor = BlockingExecutor("test.websocket")
    }

    // MARK: - Opening

    /// Opens `path`; throws `Refusal` when the answer is no 101.
    package static func open(
        port: UInt16, path: String, headers: [(String, String)] = [], subprotocol: String? = "amphi.v1",
        version: String? = "13", receiveBuffer: Int32? = nil, trusting: String? = nil
    ) async throws -> WebSocketTestClient {
        let client = WebSocketTestClient(port: port)
        try await client.connect(
            path: path, headers: headers, subprotocol: subprotocol, version: version, receiveBuffer: receiveBuffer,
            trusting: trusting
        )
        return client
    }

    private func connect(
        path: String, headers: [(String, String)], subprotocol: String?, version: String?, receiveBuffer: Int32?,
        trusting: String?
    ) throws {
        let socket = try TestSocket.open(port: port, receiveBuffer: receiveBuffer, trusting: trusting)
        var head = "GET \(path) HTTP/1.1\r\n"
        if !headers.contains(where: { $0.0.lowercased() == "host" }) { head += "Host: 127.0.0.1:\(port)\r\n" }
        head += "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        if let version { head += "Sec-WebSocket-Version: \(version)\r\n" }
        if let subprotocol { head += "Sec-WebSocket-Protocol: \(subprotocol)\r\n" }
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        let deadline = Deadline(after: patience)
        try socket.write(Array("\(head)\r\n".utf8), by: deadline)
        let (response, rest) = try HTTPReading.response(from: socket, isHead: false, by: deadline)
        guard response.status == 101 else { throw Refusal(response: response) }
        // RFC 6455, 1.3: the answer to the sample nonce.
        guard response.header("Sec-WebSocket-Accept") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" else {
            throw TestFailure("a wrong Sec-WebSocket-Accept")
        }
        upgrade = response
        stream = ArraySlice(rest)
        self.socket = socket
    }

    /// How long each later call waits before it fails.
    package func wait(atMost duration: Duration) { patience = duration }

    package func ignorePings() { answersPings = false }

    // MARK: - Sending

    package func send(_ json: JSON) throws { try sendRaw(WebSocketFrame(.text, json.encoded()).bytes()) }
    package func send(text: String) throws { try sendRaw(WebSocketFrame(text: text).bytes()) }
    package func send(_ frame: WebSocketFrame) throws { try sendRaw(frame.bytes()) }

    package func sendRaw(_ bytes: [UInt8]) throws {
        guard let socket else { throw TestFailure("the connection is closed") }
        try socket.write(bytes, by: Deadline(after: patience))
    }

    /// Sends a command with the next ref; the reply is not awaited.
    @discardableResult
    package func post(_ type: String, _ fields: JSON = [:]) throws -> Int64 {
        lastRef += 1
        var command = JSONObject([("ref", .integer(lastRef)), ("type", .string(type))])
        for member in fields.objectValue?.members ?? [] { command[member.name] = member.value }
        try send(.object(command))
        return lastRef
    }

    /// Sends a command and waits for its reply: the whole frame, with `ok` or `error`.
    package func request(_ type: String, _ fields: JSON = [:]) throws -> JSON {
        try reply(to: post(type, fields))
    }

    /// The reply to an earlier command.
    package func reply(to ref: Int64) throws -> JSON { try next { $0["ref"]?.integerValue == ref } }

    /// The `ok` of the reply; throws when it is an error.
    package func ok(_ type: String, _ fields: JSON = [:]) throws -> JSON {
        let reply = try request(type, fields)
        guard let ok = reply["ok"] else { throw TestFailure("\(type) was refused: \(reply.text)") }
        return ok
    }

    /// The `error` of the reply; throws when it is an ok.
    package func refusal(_ type: String, _ fields: JSON = [:]) throws -> JSON {
        let reply = try request(type, fields)
        guard let error = reply["error"] else { throw TestFailure("\(type) was not refused: \(reply.text)") }
        return error
    }

    /// Says hello and waits for the welcome.
    @discardableResult
    package func hello(_ token: String?, resume: (seq: Int64, epoch: String)? = nil) throws -> JSON {
        try ok("hello", Self.helloFields(token, resume))
    }

    /// The error of a hello that is refused.
    package func refusedHello(_ token: String?, resume: (seq: Int64, epoch: String)? = nil) throws -> JSON {
        try refusal("hello", Self.helloFields(token, resume))
    }

    private static func helloFields(_ token: String?, _ resume: (seq: Int64, epoch: String)?) -> JSON {
        var fields = JSONObject([("client", "test/1.0")])
        if let token { fields["token"] = .string(token) }
        if let resume { fields["resume"] = ["seq": .integer(resume.seq), "epoch": .string(resume.epoch)] }
        return .object(fields)
    }

    /// Posts a chat message and waits until it is accepted: `id`, `seq` and perhaps `duplicate`.
    @discardableResult
    package func say(_ text: String, clientID: String) throws -> JSON {
        try ok("chat.post", ["client_id": .string(clientID), "text": .string(text)])
    }

    // MARK: - Receiving

    /// The oldest frame that nobody has taken yet.
    package func next() throws -> JSON { try next { _ in true } }

    /// The oldest frame that fits; the others stay for later calls.
    package func next(where fits: @Sendable (JSON) -> Bool) throws -> JSON {
        let deadline = Deadline(after: patience)
        var looked = 0
        while true {
            if let index = frames[looked...].firstIndex(where: fits) { return frames.remove(at: index) }
            looked = frames.count
            do {
                try receive(by: deadline)
            } catch {
                throw TestFailure("\(error); waiting: \(frames.map { $0.text.prefix(300) })")
            }
        }
    }

    /// Frames that have come and that nobody has taken, without waiting for more.
    package func takeReceived() throws -> [JSON] {
        while try receiveIfThere() {}
        defer { frames = [] }
        return frames
    }

    /// Events from frames not taken yet, until the one with this seq; other frames stay.
    package func events(through seq: Int64) throws -> [JSON] {
        var events: [JSON] = []
        while (events.last?["seq"]?.integerValue ?? 0) < seq {
            let frame = try next { $0["events"] != nil }
            let batch = frame["events"]?.arrayValue ?? []
            guard !batch.isEmpty, frame["seq"] == batch.last?["seq"] else {
                throw TestFailure("a frame whose seq is not its last event's: \(frame.text.prefix(300))")
            }
            events += batch
        }
        return events
    }

    /// The next event of this type; earlier frames stay.
    package func event(_ type: String) throws -> JSON {
        let frame = try next { frame in
            frame["events"]?.arrayValue?.contains { $0["type"]?.stringValue == type } ?? false
        }
        return frame["events"]?.arrayValue?.first { $0["type"]?.stringValue == type } ?? .null
    }

    /// Waits for the end of the connection: its status, 1006 without a Close frame. Frames before it stay.
    package func closeCode() throws -> UInt16 {
        let deadline = Deadline(after: patience)
        while closeStatus == nil {
            do {
                try receive(by: deadline)
            } catch {
                if closeStatus == nil { throw error }
            }
        }
        return closeStatus ?? 1006
    }

    /// The bye and the status that follows it.
    package func farewell() throws -> (bye: JSON, code: UInt16) {
        let bye = try next { $0["bye"] != nil }
        return (bye["bye"] ?? .null, try closeCode())
    }

    // MARK: - Ending

    /// Closes politely: Close 1000, its echo, the end of the stream.
    package func close() throws {
        try? send(WebSocketFrame(.close, [0x03, 0xE8]))
        _ = try? closeCode()
        drop()
    }

    /// As when the network goes: nothing is said.
    package func drop() {
        socket?.close()
        socket = nil
    }

    // MARK: - Frames

    private func receive(by deadline: Deadline) throws {
        while true {
            if let frame = try WebSocketFrame.take(from: &stream) {
                if try accept(frame) { return }
                continue
            }
            guard let socket else { throw TestFailure("closed with \(closeStatus ?? 0)") }
            let bytes = try socket.read(by: deadline)
            guard !bytes.isEmpty else {
                closeStatus = closeStatus ?? 1006
                drop()
                throw TestFailure("closed with \(closeStatus ?? 0)")
            }
            stream.append(contentsOf: bytes)
        }
    }

    private func receiveIfThere() throws -> Bool {
        let before = frames.count
        do {
            try receive(by: Deadline(after: .zero))
        } catch {
            return false
        }
        return frames.count > before
    }

    /// True when a whole message has come or the connection is over.
    private func accept(_ frame: WebSocketFrame) throws -> Bool {
        switch frame.opcode {
        case .text, .continuation:
            fragments += frame.payload
            guard frame.isFinal else { return false }
            defer { fragments = [] }
            frames.append(try JSON.parse(fragments, limits: JSONLimits(maxBytes: 64 << 20)))
            return true
        case .ping:
            pings += 1
            if answersPings { try? send(WebSocketFrame(.pong, frame.payload)) }
            return false
        case .pong: return false
        case .binary: throw TestFailure("a binary frame from the hub")
        case .close:
            closeStatus = frame.payload.count >= 2 ? UInt16(frame.payload[0]) << 8 | UInt16(frame.payload[1]) : 1005
            try? send(WebSocketFrame(.close, Array(frame.payload.prefix(2))))
            drop()
            throw TestFailure("closed with \(closeStatus ?? 0)")
        }
    }
}
