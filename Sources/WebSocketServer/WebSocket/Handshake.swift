import HTTPTypes

/// Whether an upgrade request is a WebSocket handshake of version 13 (RFC 6455, 4.2.1), and what lws is told of it.
struct Handshake: Equatable {
    let key: String

    init(_ head: RequestHead) throws(HTTPFault) {
        // libwebsockets 4.1.6 takes any version for 13.
        guard head.headers[values: .secWebSocketVersion] == ["13"] else { throw .upgradeRequired }
        let keys = head.headers[values: .secWebSocketKey]
        guard keys.count == 1, Self.isKey(keys[0]) else {
            throw .malformed("Sec-WebSocket-Key is not 16 bytes in base64")
        }
        guard head.framing == .none else { throw .malformed("a handshake has no body") }
        key = keys[0]
    }

    /// The request that lws parses in place of the client's: only what it needs. Extensions are left out, since none is
    /// supported, and the subprotocol is answered by us: lws would close a handshake with more than 255 bytes of the
    /// one or 127 of the other, or with none that it knows.
    var forLibwebsockets: [UInt8] {
        Array(
            """
            GET / HTTP/1.1\r
            Host: localhost\r
            Upgrade: websocket\r
            Connection: Upgrade\r
            Sec-WebSocket-Version: 13\r
            Sec-WebSocket-Key: \(key)\r
            \r

            """.utf8)
    }

    /// 16 bytes in base64: 22 digits and `==`.
    private static func isKey(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return bytes.count == 24 && bytes.suffix(2) == [UInt8(ascii: "="), UInt8(ascii: "=")]
            && bytes.prefix(22).allSatisfy(isBase64)
    }

    private static func isBase64(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"): true
        default: false
        }
    }
}
