/// Finds the WebSocket frames (RFC 6455, section 5.2) in bytes that a server sent. Pure: no I/O, no copy of payloads.
enum FrameReader {
    enum Opcode: UInt8 {
        case continuation = 0
        case text = 1
        case binary = 2
        case close = 8
        case ping = 9
        case pong = 10

        var isControl: Bool { rawValue >= 8 }
    }

    struct Frame: Equatable {
        let opcode: Opcode
        let isFinal: Bool
        /// Where the payload lies in the bytes that were read.
        let payload: Range<Int>
    }

    enum Violation: Error, Equatable {
        case reservedBits
        case unknownOpcode(UInt8)
        case maskedByServer
        case longControlFrame
        case fragmentedControlFrame
        case lengthNotMinimal
        case tooLong(UInt64)
    }

    /// A server's frame is at most 256 KiB (the welcome); anything near this is a lost framing.
    static let longestPayload = 16 * 1024 * 1024

    /// The frame that starts at `start`, or nil while it is not complete.
    static func frame(in bytes: Span<UInt8>, from start: Int) throws(Violation) -> Frame? {
        guard bytes.count - start >= 2 else { return nil }
        let (first, second) = (bytes[start], bytes[start + 1])
        guard first & 0x70 == 0 else { throw .reservedBits }
        guard let opcode = Opcode(rawValue: first & 0x0F) else { throw .unknownOpcode(first & 0x0F) }
        guard second & 0x80 == 0 else { throw .maskedByServer }
        let isFinal = first & 0x80 != 0
        let shortLength = second & 0x7F
        if opcode.isControl {
            guard shortLength < 126 else { throw .longControlFrame }
            guard isFinal else { throw .fragmentedControlFrame }
        }
        let lengthBytes = shortLength == 126 ? 2 : shortLength == 127 ? 8 : 0
        let payloadStart = start + 2 + lengthBytes
        guard bytes.count >= payloadStart else { return nil }
        var length = UInt64(lengthBytes == 0 ? shortLength : 0)
        for index in (payloadStart - lengthBytes)..<payloadStart { length = length << 8 | UInt64(bytes[index]) }
        guard length <= UInt64(longestPayload) else { throw .tooLong(length) }
        if lengthBytes == 2, length < 126 { throw .lengthNotMinimal }
        if lengthBytes == 8, length < 65_536 { throw .lengthNotMinimal }
        let payloadEnd = payloadStart + Int(length)
        guard bytes.count >= payloadEnd else { return nil }
        return Frame(opcode: opcode, isFinal: isFinal, payload: payloadStart..<payloadEnd)
    }
}
