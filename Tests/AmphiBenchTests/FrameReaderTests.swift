import Testing

@testable import amphi_bench

struct FrameReaderTests {
    private func read(_ bytes: [UInt8], from start: Int = 0) throws(FrameReader.Violation) -> FrameReader.Frame? {
        try FrameReader.frame(in: bytes.span, from: start)
    }

    @Test func `the RFC's unmasked Hello is one final text frame`() throws {
        let frame = try read([0x81, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F])
        #expect(frame == FrameReader.Frame(opcode: .text, isFinal: true, payload: 2..<7))
    }

    @Test func `a frame begins where the one before ended`() throws {
        let frame = try read([0x89, 0x00, 0x01, 0x01, 0x41, 0x80, 0x00], from: 2)
        #expect(frame == FrameReader.Frame(opcode: .text, isFinal: false, payload: 4..<5))
    }

    @Test(arguments: [(126, 4), (65_535, 4), (65_536, 10)])
    func `long payloads have the extended length`(count: Int, headerLength: Int) throws {
        let length: [UInt8] =
            headerLength == 4
            ? [126, UInt8(count >> 8), UInt8(count & 0xFF)] : [127, 0, 0, 0, 0, 0, 1, 0, 0]
        let bytes = [0x82] + length + [UInt8](repeating: 1, count: count)
        let payload = headerLength..<headerLength + count
        #expect(try read(bytes) == FrameReader.Frame(opcode: .binary, isFinal: true, payload: payload))
        #expect(try read(Array(bytes.dropLast())) == nil)
    }

    @Test func `every proper prefix is incomplete`() throws {
        let bytes: [UInt8] = [0x81, 126, 0, 126] + [UInt8](repeating: 0x41, count: 126)
        for count in 0..<bytes.count { #expect(try read(Array(bytes[..<count])) == nil) }
    }

    @Test(
        arguments: [
            ([0xC1, 0x00], .reservedBits), ([0x83, 0x00], .unknownOpcode(3)), ([0x81, 0x80], .maskedByServer),
            ([0x89, 0x7E], .longControlFrame), ([0x09, 0x00], .fragmentedControlFrame),
            ([0x81, 126, 0, 125], .lengthNotMinimal), ([0x81, 127, 0, 0, 0, 0, 0, 0, 255, 255], .lengthNotMinimal),
            ([0x81, 127, 1, 0, 0, 0, 0, 0, 0, 0], .tooLong(1 << 56)),
        ] as [([UInt8], FrameReader.Violation)])
    func `what RFC 6455 forbids is refused`(bytes: [UInt8], violation: FrameReader.Violation) {
        #expect(throws: violation) { try read(bytes) }
    }

    @Test(arguments: [0, 1, 125, 126, 127, 65_535, 65_536])
    func `the writer's frames unmask to their payload`(count: Int) {
        var writer = FrameWriter(seed: 7)
        let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        var bytes: [UInt8] = [0xAA]
        writer.append(.text, payload, to: &bytes)
        let lengthBytes = count < 126 ? 0 : count < 65_536 ? 2 : 8
        let key = bytes[3 + lengthBytes..<7 + lengthBytes]
        let unmasked = bytes[(7 + lengthBytes)...].enumerated().map { $1 ^ key[key.startIndex + $0 % 4] }
        #expect(bytes[1] == 0x81)
        #expect(bytes[2] & 0x80 == 0x80)
        #expect(unmasked == payload)
    }

    @Test func `two frames have different masks`() {
        var writer = FrameWriter(seed: 7)
        var (first, second): ([UInt8], [UInt8]) = ([], [])
        writer.append(.text, [0, 0, 0, 0], to: &first)
        writer.append(.text, [0, 0, 0, 0], to: &second)
        #expect(first != second)
    }
}
