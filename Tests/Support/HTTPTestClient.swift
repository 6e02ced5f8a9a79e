package import StrictJSON

/// An answer as it came over the wire.
package struct TestResponse: Sendable {
    package let status: Int
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]

    package init(status: Int, headers: [(name: String, value: String)], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first header of this name, whatever its case.
    package func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// The body as JSON; null when it is none.
    package var json: JSON { (try? JSON.parse(body, limits: JSONLimits(maxBytes: 64 << 20))) ?? .null }
    package var text: String { String(decoding: body, as: UTF8.self) }
    /// `data` of the envelope.
    package var data: JSON { json["data"] ?? .null }
    /// `code` of an error's envelope.
    package var code: String? { json["code"]?.stringValue }
}

/// Speaks HTTP/1.1 to a hub on this machine, one connection per request.
package struct HTTPTestClient: Sendable {
    package let port: UInt16
    private let trusting: String?

    /// - Parameter trusting: the certificate of a hub that speaks TLS (`TestSocket`).
    package init(port: UInt16, trusting: String? = nil) {
        self.port = port
        self.trusting = trusting
    }

    /// Sends one request and reads its whole answer.
    ///
    /// - Parameters:
    ///   - json: the body; `body` wins over it.
    ///   - headers: further ones; a `Content-Length` or a `Host` here replaces the client's own.
    package func send(
        _ method: String, _ path: String, token: String? = nil, json: JSON? = nil,
        headers: [(String, String)] = [], body: [UInt8]? = nil, within time: Duration = .seconds(10)
    ) async throws -> TestResponse {
        let content = body ?? json?.encoded()
        let own = Set(headers.map { $0.0.lowercased() })
        var head = "\(method) \(path) HTTP/1.1\r\n"
        if !own.contains("host") { head += "Host: 127.0.0.1:\(port)\r\n" }
        if !own.contains("connection") { head += "Connection: close\r\n" }
        if let token { head += "Authorization: Bearer \(token)\r\n" }
        if json != nil, !own.contains("content-type") { head += "Content-Type: application/json\r\n" }
        if !own.contains("content-length"), content != nil || method == "POST" || method == "PUT" {
            head += "Content-Length: \(content?.count ?? 0)\r\n"
        }
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        return try await exchange(Array("\(head)\r\n".utf8) + (content ?? []), isHead: method == "HEAD", within: time)
    }

    /// Sends these bytes and reads one answer.
    package func exchange(
        _ bytes: [UInt8], isHead: Bool = false, within time: Duration = .seconds(10)
    ) async throws -> TestResponse {
        let (port, trusting) = (port, trusting)
        return try await blocking {
            let deadline = Deadline(after: time)
            let socket = try TestSocket.open(port: port, trusting: trusting)
            defer { socket.close() }
            try socket.write(bytes, by: deadline)
            return try HTTPReading.response(from: socket, isHead: isHead, by: deadline).response
        }
    }
}

/// Reads one response from a socket.
enum HTTPReading {
    /// - Returns: the response, and what came behind it.
    static func response(
        from socket: TestSocket, isHead: Bool, by deadline: Deadline
    ) throws -> (response: TestResponse, rest: [UInt8]) {
        var bytes: [UInt8] = []
        while true {
            if let (head, start) = try head(of: bytes) {
                let body = try body(after: head, Array(bytes[start...]), from: socket, isHead: isHead, by: deadline)
                return (TestResponse(status: head.status, headers: head.headers, body: body.body), body.rest)
            }
            let more = try socket.read(by: deadline)
            guard !more.isEmpty else {
                throw TestFailure("closed before the end of the head: \(String(decoding: bytes, as: UTF8.self))")
            }
            bytes += more
        }
    }

    private static func head(of bytes: [UInt8]) throws -> (head: TestResponse, bodyStart: Int)? {
        let end: [UInt8] = [13, 10, 13, 10]
        guard bytes.count >= 4, let index = (0...bytes.count - 4).first(where: { Array(bytes[$0..<$0 + 4]) == end })
        else { return nil }
        let lines = String(decoding: bytes[..<index], as: UTF8.self).split(separator: "\r\n")
        let start = lines.first?.split(separator: " ", maxSplits: 2) ?? []
        guard start.count >= 2, start[0] == "HTTP/1.1", let status = Int(start[1]) else {
            throw TestFailure("no HTTP answer: \(lines.first ?? "")")
        }
        let headers = lines.dropFirst().map { line in
            let colon = line.firstIndex(of: ":") ?? line.endIndex
            let value = colon < line.endIndex ? line[line.index(after: colon)...] : ""
            return (name: String(line[..<colon]), value: String(value.drop { $0 == " " }))
        }
        return (TestResponse(status: status, headers: headers, body: []), index + 4)
    }

    private static func body(
        after head: TestResponse, _ first: [UInt8], from socket: TestSocket, isHead: Bool, by deadline: Deadline
    ) throws -> (body: [UInt8], rest: [UInt8]) {
        if isHead || head.status < 200 || head.status == 204 || head.status == 304 { return ([], first) }
        var bytes = first
        let length = head.header("Content-Length").flatMap { Int($0) }
        while length.map({ bytes.count < $0 }) ?? true {
            let more = try socket.read(by: deadline)
            if more.isEmpty {
                guard let length else { break }
                throw TestFailure("closed after \(bytes.count) of \(length) bytes of the body")
            }
            bytes += more
        }
        let end = length ?? bytes.count
        return (Array(bytes[..<end]), Array(bytes[end...]))
    }
}
