package import Database
package import Logging
import Synchronization

/// What the journal tells after each commit, in commit order, on the writer's thread; must not wait for anybody.
package protocol JournalPublisher: Sendable {
    func publish(_ events: [ServerEvent], _ signals: [HubSignal])
}

/// The one writer: everything durable goes through here, in the order submitted, many items to one commit.
///
/// A batch is everything that waits when the writer becomes free. Each item runs in a savepoint of its own, so that a
/// refused item refuses nobody else. Nothing is acknowledged or published before the commit; only a failed commit, or an
/// error with which SQLite rolled back everything, fails the whole batch, with a retryable error.
///
/// From a failed batch until the next commit the store counts as unwritable: the outage (`Journal+Outage.swift`).
package final class Journal: Sendable {
    struct Item {
        let run: @Sendable (JournalTransaction) throws -> @Sendable () -> Void
        let fail: @Sendable (HubError) -> Void
    }

    struct State {
        var waiting: [Item] = []
        /// What has happened already and must be written, in order and before anything that waits; kept until a commit
        /// takes it.
        var owed: [@Sendable (JournalTransaction) throws -> Void] = []
        var isDraining = false
        var outage: Outage?
        var lastWrite: Timestamp?
        var meter = CommitMeter()

        /// During an outage what is owed waits for somebody else's attempt; alone it starts none.
        var hasWork: Bool { !waiting.isEmpty || (outage == nil && !owed.isEmpty) }
    }

    /// Bounds how long the writer's lock is held; larger batches gain nothing more per row.
    private static let batchLimit = 1024

    private let database: any SQLDatabase
    let clock: HubClock
    private let publisher: any JournalPublisher
    let logger: Logger
    let state = Mutex(State())

    package init(database: any SQLDatabase, clock: HubClock, publisher: any JournalPublisher, logger: Logger) {
        self.database = database
        self.clock = clock
        self.publisher = publisher
        self.logger = logger
    }

    /// Queues one item; returns at once. `completion` runs once, on the writer's thread, after the commit
    /// and after its events were published.
    package func submit<Value: Sendable>(
        _ work: @escaping @Sendable (JournalTransaction) throws -> Value,
        completion: @escaping @Sendable (Result<Value, HubError>) -> Void
    ) {
        let item = Item(
            run: { transaction in
                let value = try work(transaction)
                return { completion(.success(value)) }
            },
            fail: { completion(.failure($0)) }
        )
        queue { $0.waiting.append(item) }
    }

    /// Queues what must be written sooner or later, because it has happened; returns at once.
    ///
    /// It goes before all that was submitted and not yet written, and stays, in order, until a commit takes it: when the
    /// store cannot be written, until it can. An error of its own drops it. Nothing bounds the list: its callers do (`owed`).
    package func owe(_ work: @escaping @Sendable (JournalTransaction) throws -> Void) {
        queue { $0.owed.append(work) }
    }

    /// How much is owed and not yet written.
    package var owed: Int { state.withLock { $0.owed.count } }

    private func queue(_ add: (inout State) -> Void) {
        let starts = state.withLock { state in
            add(&state)
            guard !state.isDraining, state.hasWork else { return false }
            state.isDraining = true
            return true
        }
        if starts { scheduleDrain() }
    }

    /// The same for callers that can wait. Throws the item's `HubError`. In a request with an Idempotency-Key the key is claimed in
    /// the same transaction.
    package func write<Value: Sendable>(
        _ work: @escaping @Sendable (JournalTransaction) throws -> Value
    ) async throws(HubError) -> Value {
        let claim = IdempotencyClaim.current
        let result: Result<Value, HubError> = await withCheckedContinuation { continuation in
            submit { transaction in
                try claim?.record(at: transaction.now, in: transaction.connection)
                return try work(transaction)
            } completion: {
                continuation.resume(returning: $0)
            }
        }
        return try result.get()
    }

    private func scheduleDrain() {
        database.withWriter { connection in
            self.commitBatch(on: connection)
            // One batch per turn on the writer's queue: a backup or a checkpoint gets its turn too.
            let goesOn = self.state.withLock { state in
                state.isDraining = state.hasWork
                return state.isDraining
            }
            if goesOn { self.scheduleDrain() }
        }
    }

    private struct Batch {
        let items: [Item]
        let owed: [@Sendable (JournalTransaction) throws -> Void]
        /// Carries a write of its own: a commit of nothing touches no disk and proves nothing.
        let isProbe: Bool
    }

    private func nextBatch() -> Batch {
        state.withLock { state in
            let items = Array(state.waiting.prefix(Self.batchLimit))
            state.waiting.removeFirst(items.count)
            return Batch(items: items, owed: state.owed, isProbe: state.outage != nil)
        }
    }

    /// Posts and the times of commits within the last minute.
    package var lastMinute: CommitMeter.Reading { state.withLock { $0.meter.reading(now: clock.now) } }

    private func commitBatch(on connection: any SQLConnection) {
        let batch = nextBatch()
        let start = ContinuousClock.now
        do {
            var committed = try run(batch, on: connection)
            let (duration, now) = (ContinuousClock.now - start, clock.now)
            let posts = committed.events.count { $0.type == .chatMessage }
            state.withLock { state in
                state.owed.removeFirst(batch.owed.count)
                state.meter.record(duration, posts: posts, now: now)
            }
            if batch.isProbe || !committed.events.isEmpty { committed.signals += wrote() }
            // Published first: whoever learns of the commit by an answer finds its events on their way.
            if !committed.events.isEmpty || !committed.signals.isEmpty {
                publisher.publish(committed.events, committed.signals)
            }
            for callback in committed.callbacks { callback() }
        } catch {
            if connection.isInTransaction { _ = try? connection.execute("ROLLBACK", []) }
            let signals = failed(batch.items.count, error)
            if !signals.isEmpty { publisher.publish([], signals) }
            for item in batch.items { item.fail(HubError(.storeUnavailable, retryAfter: 1000)) }
        }
    }

    private struct Committed {
        var callbacks: [@Sendable () -> Void] = []
        var events: [ServerEvent] = []
        var signals: [HubSignal] = []
    }

    private func run(_ batch: Batch, on connection: any SQLConnection) throws -> Committed {
        var committed = Committed()
        try connection.execute("BEGIN IMMEDIATE", [])
        if batch.isProbe { try HubStore.probe(in: connection) }
        for work in batch.owed {
            _ = try attempt(on: connection, &committed) { transaction in
                try work(transaction)
                return {}
            }
        }
        for item in batch.items {
            if let refusal = try attempt(on: connection, &committed, item.run) {
                committed.callbacks.append { item.fail(refusal) }
            }
        }
        try connection.execute("COMMIT", [])
        return committed
    }

    /// Runs one piece of work in a savepoint.
    ///
    /// - Returns: why it was refused, or nil. Throws what ends the whole transaction.
    private func attempt(
        on connection: any SQLConnection, _ committed: inout Committed,
        _ work: (JournalTransaction) throws -> @Sendable () -> Void
    ) throws -> HubError? {
        let transaction = JournalTransaction(connection: connection, now: clock.now)
        do {
            let callback = try connection.savepoint { try work(transaction) }
            committed.callbacks.append(callback)
            committed.events += transaction.events
            committed.signals += transaction.signals
            return nil
        } catch {
            if let error = error as? SQLError, error.code.endsTransaction || !connection.isInTransaction {
                throw error
            }
            return refusal(for: error)
        }
    }

    private func refusal(for error: any Error) -> HubError {
        if let error = error as? HubError { return error }
        logger.error("item failed", metadata: ["error": "\(error)"])
        return HubError(.internal)
    }
}

extension SQLError.Code {
    /// The errors after which nothing of the transaction can be trusted: SQLite may have rolled it back, or the disk cannot
    /// take it. "If the transaction has already been rolled back automatically by the error response, then the ROLLBACK
    /// command will fail with an error, but no harm is caused by this" (sqlite.org/lang_transaction.html).
    var endsTransaction: Bool {
        switch self {
        case .full, .io, .outOfMemory, .busy, .interrupted, .readOnly, .corrupt, .notADatabase: true
        default: false
        }
    }
}
