/// How long somebody must wait after failed sign-ins: nothing at first, then a time that doubles with each failure.
///
/// Pure: the time comes from the caller. Bounded: of too many names the one that has been quiet longest is forgotten.
package struct FailureDelays: Sendable {
    private struct Entry {
        var failures = 0
        var last: Timestamp
        /// Attempts that are being looked at, and when the newest of them began.
        var pending = 0
        var lastBegun: Timestamp?
    }

    /// Quiet for so long beyond the longest delay, a name is forgotten.
    private static let memory: Int64 = 15 * 60_000
    private static let first: Int64 = 1000

    private let free: Int
    private let longest: Int64
    private let mostNames: Int
    private var entries: [String: Entry] = [:]

    /// - Parameters:
    ///   - free: failures without a delay; 0: there are no delays at all.
    ///   - longest: milliseconds.
    package init(free: Int, longest: Int64, mostNames: Int = 10_000) {
        self.free = free
        self.longest = longest
        self.mostNames = mostNames
    }

    package var count: Int { entries.count }

    /// Milliseconds until the next attempt is looked at, or nil when it may be now.
    package func wait(_ name: String, now: Timestamp) -> Int64? {
        guard free > 0, let entry = entries[name], !isForgotten(entry, now) else { return nil }
        let failures = entry.failures + entry.pending
        guard failures >= free else { return nil }
        let doublings = min(failures - free, 40)
        let last = max(entry.last, entry.lastBegun ?? entry.last)
        let end = last + min(longest, Self.first << Int64(doublings))
        return now < end ? end - now : nil
    }

    package mutating func failed(_ name: String, now: Timestamp) {
        guard free > 0 else { return }
        if entries[name] == nil { makeRoom(now) }
        var entry = entries[name] ?? Entry(last: now)
        if isForgotten(entry, now) { entry.failures = 0 }
        entry.failures += 1
        entry.last = max(entry.last, now)
        entries[name] = entry
    }

    /// An attempt begins: until it is settled it counts as a failure, so that many at once gain nothing.
    package mutating func begin(_ name: String, now: Timestamp) {
        guard free > 0 else { return }
        if entries[name] == nil { makeRoom(now) }
        var entry = entries[name] ?? Entry(last: now)
        if isForgotten(entry, now) { entry.failures = 0 }
        entry.pending += 1
        entry.lastBegun = max(entry.lastBegun ?? now, now)
        entries[name] = entry
    }

    /// It has ended. Of one that did not fail nothing stays: not even its moment, which would keep others waiting.
    package mutating func settle(_ name: String, hasFailed: Bool, now: Timestamp) {
        guard free > 0 else { return }
        if var entry = entries[name] {
            entry.pending = max(0, entry.pending - 1)
            if entry.pending == 0 { entry.lastBegun = nil }
            entries[name] = entry.failures == 0 && entry.pending == 0 ? nil : entry
        }
        if hasFailed { failed(name, now: now) }
    }

    /// Takes one failure back that was none.
    package mutating func takeBack(_ name: String) {
        guard let failures = entries[name]?.failures else { return }
        entries[name]?.failures = failures - 1
        if failures <= 1 { entries[name] = nil }
    }

    package mutating func forget(_ name: String) { entries[name] = nil }

    private func isForgotten(_ entry: Entry, _ now: Timestamp) -> Bool {
        entry.pending == 0 && now - entry.last > longest + Self.memory
    }

    private mutating func makeRoom(_ now: Timestamp) {
        guard entries.count >= mostNames else { return }
        entries = entries.filter { !isForgotten($0.value, now) }
        guard entries.count >= mostNames, let oldest = entries.min(by: { $0.value.last < $1.value.last }) else {
            return
        }
        entries[oldest.key] = nil
    }
}
