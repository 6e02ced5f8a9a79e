import Testing

@testable import WebSocketServer

@Suite struct MessageAssemblerTests {
    @Test func `pieces make one message`() {
        var assembler = MessageAssembler(maxBytes: 10)
        #expect(assembler.append([1, 2], isBinary: false, isFinal: false) == .wait)
        #expect(assembler.append([3], isBinary: false, isFinal: false) == .wait)
        #expect(assembler.append([4], isBinary: false, isFinal: true) == .deliver([1, 2, 3, 4]))
        #expect(assembler.append([5], isBinary: false, isFinal: true) == .deliver([5]))
    }

    @Test func `an empty message is a message`() {
        var assembler = MessageAssembler(maxBytes: 10)
        #expect(assembler.append([], isBinary: false, isFinal: true) == .deliver([]))
    }

    @Test func `the cap is inclusive and counts all pieces`() {
        var assembler = MessageAssembler(maxBytes: 4)
        #expect(assembler.append([1, 2, 3, 4], isBinary: false, isFinal: true) == .deliver([1, 2, 3, 4]))
        #expect(assembler.append([1, 2, 3], isBinary: false, isFinal: false) == .wait)
        #expect(assembler.append([4, 5], isBinary: false, isFinal: false) == .refuse(1009))
        #expect(assembler.append([6], isBinary: false, isFinal: true) == .wait)
    }

    @Test func `binary is refused at its first piece`() {
        var assembler = MessageAssembler(maxBytes: 4)
        #expect(assembler.append([1], isBinary: true, isFinal: false) == .refuse(1003))
    }

    @Test func `a character cut off before an empty last piece is refused`() {
        var assembler = MessageAssembler(maxBytes: 10)
        #expect(assembler.append([0xC3], isBinary: false, isFinal: false) == .wait)
        #expect(assembler.append([], isBinary: false, isFinal: true) == .refuse(1007))
    }

    @Test func `a whole text before an empty last piece is delivered`() {
        var assembler = MessageAssembler(maxBytes: 10)
        #expect(assembler.append([0xC3, 0xA4], isBinary: false, isFinal: false) == .wait)
        #expect(assembler.append([], isBinary: false, isFinal: true) == .deliver([0xC3, 0xA4]))
    }
}
