import Testing

@testable import amphi_bench

struct LatencyHistogramTests {
    @Test func `small values are kept exactly`() {
        var histogram = LatencyHistogram()
        for value in 1...100 as ClosedRange<UInt64> { histogram.record(value) }
        #expect(histogram.quantile(0.5) == 50)
        #expect(histogram.quantile(0.01) == 1)
        #expect(histogram.mean == 50.5)
        #expect(histogram.count == 100)
    }

    @Test(arguments: [127, 128, 129, 1000, 65_535, 1_000_000, 123_456_789, 7_000_000_000] as [UInt64])
    func `a single value is found again within 1.6 percent`(value: UInt64) {
        var histogram = LatencyHistogram()
        histogram.record(value)
        histogram.record(LatencyHistogram.longest)
        let found = histogram.quantile(0.5)
        #expect(found >= value)
        #expect(Double(found - value) <= Double(value) * 0.016)
    }

    @Test func `no quantile exceeds the maximum`() {
        var histogram = LatencyHistogram()
        histogram.record(1_000_001)
        #expect(histogram.quantile(0.999) == 1_000_001)
        #expect(histogram.maximum == 1_000_001)
    }

    @Test func `an empty histogram says 0`() {
        #expect(LatencyHistogram().quantile(0.99) == 0)
        #expect(LatencyHistogram().mean == 0)
    }

    @Test func `merging equals recording into one`() {
        var (left, right, both) = (LatencyHistogram(), LatencyHistogram(), LatencyHistogram())
        for value in stride(from: 1, to: 5_000_000, by: 7_919) as StrideTo<UInt64> {
            if value % 2 == 0 { left.record(value) } else { right.record(value) }
            both.record(value)
        }
        left.merge(right)
        #expect(left == both)
    }

    @Test func `what is longer than the longest counts as the longest`() {
        var histogram = LatencyHistogram()
        histogram.record(.max)
        #expect(histogram.quantile(1) == LatencyHistogram.longest)
    }
}
