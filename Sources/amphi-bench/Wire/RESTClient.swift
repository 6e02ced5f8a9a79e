import StrictJSON

/// A tiny HTTP/1.1 client for the set-up: one connection, one request at a time, blocking.
final class RESTClient {
    struct Answer {
        let status: Int
        let body: [UInt8]
    }

    private static let timeoutSeconds = 60
    private static let largestAnswer = 64 * 1024 * 1024

    private let address: HubAddress
    private var socket: StreamSocket?
    private let buffer = ReceiveBuffer(size: 64 * 1024)
    private var unread: [UInt8] = []

    init(address: HubAddress) { self.address = address }

    /// Posts a body and returns `data` of the answer's envelope; any status but 2xx is a `SetupError` with its text.
    func post(_ path: String, token: String, type: String = "application/json", body: [UInt8]) throws -> JSON {
        let answer = try send(
            "POST \(path) HTTP/1.1\r\nHost: \(address.host)\r\nAuthorization: Bearer \(token)\r\n"
                + "Content-Type: \(type)\r\nContent-Length: \(body.count)\r\nAccept: application/json\r\n\r\n", body)
        return try data(of: answer, to: "POST \(path)")
    }

    /// Gets a path and returns `data` of the answer's envelope; errors as for `post`.
    func get(_ path: String, token: String) throws -> JSON {
        let answer = try send(
            "GET \(path) HTTP/1.1\r\nHost: \(address.host)\r\nAuthorization: Bearer \(token)\r\n"
                + "Accept: application/json\r\n\r\n", [])
        return try data(of: answer, to: "GET \(path)")
    }

    private func data(of answer: Answer, to request: String) throws -> JSON {
        let text = String(decoding: answer.body.prefix(500), as: UTF8.self)
        guard (200..<300).contains(answer.status) else { throw SetupError("\(request): \(answer.status) \(text)") }
        let limits = JSONLimits(maxBytes: Self.largestAnswer)
        guard let envelope = try? JSON.parse(answer.body, limits: limits), envelope["success"]?.boolValue == true else {
            throw SetupError("\(request): no envelope: \(text)")
        }
        return envelope["data"] ?? .null
    }

    private func send(_ head: String, _ body: [UInt8]) throws -> Answer {
        let socket = try socket ?? StreamSocket(to: address.socket, isBlocking: true)
        self.socket = socket
        socket.setTimeout(seconds: Self.timeoutSeconds)
        var request = (Array(head.utf8) + body)[...]
        while !request.isEmpty {
            guard case .bytes(let count) = socket.write(request) else { throw SystemError("send") }
            request = request.dropFirst(count)
        }
        let answer = try readAnswer(from: socket)
        return answer
    }

    private func readAnswer(from socket: StreamSocket) throws -> Answer {
        var head = HTTPHead(unread)
        while head == nil || head?.status == 100 {
            if let interim = head { unread.removeFirst(interim.length) } else { try readMore(from: socket) }
            head = HTTPHead(unread)
        }
        guard let head else { throw SetupError("no HTTP answer") }
        unread.removeFirst(head.length)
        let body: [UInt8]
        if head["transfer-encoding"]?.lowercased() == "chunked" {
            body = try readChunks(from: socket)
        } else if let length = head["content-length"].flatMap({ Int($0) }) {
            body = try take(length, from: socket)
        } else if head.status == 204 {
            body = []
        } else {
            throw SetupError("an answer (\(head.status)) without a length")
        }
        if head["connection"]?.lowercased() == "close" {
            self.socket = nil
            unread = []
        }
        return Answer(status: head.status, body: body)
    }

    private func readChunks(from socket: StreamSocket) throws -> [UInt8] {
        var body: [UInt8] = []
        while true {
            let line = try takeLine(from: socket)
            guard let size = Int(line.prefix { $0 != ";" }, radix: 16) else { throw SetupError("a broken chunk") }
            if size == 0 {
                while try !takeLine(from: socket).isEmpty {}
                return body
            }
            body += try take(size, from: socket)
            _ = try takeLine(from: socket)
        }
    }

    private func takeLine(from socket: StreamSocket) throws -> String {
        while true {
            if let end = unread.firstIndex(of: 0x0A) {
                let line = unread[..<end].filter { $0 != 0x0D }
                unread.removeFirst(end + 1)
                return String(decoding: line, as: UTF8.self)
            }
            try readMore(from: socket)
        }
    }

    private func take(_ count: Int, from socket: StreamSocket) throws -> [UInt8] {
        guard count <= Self.largestAnswer else { throw SetupError("an answer of \(count) bytes") }
        while unread.count < count { try readMore(from: socket) }
        let bytes = Array(unread[..<count])
        unread.removeFirst(count)
        return bytes
    }

    private func readMore(from socket: StreamSocket) throws {
        switch buffer.fill(from: socket) {
        case .bytes(let count) where count > 0:
            buffer.withBytes(count) { unread.append(contentsOf: $0.copied()) }
        case .bytes: throw SetupError("the hub closed the connection")
        case .wouldBlock: throw SetupError("no answer within \(Self.timeoutSeconds) s")
        case .failed(let code): throw SystemError("recv", code: code)
        }
    }
}
