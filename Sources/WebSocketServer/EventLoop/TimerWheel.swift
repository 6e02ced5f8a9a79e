/// A hashed timer wheel: payloads by the tick at which they are due, with O(1) `insert` and `remove`.
///
/// Pure: it has no clock. One turn is `slotCount` ticks; an entry that is due later than that stays in its slot and is
/// passed over until its turn comes.
struct TimerWheel<Payload> {
    /// Names one entry; worthless (and harmless) after the entry was removed or has fired.
    struct Handle: Equatable {
        fileprivate let index: Int
        fileprivate let generation: UInt32
    }

    private struct Entry {
        var payload: Payload?
        var due: UInt64 = 0
        var generation: UInt32 = 0
        var previous = -1
        var next = -1
    }

    private var entries: [Entry] = []
    private var heads: [Int]
    private var freeHead = -1
    /// The tick up to which everything due was handed out.
    private(set) var now: UInt64
    /// Entries that are waiting.
    private(set) var count = 0

    /// `slotCount` must be a power of two.
    init(slotCount: Int = 1024, now: UInt64 = 0) {
        precondition(slotCount > 0 && slotCount & (slotCount - 1) == 0, "slotCount is no power of two")
        heads = Array(repeating: -1, count: slotCount)
        self.now = now
    }

    var isEmpty: Bool { count == 0 }

    /// Due at `tick`, or at the next one when that is already past.
    mutating func insert(_ payload: Payload, at tick: UInt64) -> Handle {
        let due = max(tick, now + 1)
        let index = takeEntry()
        let slot = slot(of: due)
        entries[index].payload = payload
        entries[index].due = due
        entries[index].previous = -1
        entries[index].next = heads[slot]
        if heads[slot] >= 0 { entries[heads[slot]].previous = index }
        heads[slot] = index
        count += 1
        return Handle(index: index, generation: entries[index].generation)
    }

    /// The payload, or nil when it has fired or was removed before.
    @discardableResult
    mutating func remove(_ handle: Handle) -> Payload? {
        guard handle.index < entries.count, entries[handle.index].generation == handle.generation else { return nil }
        return release(handle.index)
    }

    /// Everything due up to `tick`, earliest first.
    mutating func advance(to tick: UInt64) -> [Payload] {
        guard tick > now else { return [] }
        var due: [(tick: UInt64, payload: Payload)] = []
        if count > 0 {
            // After a long pause every slot is visited once, not once per missed tick.
            for step in 1...min(tick - now, UInt64(heads.count)) {
                var index = heads[slot(of: now + step)]
                while index >= 0 {
                    let next = entries[index].next
                    let dueTick = entries[index].due
                    if dueTick <= tick, let payload = release(index) { due.append((dueTick, payload)) }
                    index = next
                }
            }
        }
        now = tick
        // Slots are visited in order, but a slot holds several turns, newest first.
        return due.enumerated().sorted { ($0.element.tick, -$0.offset) < ($1.element.tick, -$1.offset) }.map(
            \.element.payload)
    }

    /// With nothing waiting, time may jump.
    mutating func skip(to tick: UInt64) {
        precondition(isEmpty, "skip would lose timers")
        now = max(now, tick)
    }

    private func slot(of tick: UInt64) -> Int { Int(tick & UInt64(heads.count - 1)) }

    private mutating func takeEntry() -> Int {
        guard freeHead >= 0 else {
            entries.append(Entry())
            return entries.count - 1
        }
        let index = freeHead
        freeHead = entries[index].next
        return index
    }

    private mutating func release(_ index: Int) -> Payload? {
        let entry = entries[index]
        guard let payload = entry.payload else { return nil }
        if entry.previous >= 0 {
            entries[entry.previous].next = entry.next
        } else {
            heads[slot(of: entry.due)] = entry.next
        }
        if entry.next >= 0 { entries[entry.next].previous = entry.previous }
        entries[index].payload = nil
        entries[index].generation &+= 1
        entries[index].next = freeHead
        freeHead = index
        count -= 1
        return payload
    }
}
