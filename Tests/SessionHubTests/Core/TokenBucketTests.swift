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
