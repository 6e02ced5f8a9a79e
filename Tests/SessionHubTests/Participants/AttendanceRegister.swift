/// What truly happened to one person; milliseconds since 1970 by a clock that nobody sets.
struct AttendanceRegister {
    /// On the channel without a break that the hub may notice.
    private var channelSince: Int64?
    private var restSince: Int64?
    /// When the last connection was lost, and with it what was joined over REST before.
    private var lostAt: Int64?
    private var restLostAt: Int64?
    private var intervals: [(from: Int64, to: Int64)] = []
    /// How many milliseconds a crash may have taken.
    private(set) var doubt: Int64 = 0
    private var wasCrash = false

    mutating func connects(at now: Int64) {
        if channelSince == nil { channelSince = now }
        (lostAt, wasCrash) = (nil, false)
    }

    mutating func loses(at now: Int64, byCrash: Bool) {
        guard channelSince != nil, lostAt == nil else { return }
        (lostAt, wasCrash) = (now, byCrash)
        if restSince != nil, restLostAt == nil { restLostAt = now }
    }

    mutating func joins(at now: Int64) {
        if restSince == nil { restSince = now }
        restLostAt = nil
    }

    mutating func leaves(at now: Int64) {
        if let since = restSince { intervals.append((since, restLostAt ?? now)) }
        (restSince, restLostAt) = (nil, nil)
    }

    /// The place on the channel is given up.
    mutating func departs(at now: Int64) {
        if let since = channelSince { intervals.append((since, lostAt ?? now)) }
        if wasCrash { doubt += 15_000 }
        (channelSince, lostAt, wasCrash) = (nil, nil, false)
        if restLostAt != nil { leaves(at: now) }
    }

    mutating func classEnds(at now: Int64) {
        departs(at: now)
        leaves(at: now)
    }

    /// What the hub could not know when it had to write.
    mutating func doubts(_ milliseconds: Int64) { doubt += milliseconds }

    func total(from start: Int64, to end: Int64) -> Int64 {
        // By the definition of a union, and not by a clever sweep: which moments are covered.
        let marks = Set(intervals.flatMap { [$0.from, $0.to] } + [start, end]).filter { $0 >= start && $0 <= end }
            .sorted()
        return zip(marks, marks.dropFirst()).reduce(0) { sum, piece in
            let isCovered = intervals.contains { $0.from <= piece.0 && piece.1 <= $0.to }
            return isCovered ? sum + piece.1 - piece.0 : sum
        }
    }
}
