/// A rate limit: `rate` per period on average, `burst` at once. Pure: the time comes from the caller.
struct TokenBucket: Sendable, Equatable {
    /// What one piece costs. It is the number of milliseconds of a period, so that the bucket gains `rate` in each
    /// millisecond: whole numbers, and no rounding.
    private let price: Int64
    private let rate: Int64
    private let capacity: Int64
    private var level: Int64
    private var filledAt: Timestamp

    /// A rate of 0 means no limit.
    ///
    /// - Parameter period: milliseconds.
    init(rate: Int, burst: Int, per period: Int64 = 1000, now: Timestamp) {
        self.rate = Int64(rate)
        price = period
        capacity = Int64(max(burst, rate, 1)) * period
        level = capacity
        filledAt = now
    }

    /// Takes one, or says after how many milliseconds one will be there.
    mutating func take(now: Timestamp) -> Int64? {
        guard rate > 0 else { return nil }
        level = filled(now)
        filledAt = max(now, filledAt)
        guard level >= price else { return (price - level + rate - 1) / rate }
        level -= price
        return nil
    }

    /// Puts back what was taken for nothing.
    mutating func giveBack() { level = min(capacity, level + price) }

    /// Whether the bucket is full again, so that nothing would be lost by dropping it.
    func isFull(now: Timestamp) -> Bool { rate == 0 || filled(now) == capacity }

    /// The content of the bucket now. Only as much time counts as fills it, so that a long silence cannot overflow.
    private func filled(_ now: Timestamp) -> Int64 {
        let time = min(max(0, now - filledAt), capacity / max(1, rate) + 1)
        return min(capacity, level + time * rate)
    }
}
