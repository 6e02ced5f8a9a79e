/// Compares what people saw and were told with the journal of their session. Pure: the journal is read elsewhere.
struct JournalCheck: Sendable {
    /// A post that was made, and its answer: a receipt, or a refusal for good; neither when none came.
    struct Intent: Sendable, Equatable {
        let post: Post
        let author: Int64
        var receipt: ServerFrame.Receipt?
        var isRefused = false
        /// Whether an attempt went to a hub without an answer, which may have carried it out after another hub had
        /// refused it.
        var mayStand = false
        /// Whether its author has gone home and cannot post it again when a standby that was behind takes over.
        var mayBeGone = false
    }

    private let journal: [SessionEvent]
    private let places: [String: [SessionEvent]]

    init(journal: [SessionEvent]) {
        self.journal = journal
        places = Dictionary(
            grouping: journal.filter { $0.clientID != nil || $0.marker != nil }, by: { $0.clientID ?? "" })
    }

    /// The journal alone: counts from 1 without a gap.
    func checkNumbers(_ faults: inout HistoryFaults) {
        for (place, event) in journal.enumerated() where event.seq != Int64(place) + 1 {
            return faults.note(.brokenFrame, "the journal has \(event.seq) in place \(place + 1)")
        }
    }

    /// What one client holds must be the journal: the same events in the same order, each once. Acts of hosts are
    /// withheld, unless they are about the reader.
    ///
    /// - Parameter reader: the client's user id.
    func check(_ events: [SessionEvent], of client: Int, reader: Int64 = 0, _ faults: inout HistoryFaults) {
        guard events != journal else { return }
        let known = Dictionary(journal.map { ($0.seq, $0) }) { first, _ in first }
        var seen: Set<Int64> = []
        var last: Int64 = 0
        for event in events {
            if !seen.insert(event.seq).inserted {
                faults.note(.repeated, "client \(client) has \(event.seq) again")
            } else if event.seq < last {
                faults.note(.reordered, "client \(client) has \(event.seq) after \(last)")
            } else if let stored = known[event.seq], event.isWithheld, let act = stored.act, act.userID != reader {
                // As it must be.
            } else if known[event.seq] != event {
                let stored = known[event.seq].map { "\($0)" } ?? "none"
                faults.note(.conflicting, "client \(client) has \(event), the journal \(stored)")
            }
            last = max(last, event.seq)
        }
        for event in journal where !seen.contains(event.seq) {
            faults.note(.lost, "client \(client) lacks \(event.seq)")
        }
    }

    /// Every acknowledged post stands in the journal once, as its receipt says; and nothing stands there beside them.
    func check(_ intents: [Intent], _ faults: inout HistoryFaults) {
        for intent in intents {
            let found = places[intent.post.clientID] ?? []
            if found.count > 1 {
                faults.note(.doubled, "\(intent.post.clientID) stands at \(found.map(\.seq))")
            }
            if intent.isRefused {
                if let event = found.first, !intent.mayStand {
                    faults.note(.conflicting, "\(intent.post.clientID) was refused and stands at \(event.seq)")
                }
                continue
            }
            guard let receipt = intent.receipt else {
                faults.note(.unanswered, intent.post.clientID)
                continue
            }
            guard let event = found.first else {
                if !intent.mayBeGone {
                    faults.note(.lost, "\(intent.post.clientID) was acknowledged at \(receipt.seq) and is gone")
                }
                continue
            }
            let told = EventDigest.make(receipt: receipt, author: intent.author, text: intent.post.text)
            if event.seq != receipt.seq || event.digest != told {
                faults.note(
                    .conflicting, "\(intent.post.clientID) was acknowledged at \(receipt.seq), stands at \(event.seq)")
            }
        }
        let count = places.values.reduce(0) { $0 + $1.count }
        let (least, most) = (
            intents.count { !$0.isRefused && !$0.mayBeGone }, intents.count { !$0.isRefused || $0.mayStand }
        )
        if count < least || count > most { faults.note(.foreign, "\(count) messages for \(least) to \(most) posts") }
    }
}
