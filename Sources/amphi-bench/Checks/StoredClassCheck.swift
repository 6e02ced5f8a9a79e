/// Holds the tables of one class against each other: its numbers, times, counters, keys and segments. Pure.
struct StoredClassCheck: Sendable {
    let stored: StoredClass

    func check(_ faults: inout HistoryFaults) {
        checkJournal(&faults)
        checkMessages(&faults)
        checkLife(&faults)
        checkSeats(&faults)
        checkSegments(&faults)
    }

    /// The head is the newest seq and the number of events; times never go back.
    private func checkJournal(_ faults: inout HistoryFaults) {
        let (count, newest) = (Int64(stored.events.count), stored.events.last?.seq ?? 0)
        if stored.head != newest || newest != count {
            faults.note(.brokenFrame, "the head is \(stored.head), the newest event \(newest) of \(count)")
        }
        for (event, next) in zip(stored.events, stored.events.dropFirst()) where next.at < event.at {
            faults.note(.backwards, "\(next.seq) was stored \(event.at - next.at) ms before \(event.seq)")
        }
    }

    private func checkMessages(_ faults: inout HistoryFaults) {
        for (key, messages) in Dictionary(grouping: stored.messages, by: { "\($0.clientID) of \($0.user)" }).sorted(
            by: { $0.key < $1.key })
        where messages.count > 1 {
            faults.note(.doubled, "\(key) stands at \(messages.map(\.seq))")
        }
    }

    private func checkLife(_ faults: inout HistoryFaults) {
        for type in ["session.started", "session.ending", "session.ended"] {
            let seqs = stored.events.filter { $0.type == type }.map(\.seq)
            if seqs.count > 1 { faults.note(.doubled, "\(type) stands at \(seqs)") }
        }
    }

    private func checkSeats(_ faults: inout HistoryFaults) {
        if stored.seated != stored.seats {
            faults.note(.miscounted, "\(stored.seated) seats are counted, \(stored.seats) are taken")
        }
        if stored.seats > stored.capacity {
            faults.note(.miscounted, "\(stored.seats) seats are taken of \(stored.capacity)")
        }
    }

    /// Nobody attends twice at a time by the same source.
    private func checkSegments(_ faults: inout HistoryFaults) {
        let groups = Dictionary(grouping: stored.segments) { "\($0.user) by \($0.source)" }
        for (key, segments) in groups.sorted(by: { $0.key < $1.key }) {
            let sorted = segments.sorted { ($0.joinedAt, $0.end) < ($1.joinedAt, $1.end) }
            for (segment, next) in zip(sorted, sorted.dropFirst()) where next.joinedAt < segment.end {
                faults.note(.attendance, "\(key) has two segments at \(next.joinedAt)")
            }
        }
    }
}

extension StoredClass.Segment {
    /// One that lasts has no end.
    fileprivate var end: Int64 { leftAt ?? .max }
}
