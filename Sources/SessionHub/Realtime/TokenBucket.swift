/// A rate limit: `rate` per second on average, `burst` at once. Pure: the time comes from the caller.
package struct TokenBucket: Sendable, Equatable {
    private let rate: Double
    private let burst: Double
    private var level: Double
    private var filledAt: Timestamp

    /// A rate of 0 means no limit.
    package init(rate: Int, burst: Int, now: Timestamp) {
        self.rate = Double(rate)
        self.burst = Double(max(burst, rate, 1))
        level = self.burst
        filledAt = now
    }

    /// Takes one, or says after how many milliseconds one will be there.
    package mutating func take(now: Timestamp) -> Int64? {
        guard rate > 0 else { return nil }
        level = min(burst, level + Double(max(0, now - filledAt)) * rate / 1000)
        filledAt = max(now, filledAt)
        guard level >= 1 else { return max(1, Int64(((1 - level) * 1000 / rate).rounded(.up))) }
        level -= 1
        return nil
    }

    /// Whether it is full again: nothing would be forgotten by dropping it.
    package func isFull(now: Timestamp) -> Bool {
        rate == 0 || level + Double(max(0, now - filledAt)) * rate / 1000 >= burst
    }
}
