/// Makes two log lines of many equal events: one when they begin, one with their number when they have ended. Pure.
struct Episode {
    /// Without an event for so long, it is over.
    static let quiet = Duration.seconds(10)

    private var last: Duration?
    private var count = 0

    var isOpen: Bool { last != nil }

    /// True: with this one it begins.
    mutating func happened(at now: Duration) -> Bool {
        defer { last = now }
        count += 1
        return last == nil
    }

    /// How many there were, once, when it has ended.
    ///
    /// - Parameter isLast: nothing more will happen.
    mutating func ended(at now: Duration, isLast: Bool = false) -> Int? {
        guard let last, isLast || now - last >= Self.quiet else { return nil }
        defer { self = Episode() }
        return count
    }
}
