import Synchronization

/// The watch over a disk that does not answer.
///
/// A sync that does not return blocks the writer's thread in the kernel, where nobody can wake it. The watch is
/// therefore kept from outside (`review`, on a loop's timer). After `patience` the store counts as unwritable,
/// everybody who waits is refused, and whoever comes is refused at once, until the writer is back. Only what is owed
/// goes on waiting for it in memory.
///
/// What was refused while it waited for its turn is not carried out. What was under way already may be committed after
/// all: then its events are published, and `late` runs instead of the answer.
extension Journal {
    /// One turn of the writer, from the moment at which it is wanted to the end of its batch.
    struct Turn: Sendable {
        enum Phase {
            /// The turn waits for the writer's thread, which may be at a checkpoint, or for the file's lock.
            case waiting
            /// The writer runs the items. What takes long there is an import, and the processor's time.
            case working
            /// The writer commits.
            case writing
        }

        /// How long the writer may be silent before the store counts as unwritable.
        static let patience: Duration = .seconds(2)
        /// How many times as long the items themselves may take.
        private static let workFactor = 5

        var since = SuspendingClock.now
        var phase = Phase.waiting
        /// The items that wait for this batch. It is empty once they are refused.
        var items: [Item] = []
        var isGivenUp = false

        /// - Parameter isShared: whether other hubs write the same database: then waiting for it is waiting for what
        ///   they have at work.
        func isOverdue(_ patience: Duration, at now: SuspendingClock.Instant, isShared: Bool) -> Bool {
            let isLong = phase == .working || phase == .waiting && isShared
            return !isGivenUp && since.duration(to: now) >= (isLong ? patience * Self.workFactor : patience)
        }
    }

    /// Whether the writer is stuck, so that waiting for it may take for ever.
    var isStalled: Bool { state.withLock { $0.turn?.isGivenUp ?? false } }

    /// Gives up waiting for a writer that has not come back in time. To be called a few times a second, on any thread
    /// but its own.
    func review() {
        let refused = telling.withLock { _ -> [Item] in
            let now = SuspendingClock.now
            let (items, waited) = state.withLock { state -> ([Item], Duration) in
                guard var turn = state.turn,
                    turn.isOverdue(state.patience, at: now, isShared: log != nil && !state.isHurried)
                else { return ([], .zero) }
                let items = turn.items + state.waiting
                state.bytes -= state.waiting.reduce(0) { $0 + $1.bytes }
                state.waiting = []
                (turn.items, turn.isGivenUp) = ([], true)
                state.turn = turn
                return (items, turn.since.duration(to: now))
            }
            guard waited > .zero else { return [] }
            let signals = failed(items.count, NoAnswer(after: waited))
            if !signals.isEmpty { publisher.publish([], signals, []) }
            return items
        }
        for item in refused { item.fail(HubError(.storeUnavailable, retryAfter: 1000)) }
    }

    /// Halves the time for which a writer that does not answer is waited for, because the hub stops.
    func hurry() {
        state.withLock { state in
            state.patience = Turn.patience / 2
            state.isHurried = true
        }
    }

    private struct NoAnswer: Error, CustomStringConvertible {
        let after: Duration
        var description: String { "the disk has not answered for \(after)" }
    }

    func enter(_ phase: Turn.Phase) {
        let now = SuspendingClock.now
        state.withLock { state in
            guard state.turn?.isGivenUp == false else { return }
            state.turn?.phase = phase
            state.turn?.since = now
        }
    }

    /// Ends the turn when the writer is back.
    ///
    /// - Returns: whether its batch was given up meanwhile and everybody in it refused.
    func finish(_ bytes: Int) -> Bool {
        state.withLock { state in
            state.bytes -= bytes
            defer { state.turn = nil }
            return state.turn?.isGivenUp ?? false
        }
    }
}
