import Testing

@testable import SessionHub

@Suite("Reply list")
struct ReplyListTests {
    @Test func `replies come out in order and the list is bounded`() {
        var list = ReplyList()
        let taken = (0..<257).map { list.add([UInt8($0 % 256)]) }
        #expect(taken == Array(repeating: true, count: 256) + [false])
        let replies = (0..<257).map { _ in list.next() }
        #expect(replies == (0..<256).map { [UInt8($0)] } + [nil])
        let tookTooLarge = list.add(Array(repeating: 0, count: 512 * 1024 + 1))
        #expect(!tookTooLarge)
        #expect(list.isEmpty)
    }
}
