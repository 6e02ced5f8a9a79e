import Dispatch
import Synchronization

/// Asks one web server one question, and gives up in time. For commands, which may wait for an answer; the hub itself
/// asks nobody.
package struct WebClient: Sendable {
    package let isSecure: Bool
    /// A name, or an address; an IPv6 address in its brackets.
    package let host: String
    package let port: UInt16

    package init(isSecure: Bool, host: String, port: UInt16) {
        self.isSecure = isSecure
        self.host = host
        self.port = port
    }

    /// The answer to `GET path`, or why there is none within `seconds`; a redirect is an answer.
    ///
    /// A look-up of a name cannot be called off, so it runs on a thread of its own, and is left there when time is up.
    package func get(_ path: String, within seconds: Int) async -> Result<WebAnswer, WebClientError> {
        await withCheckedContinuation { continuation in
            let once = FirstAnswer { continuation.resume(returning: $0) }
            DispatchQueue.global().async { once.give(exchange(path, within: seconds)) }
            DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(seconds)) { once.give(.failure(.silent)) }
        }
    }

    private func exchange(_ path: String, within seconds: Int) -> Result<WebAnswer, WebClientError> {
        Result { () throws(WebClientError) in
            let connection = try WebConnection(to: self, within: seconds)
            defer { connection.close() }
            // HTTP/1.0, so that the answer ends with the connection and comes in one piece.
            try connection.write(
                Array("GET \(path) HTTP/1.0\r\nHost: \(host):\(port)\r\nUser-Agent: amphi\r\nAccept: */*\r\n\r\n".utf8)
            )
            return try WebAnswer(reading: try connection.readToEnd(limit: Self.longestAnswer))
        }
    }

    private static let longestAnswer = 4 << 20
}

/// What a server answered.
package struct WebAnswer: Sendable, Equatable {
    package let status: Int
    /// By their names in lower case.
    package let headers: [String: String]
    package let body: [UInt8]

    package init(reading bytes: [UInt8]) throws(WebClientError) {
        let end: [UInt8] = [13, 10, 13, 10]
        guard let split = bytes.firstRange(of: end) else { throw bytes.isEmpty ? .silent : .notHTTP }
        let lines = String(decoding: bytes[..<split.lowerBound], as: UTF8.self).split(separator: "\r\n")
        let words = lines.first?.split(separator: " ", maxSplits: 2) ?? []
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else { throw .notHTTP }
        self.status = status
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            headers[parts[0].lowercased()] = String(parts[1].drop { $0 == " " })
        }
        self.headers = headers
        body = Array(bytes[split.upperBound...])
    }
}

/// Why there is no answer.
package enum WebClientError: Error, Equatable {
    case unknownHost
    /// Nobody listens there, or the way is closed.
    case unreachable
    /// The certificate is not trusted, or there is no TLS; with OpenSSL's words.
    case untrusted(String)
    case silent
    case notHTTP
}

/// Hands on the first of several answers.
private final class FirstAnswer: Sendable {
    private let receive: Mutex<(@Sendable (Result<WebAnswer, WebClientError>) -> Void)?>

    init(_ receive: @escaping @Sendable (Result<WebAnswer, WebClientError>) -> Void) { self.receive = Mutex(receive) }

    func give(_ answer: Result<WebAnswer, WebClientError>) {
        let receive = receive.withLock { receive in
            defer { receive = nil }
            return receive
        }
        receive?(answer)
    }
}
