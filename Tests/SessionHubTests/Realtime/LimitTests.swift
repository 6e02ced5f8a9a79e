import Testing

@testable import SessionHub

@Suite("Token bucket")
struct TokenBucketTests {
    let start = Timestamp(milliseconds: 0)

    @Test func `a burst is taken at once, then the rate`() {
        var bucket = TokenBucket(rate: 5, burst: 10, now: start)
        let burst = (0..<10).map { _ in bucket.take(now: start) }
        #expect(burst == Array(repeating: nil, count: 10))
        let waits = [start, start + 199, start + 200].map { bucket.take(now: $0) }
        #expect(waits == [200, 1, nil])
    }

    @Test func `a rate may be of an hour`() {
        var bucket = TokenBucket(rate: 2, burst: 2, per: 3_600_000, now: start)
        let waits = [0, 0, 0, 1_799_999, 1_800_000, 1_800_000].map { bucket.take(now: start + $0) }
        #expect(waits == [nil, nil, 1_800_000, 1, nil, 1_800_000])
    }

    @Test func `a rate of 0 is no limit`() {
        var bucket = TokenBucket(rate: 0, burst: 0, now: start)
        let waits = (0..<1000).compactMap { _ in bucket.take(now: start) }
        #expect(waits.isEmpty)
    }

    @Test func `a clock that goes back gives nothing and breaks nothing`() {
        var bucket = TokenBucket(rate: 1, burst: 1, now: start + 10_000)
        let waits = [start + 10_000, start, start + 11_000].map { bucket.take(now: $0) }
        #expect(waits == [nil, 1000, nil])
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
        var told = [typing.changed(now: start)]
        typing.set(9, on: true, now: start)
        typing.set(3, on: true, now: start)
        told.append(typing.changed(now: start))
        typing.set(9, on: true, now: start + 100)
        told.append(typing.changed(now: start + 100))
        typing.set(3, on: false, now: start + 200)
        told.append(typing.changed(now: start + 200))
        #expect(told == [nil, [3, 9], nil, [9]])
    }

    // Found from outside, no. 7
    @Test func `a post ends its author's typing, an anonymous one leaves it to its own end`() {
        var typing = TypingList()
        typing.set(3, on: true, now: start)
        typing.set(9, on: true, now: start)
        var told = [typing.changed(now: start)]
        typing.posted(3, isAnonymous: true, now: start + 1000)
        told.append(typing.changed(now: start + 1000))
        typing.posted(9, isAnonymous: false, now: start + 2000)
        told.append(typing.changed(now: start + 2000))
        told.append(typing.changed(now: start + 6000))
        #expect(told == [[3, 9], nil, [3], []])
    }

    @Test func `somebody who never says off stops by time`() {
        var typing = TypingList()
        typing.set(9, on: true, now: start)
        _ = typing.changed(now: start)
        #expect(typing.needsTick)
        let told = typing.changed(now: start + 6000)
        #expect(told == [])
        #expect(!typing.needsTick)
    }
}

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
