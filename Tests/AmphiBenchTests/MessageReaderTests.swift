import Testing

@testable import amphi_bench

struct MessageReaderTests {
    private func messages(_ reader: inout MessageReader) throws -> [MessageReader.Message] {
        var messages: [MessageReader.Message] = []
        while let message = try reader.next() { messages.append(message) }
        return messages
    }

    @Test func `messages come whole, however the bytes are cut`() throws {
        let bytes: [UInt8] = [0x81, 2, 0x7B, 0x7D, 0x01, 1, 0x61, 0x89, 1, 0x70, 0x80, 1, 0x62, 0x88, 2, 0x0F, 0xA0]
        var reader = MessageReader()
        var found: [MessageReader.Message] = []
        for byte in bytes {
            reader.append([byte])
            found += try messages(&reader)
        }
        #expect(found == [.text([0x7B, 0x7D]), .ping([0x70]), .text([0x61, 0x62]), .close(4000)])
    }

    @Test(arguments: [[0x82, 0], [0x80, 0], [0x01, 0, 0x81, 0], [0x81, 0x80]] as [[UInt8]])
    func `what no hub may send is a violation`(bytes: [UInt8]) {
        var reader = MessageReader()
        reader.append(bytes)
        #expect(throws: MessageReader.Violation.self) { try messages(&reader) }
    }
}
