/// How long somebody must wait after failed sign-ins: not at all at first, then a time that doubles with each failure.
///
/// The rules are pure: the time comes from the caller. Memory is bounded: with too many names, the one that has been
/// quiet longest is forgotten.
struct FailureDelays: Sendable {
    struct Entry: Equatable {
        var failures = 0
        var last: Timestamp
        /// How many attempts are being checked; `lastBegun` is when the newest of them began.
        var pending = 0
        var lastBegun: Timestamp?
    }

    /// A name is forgotten when nothing has failed for the longest delay and these milliseconds more.
    static let memory: Int64 = 15 * 60_000
    private static let first: Int64 = 1000

    private let free: Int
    private let longest: Int64
    private let mostNames: Int
    private var entries: [String: Entry] = [:]

    /// - Parameters:
    ///   - free: the number of failures from which on there is a delay; 0 for no delays at all.
    ///   - longest: the longest delay, in milliseconds.
    init(free: Int, longest: Int64, mostNames: Int = 10_000) {
        self.free = free
        self.longest = longest
        self.mostNames = mostNames
    }

    var count: Int { entries.count }

    /// What is known of a name; nil for nothing.
    subscript(name: String) -> Entry? {
        get { entries[name] }
        set { entries[name] = newValue }
    }

    /// The milliseconds until the next attempt is accepted, or nil when one may be made now.
    func wait(_ name: String, now: Timestamp) -> Int64? {
        guard free > 0, let entry = entries[name], !isForgotten(entry, now) else { return nil }
        let failures = entry.failures + entry.pending
        guard failures >= free else { return nil }
        let doublings = min(failures - free, 40)
        let last = max(entry.last, entry.lastBegun ?? entry.last)
        let end = last + min(longest, Self.first << Int64(doublings))
        return now < end ? end - now : nil
    }

    mutating func failed(_ name: String, now: Timestamp) {
        guard free > 0 else { return }
        if entries[name] == nil { makeRoom(now) }
        var entry = entries[name] ?? Entry(last: now)
        if isForgotten(entry, now) { entry.failures = 0 }
        entry.failures += 1
        entry.last = max(entry.last, now)
        entries[name] = entry
    }

    /// Counts an attempt as a failure from its beginning until it is settled, so that many attempts at once gain
    /// nothing.
    mutating func begin(_ name: String, now: Timestamp) {
        guard free > 0 else { return }
        if entries[name] == nil { makeRoom(now) }
        var entry = entries[name] ?? Entry(last: now)
        if isForgotten(entry, now) { entry.failures = 0 }
        entry.pending += 1
        entry.lastBegun = max(entry.lastBegun ?? now, now)
        entries[name] = entry
    }

    /// Ends an attempt. One that did not fail leaves nothing behind, not even its time, which would make others wait.
    mutating func settle(_ name: String, hasFailed: Bool, now: Timestamp) {
        guard free > 0 else { return }
        if var entry = entries[name] {
            entry.pending = max(0, entry.pending - 1)
            if entry.pending == 0 { entry.lastBegun = nil }
            entries[name] = entry.failures == 0 && entry.pending == 0 ? nil : entry
        }
        if hasFailed { failed(name, now: now) }
    }

    /// Takes back a failure that turned out to be none.
    mutating func takeBack(_ name: String) {
        guard let failures = entries[name]?.failures else { return }
        entries[name]?.failures = failures - 1
        if failures <= 1 { entries[name] = nil }
    }

    mutating func forget(_ name: String) { entries[name] = nil }

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
