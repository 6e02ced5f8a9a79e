import Testing

@testable import SessionHub

@Suite("Token bucket")
struct TokenBucketTests {
    let start = Timestamp(milliseconds: 0)

    @Test func `a burst is taken at once, then the rate`() {
        var bucket = TokenBucket(rate: 5, burst: 10, now: start)
        for _ in 0..<10 { #expect(bucket.take(now: start) == nil) }
        #expect(bucket.take(now: start) == 200)
        #expect(bucket.take(now: start + 199) == 1)
        #expect(bucket.take(now: start + 200) == nil)
    }

    @Test func `a rate of 0 is no limit`() {
        var bucket = TokenBucket(rate: 0, burst: 0, now: start)
        for _ in 0..<1000 { #expect(bucket.take(now: start) == nil) }
    }

    @Test func `a clock that goes back gives nothing and breaks nothing`() {
        var bucket = TokenBucket(rate: 1, burst: 1, now: start + 10_000)
        #expect(bucket.take(now: start + 10_000) == nil)
        #expect(bucket.take(now: start) == 1000)
        #expect(bucket.take(now: start + 11_000) == nil)
    }

    @Test func `it knows when it is full again`() {
        var bucket = TokenBucket(rate: 5, burst: 10, now: start)
        #expect(bucket.isFull(now: start))
        _ = bucket.take(now: start)
        #expect(!bucket.isFull(now: start + 199))
        #expect(bucket.isFull(now: start + 200))
    }
}

@Suite("Typing list")
struct TypingListTests {
    let start = Timestamp(milliseconds: 0)

    @Test func `only changes are told, in order of id`() {
        var typing = TypingList()
        #expect(typing.changed(now: start) == nil)
        typing.set(9, on: true, now: start)
        typing.set(3, on: true, now: start)
        #expect(typing.changed(now: start) == [3, 9])
        typing.set(9, on: true, now: start + 100)
        #expect(typing.changed(now: start + 100) == nil)
        typing.set(3, on: false, now: start + 200)
        #expect(typing.changed(now: start + 200) == [9])
    }

    @Test func `somebody who never says off stops by time`() {
        var typing = TypingList()
        typing.set(9, on: true, now: start)
        _ = typing.changed(now: start)
        #expect(typing.needsTick)
        #expect(typing.changed(now: start + 6000) == [])
        #expect(!typing.needsTick)
    }
}

@Suite("Reply list")
struct ReplyListTests {
    @Test func `replies come out in order and the list is bounded`() {
        var list = ReplyList()
        for index in 0..<256 { #expect(list.add([UInt8(index)])) }
        #expect(!list.add([0]))
        for index in 0..<256 { #expect(list.next() == [UInt8(index)]) }
        #expect(list.next() == nil)
        #expect(!list.add(Array(repeating: 0, count: 512 * 1024 + 1)))
    }
}
