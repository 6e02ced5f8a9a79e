import HTTPTypes

/// Turns a finished response into bytes.
struct ResponseEncoder {
    /// Whether the connection ends after this response.
    var closes: Bool
    /// HTTP/1.0 clients must be told that it does not.
    var confirmsKeepAlive: Bool
    /// The answer to HEAD has GET's Content-Length and no body.
    var omitsBody: Bool
    var date: String

    /// The fields that only the server may set.
    private static let framing: [HTTPField.Name] = [.contentLength, .transferEncoding, .connection, .date]

    func encode(_ response: Response) -> [UInt8] {
        var text = "HTTP/1.1 \(response.status.code) \(response.status.reasonPhrase)\r\n"
        for field in response.headers where !Self.framing.contains(field.name) && Self.isSafe(field.value) {
            text += "\(field.name.rawName): \(field.value)\r\n"
        }
        // "A server MUST NOT send a Content-Length header field in any response with a status code of 1xx or 204".
        let mayHaveBody =
            response.status.code >= 200 && response.status != .noContent && response.status != .notModified
        if mayHaveBody { text += "Content-Length: \(response.body.count)\r\n" }
        text += "Date: \(date)\r\n"
        if closes { text += "Connection: close\r\n" } else if confirmsKeepAlive { text += "Connection: keep-alive\r\n" }
        text += "\r\n"
        var bytes = Array(text.utf8)
        if mayHaveBody, !omitsBody { bytes.append(contentsOf: response.body.bytes) }
        return bytes
    }

    /// Header lines that end in CRLF, for the 101 response.
    static func lines(_ headers: HTTPFields) -> [UInt8] {
        var text = ""
        for field in headers where !framing.contains(field.name) && isSafe(field.value) {
            text += "\(field.name.rawName): \(field.value)\r\n"
        }
        return Array(text.utf8)
    }

    /// HTTPTypes replaces CR, LF and NUL already; what would split a response is not sent even if it did not.
    private static func isSafe(_ value: String) -> Bool { !value.utf8.contains { $0 == 13 || $0 == 10 || $0 == 0 } }
}
