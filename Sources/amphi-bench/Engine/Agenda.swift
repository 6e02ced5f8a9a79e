/// Things that are due at a time (monotonic nanoseconds); those due at the same time keep the order they were added in.
struct Agenda<Item> {
    /// Latest first, so that the next one is taken from the end.
    private var entries: [(dueAt: UInt64, item: Item)] = []

    /// `.max` when there is nothing to do.
    var nextDueAt: UInt64 { entries.last?.dueAt ?? .max }

    mutating func add(_ item: Item, at dueAt: UInt64) {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].dueAt > dueAt { low = middle + 1 } else { high = middle }
        }
        entries.insert((dueAt, item), at: low)
    }

    /// The next item, when its time has come.
    mutating func takeDue(at now: UInt64) -> Item? {
        nextDueAt <= now ? entries.popLast()?.item : nil
    }
}
