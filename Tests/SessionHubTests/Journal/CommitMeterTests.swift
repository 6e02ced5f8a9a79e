import Testing

@testable import SessionHub

@Suite("Commits of the last minute")
struct CommitMeterTests {
    private let start = Timestamp(seconds: 1_773_565_200)

    @Test func `a quiet minute has no times`() {
        let reading = CommitMeter().reading(now: start)
        #expect(reading == CommitMeter.Reading(postsPerSecond: 0, commits: 0, p50: nil, p99: nil))
    }

    @Test func `median and 99th percentile are at most 9 percent above what was measured`() throws {
        var meter = CommitMeter()
        for number in 1...1000 {
            meter.record(.milliseconds(number <= 980 ? 2 : 70), posts: 3, now: start + Int64(number))
        }
        let reading = meter.reading(now: start + 2000)
        #expect(reading.commits == 1000)
        #expect(reading.postsPerSecond == 50)
        let (p50, p99) = (try #require(reading.p50), try #require(reading.p99))
        #expect(p50 >= 2 && p50 < 2.19)
        #expect(p99 >= 70 && p99 < 76.4)
    }

    @Test func `what is older than a minute counts no more, also when nothing came after it`() {
        var meter = CommitMeter()
        meter.record(.milliseconds(1), posts: 60, now: start)
        meter.record(.milliseconds(1), posts: 120, now: start + 30_000)
        #expect(meter.reading(now: start + 59_999).postsPerSecond == 3)
        #expect(meter.reading(now: start + 60_000).postsPerSecond == 2)
        #expect(meter.reading(now: start + 90_000).commits == 0)
        meter.record(.milliseconds(1), posts: 60, now: start + 120_000)
        #expect(meter.reading(now: start + 120_000).postsPerSecond == 1)
    }

    @Test func `times beyond every bucket are kept in the last`() throws {
        var meter = CommitMeter()
        meter.record(.zero, posts: 0, now: start)
        meter.record(.seconds(100_000), posts: 0, now: start)
        let reading = meter.reading(now: start)
        #expect(reading.p50 == 0.001)
        #expect(try #require(reading.p99) > 130_000)
    }
}
