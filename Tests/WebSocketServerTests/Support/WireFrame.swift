import Testing

/// A WebSocket frame as it goes over the wire.
struct WireFrame: Equatable, CustomTestStringConvertible {
    var isFinal = true
    var opcode: UInt8
    var payload: [UInt8]

    static func text(_ text: String, isFinal: Bool = true) -> WireFrame {
        WireFrame(isFinal: isFinal, opcode: 1, payload: Array(text.utf8))
    }
    static func binary(_ bytes: [UInt8]) -> WireFrame { WireFrame(opcode: 2, payload: bytes) }
    static func continuation(_ text: String, isFinal: Bool) -> WireFrame {
        WireFrame(isFinal: isFinal, opcode: 0, payload: Array(text.utf8))
    }
    static func ping(_ text: String) -> WireFrame { WireFrame(opcode: 9, payload: Array(text.utf8)) }
    static func pong(_ text: String) -> WireFrame { WireFrame(opcode: 10, payload: Array(text.utf8)) }
    static func close(_ code: UInt16, _ reason: String = "") -> WireFrame {
        WireFrame(opcode: 8, payload: [UInt8(code >> 8), UInt8(code & 0xFF)] + Array(reason.utf8))
    }

    var testDescription: String {
        "opcode \(opcode)\(isFinal ? "" : " (more)"), \(payload.count) bytes: \(text.prefix(20))"
    }
    var text: String { String(decoding: payload, as: UTF8.self) }
    var closeCode: UInt16? { opcode == 8 && payload.count >= 2 ? UInt16(payload[0]) << 8 | UInt16(payload[1]) : nil }

    /// As a client sends it: masked.
    var masked: [UInt8] {
        var bytes = [(isFinal ? 0x80 : 0) | opcode]
        switch payload.count {
        case ..<126: bytes.append(0x80 | UInt8(payload.count))
        case ..<65_536: bytes += [0x80 | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        default: bytes += [0x80 | 127] + (0..<8).map { UInt8(truncatingIfNeeded: payload.count >> (56 - 8 * $0)) }
        }
        let mask: [UInt8] = [0x12, 0x34, 0x56, 0x78]
        bytes += mask
        bytes += payload.enumerated().map { $0.element ^ mask[$0.offset & 3] }
        return bytes
    }
}

extension RawClient {
    static let key = "dGhlIHNhbXBsZSBub25jZQ=="

    static func handshake(
        _ path: String = "/socket", version: String = "13", key: String = RawClient.key, headers: String = ""
    ) -> String {
        "GET \(path) HTTP/1.1\r\nHost: test\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
            + "Sec-WebSocket-Version: \(version)\r\nSec-WebSocket-Key: \(key)\r\n\(headers)\r\n"
    }

    /// Connects and upgrades.
    static func webSocket(_ port: UInt16, _ path: String = "/socket", receiveBuffer: Int32? = nil) throws -> RawClient {
        let client = try RawClient(port: port, receiveBuffer: receiveBuffer)
        let response = try client.exchange(handshake(path))
        guard response.status == 101 else { throw Failure(description: "the upgrade was answered \(response)") }
        return client
    }

    func send(_ frame: WireFrame) throws { try send(frame.masked) }

    func readFrame() throws -> WireFrame {
        let head = try read(2)
        var count = Int(head[1] & 0x7F)
        if count == 126 {
            count = try read(2).reduce(0) { $0 << 8 | Int($1) }
        } else if count == 127 {
            count = try read(8).reduce(0) { $0 << 8 | Int($1) }
        }
        return WireFrame(isFinal: head[0] & 0x80 != 0, opcode: head[0] & 0x0F, payload: try read(count))
    }
}
