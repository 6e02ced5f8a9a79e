import Database
import Logging
import Synchronization

/// The one writer: everything durable goes through here, in the order submitted, many items to one commit.
///
/// A batch is everything that waits when the writer becomes free. Each item runs in a savepoint of its own, so that a
/// refused item refuses nobody else. Nothing is acknowledged or published before the commit; only a failed commit, or
/// an error with which SQLite rolled back everything, fails the whole batch, with a retryable error.
///
/// From a failed batch until the next commit the store counts as unwritable: the outage (`Journal+Outage.swift`). A
/// disk that does not answer counts as one that fails (`Journal+Stall.swift`).
final class Journal: Sendable {
    struct Item: Sendable {
        let scope: JournalScope
        /// The memory that the item holds until it is done.
        let bytes: Int
        /// What the store can be asked for beforehand; nil for what is no post.
        let post: PostKey?
        let run: @Sendable (JournalTransaction) throws -> Done
        let fail: @Sendable (HubError) -> Void
    }

    /// What follows the commit of an item.
    struct Done: Sendable {
        let answer: @Sendable () -> Void
        /// Runs instead of the answer when the item was refused before the commit, because the disk did not answer.
        var late: @Sendable () -> Void = {}
    }

    /// Something that has happened and that the store must still learn.
    struct Debt: Sendable {
        let scope: JournalScope
        let run: @Sendable (JournalTransaction) throws -> Void
    }

    struct State: Sendable {
        var waiting: [Item] = []
        /// Debts in their order. They are written before anything that waits, and kept until a commit takes them.
        var owed: [Debt] = []
        /// The memory of everything that waits or is being written.
        var bytes = 0
        var isDraining = false
        /// The writer's present turn; nil when nobody needs it.
        var turn: Turn?
        var patience = Turn.patience
        /// Whether the hub stops, and waits for nobody else's work.
        var isHurried = false
        var outage: Outage?
        /// The time of the last commit that wrote something, by the steady clock.
        var lastWrite: Timestamp?
        var meter = CommitMeter()

        /// Whether the writer is needed. During an outage debts alone do not start an attempt: they wait for one that
        /// somebody makes.
        var hasWork: Bool { !waiting.isEmpty || (outage == nil && !owed.isEmpty) }

        mutating func takeWaiting(atMost count: Int) -> [Item] {
            let items = Array(waiting.prefix(count))
            waiting.removeFirst(items.count)
            return items
        }
    }

    /// The most memory that waiting work may hold, which bounds what a slow disk can make the hub remember. Work beyond
    /// it is refused as in an outage, to be tried again.
    private static let mostBytes = 16 << 20
    /// The memory that an item takes beside its content.
    private static let itemBytes = 256

    let database: any SQLDatabase
    let clock: HubClock
    let publisher: any JournalPublisher
    let reader: EventReader
    let driver: (any JournalDriver)?
    let foresight: (any Foresight)?
    /// The order of commits that this hub has in common with others; nil for one that has its database for itself.
    let log: CommitLog?
    let logger: Logger
    let state = Mutex(State())
    /// Held while something is published, or the beginning or the end of an outage is decided, so that the loops learn
    /// of everything in order.
    let telling = Mutex(EarlyCommits())
    /// Why the database is not this process's to write any more.
    let fences: AsyncStream<String>
    let fence: AsyncStream<String>.Continuation

    /// - Parameters:
    ///   - driver: stands between the writer and its items in tests; otherwise nil.
    ///   - foresight: reads and writes posts together, on a server; nil carries out each by itself.
    init(
        database: any SQLDatabase, clock: HubClock, publisher: any JournalPublisher, reader: EventReader,
        driver: (any JournalDriver)? = nil, foresight: (any Foresight)? = nil, log: CommitLog? = nil, logger: Logger
    ) {
        self.database = database
        self.clock = clock
        self.publisher = publisher
        self.reader = reader
        self.driver = driver
        self.foresight = foresight
        self.log = log
        self.logger = logger
        (fences, fence) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Queues one item; returns at once. `completion` runs once: on the writer's thread, after the commit and after its
    /// events were published, or on any thread when it is refused.
    ///
    /// - Parameters:
    ///   - scope: what it may change.
    ///   - bytes: how much memory the work holds.
    ///   - post: what names the post that the work carries out; nil for anything else.
    ///   - work: may be run more than once, and has no effect outside of its transaction.
    ///   - late: runs on the writer's thread when the item was refused, because the disk did not answer, and committed
    ///     after all.
    func submit<Value: Sendable>(
        _ scope: JournalScope, bytes: Int = 0, post: PostKey? = nil,
        _ work: @escaping @Sendable (JournalTransaction) throws -> Value,
        late: @escaping @Sendable (Value) -> Void = { _ in },
        completion: @escaping @Sendable (Result<Value, HubError>) -> Void
    ) {
        let item = Item(
            scope: scope, bytes: bytes + Self.itemBytes, post: post,
            run: { transaction in
                let value = try work(transaction)
                return Done(answer: { completion(.success(value)) }, late: { late(value) })
            },
            fail: { completion(.failure($0)) }
        )
        let isTaken = queue { state in
            guard state.turn?.isGivenUp != true, state.bytes + item.bytes <= Self.mostBytes else { return false }
            state.waiting.append(item)
            state.bytes += item.bytes
            return true
        }
        if !isTaken { item.fail(HubError(.storeUnavailable, retryAfter: 1000)) }
    }

    /// Queues what must be written sooner or later, because it has happened; returns at once.
    ///
    /// It is written before everything that was submitted and is not yet written. It stays, in order, until a commit
    /// takes it, also over an outage. Only when it fails by itself is it dropped. Nothing here bounds the list: the
    /// callers must (`owed`).
    func owe(_ scope: JournalScope, _ work: @escaping @Sendable (JournalTransaction) throws -> Void) {
        _ = queue { state in
            state.owed.append(Debt(scope: scope, run: work))
            return true
        }
    }

    /// How many debts are not yet written.
    var owed: Int { state.withLock { $0.owed.count } }

    /// Adds work and starts the writer if it is idle.
    ///
    /// - Parameter add: adds the work to the state; returns false to refuse it.
    private func queue(_ add: (inout State) -> Bool) -> Bool {
        let (isTaken, starts) = state.withLock { state in
            guard add(&state) else { return (false, false) }
            guard !state.isDraining, state.hasWork else { return (true, false) }
            state.isDraining = true
            state.turn = Turn()
            return (true, true)
        }
        if starts { scheduleDrain() }
        return isTaken
    }

    /// Submits an item and waits for its result. Throws the item's `HubError`. In a request the caller's right to write
    /// is looked at again in the same transaction (`WriterCheck`), and an Idempotency-Key is claimed in it.
    func write<Value: Sendable>(
        _ scope: JournalScope, _ work: @escaping @Sendable (JournalTransaction) throws -> Value,
        late: @escaping @Sendable (Value) -> Void = { _ in }
    ) async throws(HubError) -> Value {
        let (check, claim) = (WriterCheck.current, IdempotencyClaim.current)
        let bytes = RequestWeight.bytes
        let result: Result<Value, HubError> = await withCheckedContinuation { continuation in
            submit(scope, bytes: bytes) { transaction in
                try check?.require(transaction)
                try claim?.record(in: transaction)
                return try work(transaction)
            } late: {
                late($0)
            } completion: {
                continuation.resume(returning: $0)
            }
        }
        return try result.get()
    }
}
