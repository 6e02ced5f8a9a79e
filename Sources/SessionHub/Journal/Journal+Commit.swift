import Database
import Logging
import Synchronization

/// The writer's half of the journal: takes what waits, batch by batch, and reports the outcome.
extension Journal {
    /// The most items in a batch, which bounds how long the writer's lock is held. Larger batches gain nothing more per
    /// row.
    private static let batchLimit = 1024

    func scheduleDrain() {
        database.withWriter { connection in
            self.commitBatch(on: connection)
            // One batch per turn on the writer's queue: a backup or a checkpoint gets its turn too.
            let goesOn = self.state.withLock { state in
                state.isDraining = state.hasWork
                state.turn = state.isDraining ? Turn() : nil
                return state.isDraining
            }
            if goesOn { self.scheduleDrain() }
        }
    }

    private struct Batch {
        let items: [Item]
        let owed: [Debt]
        /// Whether the batch writes something of its own: a commit of nothing touches no disk and proves nothing.
        let isProbe: Bool

        var bytes: Int { items.reduce(0) { $0 + $1.bytes } }
    }

    private func nextBatch() -> Batch {
        state.withLock { state in
            let items = state.takeWaiting(atMost: Self.batchLimit)
            // The watch starts anew for these items: everybody who had waited too long for the writer was refused
            // already.
            state.turn = Turn(items: items)
            return Batch(items: items, owed: state.owed, isProbe: state.outage != nil)
        }
    }

    /// The posts and the times of commits of the last minute.
    var lastMinute: CommitMeter.Reading { state.withLock { $0.meter.reading(now: clock.steady) } }

    private func commitBatch(on connection: any SQLConnection) {
        let batch = nextBatch()
        let start = ContinuousClock.now
        do {
            var committed = try run(batch, on: connection)
            log?.prove(committed.connectionCount)
            let before = committed.turn.map { predecessors(of: $0, on: connection) }
            let (duration, now) = (ContinuousClock.now - start, clock.steady)
            let posts = committed.events.count { $0.kind.isMessage }
            state.withLock { state in
                state.owed.removeFirst(batch.owed.count)
                state.meter.record(duration, posts: posts, now: now)
            }
            // Events are published before the answers: whoever learns of the commit by an answer finds its events on
            // their way.
            let isGivenUp = telling.withLock { early in
                let isGivenUp = finish(batch.bytes)
                let woken = batch.isProbe || isGivenUp || !committed.events.isEmpty ? wrote() : []
                if let before, !before.isComplete, let turn = committed.turn {
                    if !woken.isEmpty { publisher.publish([], woken, []) }
                    early.hold(committed.told(at: turn))
                    log?.settle(turn, isPublished: false)
                } else {
                    committed.signals += woken
                    publish(before?.entries ?? [], with: early.held(through: committed.turn?.number ?? 0))
                    if !committed.isSilent {
                        publisher.publish(committed.events, committed.signals, committed.homeChanges)
                    }
                    if let turn = committed.turn { log?.settle(turn, isPublished: true) }
                }
                publishNext(of: &early)
                return isGivenUp
            }
            if let turn = committed.turn, turn.isHeard {
                log?.tell(turn, committed.news, committed.events, committed.homeChanges)
            }
            if before?.isComplete == false { follow() }
            for work in committed.sequel { work() }
            if isGivenUp {
                for done in committed.done { done.late() }
            } else {
                for done in committed.done { done.answer() }
            }
        } catch {
            connection.rollBack()
            log?.abandon()
            let isGivenUp = telling.withLock { early in
                publishNext(of: &early)
                let signals = failed(batch.items.count, error)
                if !signals.isEmpty { publisher.publish([], signals, []) }
                return finish(batch.bytes)
            }
            guard !isGivenUp else { return }
            for item in batch.items { item.fail(HubError(.storeUnavailable, retryAfter: 1000)) }
        }
    }

    private struct Committed {
        var done: [Done] = []
        var events: [ServerEvent] = []
        var signals: [HubSignal] = []
        var homeChanges: [HomeChange] = []
        /// The commit's place among those of all hubs of the database.
        var turn: CommitLog.Turn?
        var connectionCount = 0
        /// What items left to be done afterwards, refused ones included.
        var sequel: [@Sendable () -> Void] = []

        mutating func take(_ outcome: Done, _ transaction: JournalTransaction) {
            done.append(outcome)
            events += transaction.events
            signals += transaction.signals
            homeChanges += transaction.homeChanges
        }

        func told(at turn: CommitLog.Turn) -> ToldCommit {
            ToldCommit(
                place: turn.place, former: turn.former, events: events, signals: signals, changes: homeChanges)
        }

        var news: CommitNews { CommitNews(events, signals, homeChanges) }

        /// Whether the loops need not hear of the commit.
        var isSilent: Bool { events.isEmpty && signals.isEmpty && homeChanges.isEmpty }
    }

    private func run(_ batch: Batch, on connection: any SQLConnection) throws -> Committed {
        // A driver sees every statement of every item, which then has some.
        guard let foresight, driver == nil, connection.isRemote else { return try run(batch, on: connection, nil) }
        do {
            return try run(batch, on: connection, PostBatch(batch.items.map(\.post), foresight))
        } catch let refused as PostBatch.Refused {
            logger.warning("posts run one by one", metadata: ["error": "\(refused.error)"])
            connection.rollBack()
            log?.abandon()
            enter(.waiting)
            return try run(batch, on: connection, nil)
        }
    }

    private func run(_ batch: Batch, on connection: any SQLConnection, _ posts: PostBatch?) throws -> Committed {
        var committed = Committed()
        try connection.begin()
        let request = try log?.askForTurn(in: connection)
        if let posts, batch.owed.isEmpty, !batch.isProbe {
            committed.turn = try posts.together {
                try posts.askAhead(in: connection)
                return try request.flatMap { try log?.takeTurn($0) }
            }
        } else {
            committed.turn = try request.flatMap { try log?.takeTurn($0) }
        }
        committed.connectionCount = log?.database.connectionCount ?? 0
        // Everybody was refused while the turn was waited for. What they have done since, elsewhere perhaps, must not
        // be undone by what they wanted before; only what is owed is carried out, and a write that proves the store.
        let isRefused = isStalled
        let items = isRefused ? [] : batch.items
        enter(.working)
        if batch.isProbe || isRefused { try HubStore.probe(in: connection) }
        for debt in batch.owed {
            _ = try attempt(debt.scope, on: connection, &committed) { transaction in
                try debt.run(transaction)
                return Done(answer: {})
            }
        }
        for (index, item) in items.enumerated() {
            if let posts, try carryOut(item, at: index, of: posts, on: connection, &committed) { continue }
            if let refusal = try attempt(item.scope, on: connection, &committed, item.run) {
                committed.done.append(Done(answer: { item.fail(refusal) }))
            }
        }
        func leaveNews() throws {
            if let turn = committed.turn, turn.isHeard {
                try log?.leave(committed.news, of: turn, at: clock.now, in: connection)
            }
            enter(.writing)
        }
        if let posts {
            try posts.commit(connection, with: leaveNews)
        } else {
            try leaveNews()
            try connection.commit()
        }
        return committed
    }

    /// Carries out a post without statements of its own, if that can be done.
    ///
    /// - Returns: false when the item must run in the ordinary way. What was left by posts before is then written.
    private func carryOut(
        _ item: Item, at index: Int, of posts: PostBatch, on connection: any SQLConnection, _ committed: inout Committed
    ) throws -> Bool {
        guard let prospect = try posts.prospect(at: index, in: connection) else {
            try posts.settle(in: connection)
            return false
        }
        let unasked = UnaskedConnection()
        let transaction = JournalTransaction(
            item.scope, connection: unasked, clock: clock, reader: reader, driver: nil, prospect: prospect,
            turn: committed.turn)
        let outcome = Result {
            let done = try item.run(transaction)
            try transaction.finish()
            return done
        }
        guard !unasked.wasAsked else {
            posts.asked(prospect.key)
            try posts.settle(in: connection)
            return false
        }
        committed.sequel += transaction.sequel
        switch outcome {
        case .success(let done):
            posts.take(prospect)
            committed.take(done, transaction)
        case .failure(let error):
            let refusal = refusal(for: error)
            committed.done.append(Done(answer: { item.fail(refusal) }))
        }
        return true
    }

    /// Runs one piece of work in a savepoint. Throws only what ends the whole transaction.
    ///
    /// - Returns: why the work was refused, or nil.
    private func attempt(
        _ scope: JournalScope, on connection: any SQLConnection, _ committed: inout Committed,
        _ work: (JournalTransaction) throws -> Done
    ) throws -> HubError? {
        let turn = committed.turn
        func begin() -> JournalTransaction {
            JournalTransaction(
                scope, connection: connection, clock: clock, reader: reader, driver: driver, turn: turn
            )
        }
        func run(_ transaction: JournalTransaction) throws -> Done {
            let done = try work(transaction)
            try transaction.finish()
            return done
        }
        let transaction = begin()
        defer { committed.sequel += transaction.sequel }
        do {
            try driver?.rehearse(on: connection) { _ = try run(begin()) }
            let done = try connection.savepoint { try run(transaction) }
            committed.take(done, transaction)
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
    /// The errors after which nothing of the transaction can be trusted: SQLite may have rolled it back, or the disk
    /// cannot take it. "If the transaction has already been rolled back automatically by the error response, then the
    /// ROLLBACK command will fail with an error, but no harm is caused by this" (sqlite.org/lang_transaction.html).
    var endsTransaction: Bool {
        switch self {
        case .full, .io, .outOfMemory, .busy, .interrupted, .readOnly, .corrupt, .notADatabase, .unavailable,
            .fenced:
            true
        default: false
        }
    }
}
