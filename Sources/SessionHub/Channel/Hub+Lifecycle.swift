import Logging
import WebSocketServer

/// The hub's start, its heartbeat and its stop.
extension Hub {
    /// How often attendance is marked as seen. A crash of the hub can take no more than this from anybody's attendance.
    private static let heartbeat: Duration = .seconds(15)
    private static let look: Duration = .milliseconds(250)
    /// The milliseconds for which places are kept after a restart: at least the first number, and beyond the last slot
    /// to come back by the second one.
    private static let (keepAtLeast, keepAfterSlot): (Int64, Int64) = (30_000, 20_000)
    /// Milliseconds between two clients' slots: 5,000 clients are back within 15 s, a class of 30 at once.
    private static let (firstSlot, slotStep): (Int64, Int64) = (100, 3)

    /// Puts those who were here before the restart back into their places, and starts the heartbeat. Call once, with
    /// the journal attached and before connections are accepted.
    ///
    /// Throws `store_unavailable` when the store cannot be written: a hub does not begin with an outage.
    func start() async throws(HubError) {
        on(0) { _, loop in self.watch(on: loop) }
        let (clock, register) = (services.clock, services.register)
        try await journal.write(.hub) { transaction in
            try HubStore.probe(in: transaction.connection)
            try ClockStore.save(clock.record, in: transaction.connection)
        }
        let places: [KeptPlace]
        var turn: CommitLog.Turn?
        if let log = journal.log {
            (places, turn) = try await join(log)
        } else {
            places = try await journal.write(.sessions) { try register.holdAll(in: $0.connection) }
        }
        let slots = Int64(places.count { $0.node == nil }) * Self.slotStep
        let now = services.clock.steady
        let end = now + max(Self.keepAtLeast, slots + Self.keepAfterSlot)
        for (session, group) in Dictionary(grouping: places, by: \.session) {
            on(home(of: session).index) { station, loop in
                station.channel(session, hub: self, on: loop).keep(group, since: now, until: end, on: loop)
            }
        }
        on(0) { _, loop in self.beat(on: loop) }
        if let log = journal.log, let turn {
            // Only now that the places are known may what came after them be published.
            log.join(at: turn)
            follow(log)
        }
    }

    /// Looks for what nobody reports: a disk that does not answer, and a wall clock that was set.
    private func watch(on loop: isolated EventLoop) {
        _ = loop.schedule(after: Self.look) {
            self.journal.review()
            if let step = self.services.clock.review() { self.follow(step) }
            self.watch(on: loop)
        }
    }

    private func follow(_ step: HubClock.Step) {
        let (clock, logger) = (services.clock, services.logger)
        logger.notice("the machine's clock was set", metadata: ["clock.step.ms": "\(step.by)"])
        journal.owe(.directory) { transaction in
            // Each machine's clock is set by itself, and codes are made at all hubs.
            if transaction.turn?.isHeard == true { return }
            try ClockStore.follow(step, record: clock.record, in: transaction.connection)
        }
    }

    private func beat(on loop: isolated EventLoop) {
        _ = loop.schedule(after: Self.heartbeat) {
            self.writeHeartbeat()
            self.doChores(on: loop)
            self.freeMemory.review()
            self.beat(on: loop)
        }
    }

    private func writeHeartbeat(then done: @escaping @Sendable () -> Void = {}) {
        let (clock, register) = (services.clock, services.register)
        journal.submit(.sessions) { transaction in
            try register.beat(at: transaction.moment.steady, in: transaction.connection)
        } completion: { seen in
            // The journal reports a failure, and the next heartbeat writes the same and more. When nobody is there
            // nothing needs to be written.
            guard case .success(1...) = seen else { return done() }
            self.journal.submit(.hub) { transaction in
                try ClockStore.save(clock.record, in: transaction.connection)
            } completion: { _ in
                done()
            }
        }
    }

    private func doChores(on loop: isolated EventLoop) {
        for chore in services.chores {
            read(on: loop.index) { connection in
                try chore.isDue(connection)
            } then: { result, _, _ in
                guard case .success(true) = result else { return }
                // The journal reports a failure, and the next heartbeat tries again.
                self.journal.submit(chore.scope) {
                    try chore.work($0)
                } completion: { _ in
                }
            }
        }
    }

    /// Says bye to everybody, each with a slot of its own, after a last heartbeat. The places stay taken in the store.
    func stop() async {
        journal.hurry()
        await withCheckedContinuation { continuation in
            writeHeartbeat { continuation.resume() }
        }
        if let log = journal.log { await leave(log) }
        if journal.owed > 0 {
            services.logger.error(
                "attendance lost: the store could not be written to the end",
                metadata: [
                    "journal.owed": "\(journal.owed)"
                ])
        }
        let count = Int64(loopCount)
        for index in 0..<loopCount {
            await withCheckedContinuation { continuation in
                on(index) { station, loop in
                    station.sendAway(
                        first: Self.firstSlot + Int64(index) * Self.slotStep, step: Self.slotStep * count, on: loop
                    )
                    continuation.resume()
                }
            }
        }
    }
}
