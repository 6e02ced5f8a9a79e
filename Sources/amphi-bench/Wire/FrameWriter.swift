/// Writes masked client frames (RFC 6455, section 5.3) to the end of a buffer.
struct FrameWriter {
    /// xorshift64*: masking must only be unpredictable for a proxy, not secret, and the system's generator costs a
    /// system call for each key.
    private var state: UInt64

    init(seed: UInt64) { state = seed | 1 }

    mutating func append(_ opcode: FrameReader.Opcode, _ payload: some Collection<UInt8>, to buffer: inout [UInt8]) {
        buffer.append(0x80 | opcode.rawValue)
        let count = payload.count
        switch count {
        case ..<126:
            buffer.append(0x80 | UInt8(count))
        case ..<65_536:
            buffer.append(0x80 | 126)
            buffer.append(UInt8(truncatingIfNeeded: count >> 8))
            buffer.append(UInt8(truncatingIfNeeded: count))
        default:
            buffer.append(0x80 | 127)
            for shift in stride(from: 56, through: 0, by: -8) {
                buffer.append(UInt8(truncatingIfNeeded: count >> shift))
            }
        }
        let key = nextKey()
        for shift in [UInt32(0), 8, 16, 24] { buffer.append(UInt8(truncatingIfNeeded: key >> shift)) }
        var shift: UInt32 = 0
        for byte in payload {
            buffer.append(byte ^ UInt8(truncatingIfNeeded: key >> shift))
            shift = (shift + 8) & 31
        }
    }

    private mutating func nextKey() -> UInt32 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return UInt32(truncatingIfNeeded: (state &* 0x2545_F491_4F6C_DD1D) >> 32)
    }
}
