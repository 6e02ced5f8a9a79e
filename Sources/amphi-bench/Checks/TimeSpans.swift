/// Stretches of time, sorted, none touching the next; in any unit. Pure.
struct TimeSpans: Sendable, Equatable {
    private(set) var spans: [Range<Int64>] = []

    /// The union; empty ranges count nothing.
    init(_ ranges: some Sequence<Range<Int64>>) {
        for range in ranges.filter({ !$0.isEmpty }).sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = spans.last, range.lowerBound <= last.upperBound {
                spans[spans.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                spans.append(range)
            }
        }
    }

    /// What lies between them.
    var gaps: [Range<Int64>] { zip(spans, spans.dropFirst()).map { $0.upperBound..<$1.lowerBound } }

    /// Each longer by so much at both ends.
    func widened(by amount: Int64) -> TimeSpans {
        TimeSpans(spans.map { $0.lowerBound - amount..<max($0.upperBound + amount, $0.lowerBound - amount) })
    }

    /// Gaps of at most so much are filled.
    func bridged(over amount: Int64) -> TimeSpans {
        TimeSpans(spans + gaps.filter { $0.upperBound - $0.lowerBound <= amount })
    }

    /// What others do not cover.
    func subtracting(_ others: TimeSpans) -> TimeSpans {
        var rest: [Range<Int64>] = []
        for span in spans {
            var start = span.lowerBound
            for other in others.spans where other.upperBound > start && other.lowerBound < span.upperBound {
                if other.lowerBound > start { rest.append(start..<other.lowerBound) }
                start = max(start, other.upperBound)
            }
            if start < span.upperBound { rest.append(start..<span.upperBound) }
        }
        return TimeSpans(rest)
    }

    var longest: Int64 { spans.map { $0.upperBound - $0.lowerBound }.max() ?? 0 }
}
