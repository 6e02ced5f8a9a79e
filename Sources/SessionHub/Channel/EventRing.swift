import StrictJSON

/// The recent events of one session on one loop, encoded once: a bounded window of the journal that ends at its head.
///
/// It is pure. A reader who is behind its start reads the journal in pages instead.
struct EventRing {
    struct Entry {
        let seq: Int64
        let audience: Audience
        /// The event's JSON as those in its audience read it.
        var bytes: [UInt8]
    }

    /// A run of events in one frame.
    struct Run: Equatable {
        let last: Int64
        /// `{"seq":N,"events":[...]}`
        let frame: [UInt8]
    }

    private let countLimit: Int
    private let byteLimit: Int
    private var entries: [Entry] = []
    /// Entries before this index have left the window; removed from the array now and then.
    private var start = 0
    private var byteCount = 0

    init(countLimit: Int = 2048, byteLimit: Int = 1 << 20) {
        self.countLimit = countLimit
        self.byteLimit = byteLimit
    }

    /// The newest seq, or nil while nothing has passed.
    var last: Int64? { entries.last?.seq }
    /// The oldest seq still here.
    var first: Int64? { start < entries.count ? entries[start].seq : nil }

    /// Adds the next event. One that is here already is skipped. Behind a gap the window begins anew: whoever stands
    /// before it reads the journal, in which nothing is missing.
    mutating func append(_ entry: Entry) {
        if let last, entry.seq <= last { return }
        if let last, entry.seq > last + 1 { (entries, start, byteCount) = ([], 0, 0) }
        entries.append(entry)
        byteCount += entry.bytes.count
        while entries.count - start > countLimit || (byteCount > byteLimit && entries.count - start > 1) {
            byteCount -= entries[start].bytes.count
            entries[start].bytes = []
            start += 1
        }
        if start > 1024, start * 2 > entries.count {
            entries.removeFirst(start)
            start = 0
        }
    }

    /// Puts a tombstone in the place of a message whose text must not be sent any more.
    mutating func redact(seq: Int64, with bytes: [UInt8]) {
        guard let first, seq >= first, let index = index(of: seq) else { return }
        byteCount += bytes.count - entries[index].bytes.count
        entries[index].bytes = bytes
    }

    private func index(of seq: Int64) -> Int? {
        guard let first else { return nil }
        let index = start + Int(seq - first)
        return index < entries.count ? index : nil
    }

    /// Whether every event after `cursor` is here.
    func reaches(_ cursor: Int64) -> Bool { first.map { cursor + 1 >= $0 } ?? true }

    /// Whether a frame from `cursor` on would differ between readers.
    func isRestricted(after cursor: Int64) -> Bool {
        guard let index = index(of: cursor + 1) else { return false }
        return entries[index...].contains { $0.audience != .all }
    }

    /// The events after `cursor` in one frame of at most `limit` bytes (at least one event), as `user` may see them.
    ///
    /// - Parameter end: the seq of the last event that may be in it.
    func run(
        after cursor: Int64, through end: Int64 = .max, user: Int64, isHost: Bool, limit: Int = 64 * 1024
    ) -> Run? {
        guard let from = index(of: cursor + 1) else { return nil }
        var builder = EventFrameBuilder(limit: limit)
        for entry in entries[from...] where entry.seq <= end {
            let taken =
                entry.audience.includes(user, isHost: isHost)
                ? builder.add(entry.bytes, seq: entry.seq)
                : builder.add(ServerEvent.withheld(entry.seq).encoded(), seq: entry.seq)
            if !taken { break }
        }
        return builder.finish()
    }
}

/// Packs encoded events into `{"seq":N,"events":[...]}` up to a size; the seq is that of the last event inside.
struct EventFrameBuilder {
    private let limit: Int
    private var body: [UInt8] = []
    private var last: Int64?

    init(limit: Int) { self.limit = limit }

    /// Adds an event, or returns false when the frame is full. A single event always fits.
    mutating func add(_ event: [UInt8], seq: Int64) -> Bool {
        guard body.isEmpty || body.count + event.count + 48 <= limit else { return false }
        if !body.isEmpty { body.append(UInt8(ascii: ",")) }
        body += event
        last = seq
        return true
    }

    func finish() -> EventRing.Run? {
        guard let last else { return nil }
        var frame: [UInt8] = []
        frame.reserveCapacity(body.count + 48)
        frame += "{\"seq\":\(last),\"events\":[".utf8
        frame += body
        frame += "]}".utf8
        return EventRing.Run(last: last, frame: frame)
    }
}
