/// Counts durations in nanoseconds with a relative error under 1.6 %, in constant memory.
///
/// Log-linear: 64 buckets for each power of two, so that recording is one shift and one increment.
struct LatencyHistogram: Sendable, Equatable {
    /// Longer durations (over 2.4 hours) are counted as this.
    static let longest: UInt64 = (1 << 43) - 1
    private static let precisionBits = 6

    private var counts = [UInt64](repeating: 0, count: Self.bucket(of: Self.longest) + 1)
    private(set) var count: UInt64 = 0
    private(set) var maximum: UInt64 = 0
    private var sum: Double = 0

    /// Mean in nanoseconds, 0 when nothing was recorded.
    var mean: Double { count == 0 ? 0 : sum / Double(count) }

    mutating func record(_ nanoseconds: UInt64) {
        let value = min(nanoseconds, Self.longest)
        counts[Self.bucket(of: value)] &+= 1
        count &+= 1
        maximum = max(maximum, value)
        sum += Double(value)
    }

    mutating func merge(_ other: LatencyHistogram) {
        for index in counts.indices { counts[index] &+= other.counts[index] }
        count &+= other.count
        maximum = max(maximum, other.maximum)
        sum += other.sum
    }

    /// The smallest bucket bound that at least `share` (0...1) of the values do not exceed, never above `maximum`;
    /// 0 when nothing was recorded.
    func quantile(_ share: Double) -> UInt64 {
        guard count > 0 else { return 0 }
        let rank = max(1, UInt64((Double(count) * min(max(share, 0), 1)).rounded(.up)))
        var seen: UInt64 = 0
        for (index, bucketCount) in counts.enumerated() {
            seen &+= bucketCount
            if seen >= rank { return min(Self.upperBound(of: index), maximum) }
        }
        return maximum
    }

    private static func bucket(of value: UInt64) -> Int {
        let significantBits = UInt64.bitWidth - value.leadingZeroBitCount
        let shift = max(0, significantBits - precisionBits - 1)
        return shift << precisionBits + Int(value >> UInt64(shift))
    }

    private static func upperBound(of bucket: Int) -> UInt64 {
        let shift = max(0, bucket >> precisionBits - 1)
        let first = UInt64(bucket - shift << precisionBits) << UInt64(shift)
        return first + (1 << UInt64(shift)) - 1
    }
}
