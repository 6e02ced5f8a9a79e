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
package final class Journal: Sendable {
    private struct Item {
        let run: @Sendable (JournalTransaction) throws -> @Sendable () -> Void
        let fail: @Sendable (HubError) -> Void
    }

    private struct State {
        var waiting: [Item] = []
        var isDraining = false
        var isWritable = true
    }

    /// Bounds how long the writer's lock is held; larger batches gain nothing more per row.
    private static let batchLimit = 1024

    private let database: any SQLDatabase
    private let clock: HubClock
    private let publisher: any JournalPublisher
    private let logger: Logger
    private let state = Mutex(State())

    package init(database: any SQLDatabase, clock: HubClock, publisher: any JournalPublisher, logger: Logger) {
        self.database = database
        self.clock = clock
        self.publisher = publisher
        self.logger = logger
    }

    /// False from a failed commit until the next one that succeeds.
    package var isWritable: Bool { state.withLock { $0.isWritable } }

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
        let starts = state.withLock { state in
            state.waiting.append(item)
            defer { state.isDraining = true }
            return !state.isDraining
        }
        if starts { scheduleDrain() }
    }

    /// The same for callers that can wait. Throws the item's `HubError`.
    package func write<Value: Sendable>(
        _ work: @escaping @Sendable (JournalTransaction) throws -> Value
    ) async throws(HubError) -> Value {
        let result: Result<Value, HubError> = await withCheckedContinuation { continuation in
            submit(work) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    private func scheduleDrain() {
        database.withWriter { connection in
            self.commitBatch(on: connection)
            // One batch per turn on the writer's queue: a backup or a checkpoint gets its turn too.
            let goesOn = self.state.withLock { state in
                state.isDraining = !state.waiting.isEmpty
                return state.isDraining
            }
            if goesOn { self.scheduleDrain() }
        }
    }

    private func commitBatch(on connection: any SQLConnection) {
        let batch = state.withLock { state in
            let batch = Array(state.waiting.prefix(Self.batchLimit))
            state.waiting.removeFirst(batch.count)
            return batch
        }
        do {
            let committed = try run(batch, on: connection)
            state.withLock { $0.isWritable = true }
            // Published first: whoever learns of the commit by an answer finds its events on their way.
            if !committed.events.isEmpty || !committed.signals.isEmpty {
                publisher.publish(committed.events, committed.signals)
            }
            for callback in committed.callbacks { callback() }
        } catch {
            state.withLock { $0.isWritable = false }
            logger.error("commit failed", metadata: ["journal.items": "\(batch.count)", "error": "\(error)"])
            if connection.isInTransaction { _ = try? connection.execute("ROLLBACK", []) }
            for item in batch { item.fail(HubError(.storeUnavailable, retryAfter: 1000)) }
        }
    }

    private struct Committed {
        var callbacks: [@Sendable () -> Void] = []
        var events: [ServerEvent] = []
        var signals: [HubSignal] = []
    }

    private func run(_ batch: [Item], on connection: any SQLConnection) throws -> Committed {
        var committed = Committed()
        try connection.execute("BEGIN IMMEDIATE", [])
        for item in batch {
            let transaction = JournalTransaction(connection: connection, now: clock.now)
            do {
                committed.callbacks.append(try connection.savepoint { try item.run(transaction) })
                committed.events += transaction.events
                committed.signals += transaction.signals
            } catch {
                if let error = error as? SQLError, error.code.endsTransaction || !connection.isInTransaction {
                    throw error
                }
                let refusal = self.refusal(for: error)
                committed.callbacks.append { item.fail(refusal) }
            }
        }
        try connection.execute("COMMIT", [])
        return committed
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
