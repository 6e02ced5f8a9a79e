import HTTPTypes

/// The request line and the headers of one request, checked.
struct RequestHead: Sendable, Equatable {
    var method: HTTPRequest.Method
    /// As sent: an origin-form target ("/path?query"), or "*".
    var target: String
    /// 0 for HTTP/1.0, 1 for HTTP/1.1.
    var minorVersion: Int
    var headers: HTTPFields
    /// How the end of the body is found.
    var framing = BodyFraming.none

    /// What the client wants after the response (RFC 9112, 9.3).
    var keepsAlive: Bool {
        if hasToken("close", in: .connection) { return false }
        return minorVersion >= 1 || hasToken("keep-alive", in: .connection)
    }

    var expectsContinue: Bool { minorVersion >= 1 && hasToken("100-continue", in: .expect) }

    /// Whether the body is compressed, or anything else than itself (RFC 9110, 8.4).
    var hasEncodedBody: Bool {
        headers[values: .contentEncoding].contains { value in
            value.split(separator: ",").contains { !["", "identity"].contains($0.trimmingBlanks().lowercased()) }
        }
    }

    /// Asks for a WebSocket (RFC 6455, 4.1); whether it does so rightly is `Handshake`'s to say.
    var wantsWebSocket: Bool {
        method == .get && minorVersion >= 1 && hasToken("upgrade", in: .connection)
            && hasToken("websocket", in: .upgrade)
    }

    func hasToken(_ token: String, in name: HTTPField.Name) -> Bool {
        headers[values: name].contains { value in
            value.split(separator: ",").contains { part in
                part.trimmingBlanks().lowercased() == token
            }
        }
    }
}

extension StringProtocol {
    func trimmingBlanks() -> String {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        guard let first = firstIndex(where: { !isBlank($0) }), let last = lastIndex(where: { !isBlank($0) }) else {
            return ""
        }
        return String(self[first...last])
    }
}
