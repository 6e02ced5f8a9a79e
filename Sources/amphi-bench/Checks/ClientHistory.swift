/// Where one client stands in its session's order, and whether every event came to it exactly once and in order.
struct ClientHistory: Sendable, Equatable {
    /// What one frame brought.
    struct Step: Sendable, Equatable {
        /// Events that came for the first time.
        var delivered = 0
        /// Places that were jumped over. Negative when late events fill such places.
        var lost = 0
        var repeated = 0
        var reordered = 0
    }

    /// The last seq that this client has.
    private(set) var seq: Int64
    /// Places that were jumped over; empty unless something is wrong.
    private var missing: [ClosedRange<Int64>] = []

    init(after seq: Int64) { self.seq = seq }

    mutating func receive(_ batch: EventBatch) -> Step {
        guard batch.isConsecutive, let first = batch.events.first?.seq, first == seq + 1 else { return sort(batch) }
        seq = batch.position
        return Step(delivered: batch.events.count)
    }

    private mutating func sort(_ batch: EventBatch) -> Step {
        var step = Step()
        for event in batch.events {
            if event.seq > seq {
                if event.seq > seq + 1 {
                    missing.append(seq + 1...event.seq - 1)
                    step.lost += Int(event.seq - seq - 1)
                }
                seq = event.seq
                step.delivered += 1
            } else if fill(event.seq) {
                step.lost -= 1
                step.reordered += 1
                step.delivered += 1
            } else {
                step.repeated += 1
            }
        }
        return step
    }

    /// Takes one place out of those that are missing.
    private mutating func fill(_ place: Int64) -> Bool {
        guard let index = missing.firstIndex(where: { $0.contains(place) }) else { return false }
        let range = missing.remove(at: index)
        if range.lowerBound < place { missing.append(range.lowerBound...place - 1) }
        if place < range.upperBound { missing.append(place + 1...range.upperBound) }
        return true
    }
}
