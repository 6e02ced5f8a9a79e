/// RFC 6455 framing from the client's side.
package struct WebSocketFrame: Sendable, Equatable {
    package enum Opcode: UInt8, Sendable {
        case continuation = 0
        case text = 1
        case binary = 2
        case close = 8
        case ping = 9
        case pong = 10
    }

    package var opcode: Opcode
    package var payload: [UInt8]
    package var isFinal: Bool

    package init(_ opcode: Opcode, _ payload: [UInt8], isFinal: Bool = true) {
        self.opcode = opcode
        self.payload = payload
        self.isFinal = isFinal
    }

    package init(text: String) { self.init(.text, Array(text.utf8)) }

    /// Masked, as a client must send it.
    package func bytes() -> [UInt8] {
        var bytes: [UInt8] = [(isFinal ? 0x80 : 0) | opcode.rawValue]
        let count = payload.count
        if count < 126 {
            bytes.append(0x80 | UInt8(count))
        } else if count < 65_536 {
            bytes += [0x80 | 126, UInt8(count >> 8), UInt8(count & 255)]
        } else {
            bytes.append(0x80 | 127)
            for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(count >> shift & 255)) }
        }
        let mask = (0..<4).map { _ in UInt8.random(in: 0...255) }
        bytes += mask
        bytes.reserveCapacity(bytes.count + count)
        for (index, byte) in payload.enumerated() { bytes.append(byte ^ mask[index & 3]) }
        return bytes
    }

    /// Takes one frame from the start of a server's stream; nil while it is not complete.
    package static func take(from stream: inout ArraySlice<UInt8>) throws -> WebSocketFrame? {
        let start = stream.startIndex
        guard stream.count >= 2 else { return nil }
        guard let opcode = Opcode(rawValue: stream[start] & 15), stream[start] & 0x70 == 0 else {
            throw TestFailure("a frame with first byte \(stream[start])")
        }
        guard stream[start + 1] & 0x80 == 0 else { throw TestFailure("a server must not mask") }
        var length = Int(stream[start + 1])
        var header = 2
        if length > 125 {
            header = length == 126 ? 4 : 10
            guard stream.count >= header else { return nil }
            length = stream[start + 2..<start + header].reduce(0) { $0 << 8 | Int($1) }
        }
        guard stream.count >= header + length else { return nil }
        let isFinal = stream[start] & 0x80 != 0
        let payload = Array(stream[start + header..<start + header + length])
        stream = stream[(start + header + length)...]
        return WebSocketFrame(opcode, payload, isFinal: isFinal)
    }
}
