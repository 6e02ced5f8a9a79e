import Database
import Logging
import StrictJSON
import Synchronization
import WebSocketServer

/// A hub as one of several on a database: how it joins them, how it shows that it lives, and what it does when another
/// one does not.
extension Hub {
    /// How often a node says that it lives. What attendance a crash can take is no more than this.
    private static let beatPeriod: Duration = .seconds(3)
    /// How often the log of commits is looked at though nobody called: the first while calls are heard.
    private static let (lookPeriod, deafPeriod): (Duration, Duration) = (.seconds(1), .milliseconds(250))
    /// How long one hub may tell of a commit after another hub that committed later.
    private static let tellingTime: Duration = .milliseconds(5)
    /// Milliseconds without any hint, though this hub calls itself, after which it counts as deaf.
    private static let deafness: Int64 = 5000
    /// Milliseconds between two beats beyond which the time in between proves nothing of other hubs.
    private static let longestBeat: Int64 = 7000
    /// Milliseconds for which news are kept. A hub that is further behind was declared lost long since.
    private static let newsLife: Int64 = 300_000

    /// What the loop that beats keeps.
    struct NodeState {
        var watch = NodeWatch()
        /// When the last hint of any hub was heard, or hearing began anew.
        var heardAt: Timestamp?
        var isDeaf = false
        var beats = 0
        /// Whether what is missing is looked for in a moment.
        var isLookDue = false
        /// When a beat was last written.
        var reviewedAt: Timestamp?
    }

    /// Makes this hub one of the database's, in one transaction: its former places are its own again, and what is at
    /// other hubs is known up to exactly this commit.
    ///
    /// - Returns: the places of this hub, and those at others, and the commit as of which they are.
    func join(_ log: CommitLog) async throws(HubError) -> ([KeptPlace], CommitLog.Turn) {
        let (register, identity) = (services.register, services.identity)
        let node = identity.node
        let (turn, places) = try await journal.write(.directoryAndSessions) { transaction in
            guard let turn = transaction.turn else { throw HubError(.internal) }
            let connection = transaction.connection
            let former = try NodeStore.find(node, in: connection)?.seenAt
            _ = try register.takeOver(from: node, seen: former ?? Timestamp(milliseconds: 0), in: transaction)
            try NodeStore.enter(identity, at: transaction.moment, in: connection)
            try register.adoptSeats(in: connection)
            try register.forgetWork(in: connection)
            for orphan in try register.orphans(in: connection) {
                // Of nobody's places only the attendance itself says when they were last seen.
                let seen = try NodeStore.find(orphan, in: connection)?.seenAt ?? Timestamp(milliseconds: 0)
                _ = try register.takeOver(from: orphan, seen: seen, in: transaction)
            }
            return (turn, try register.places(in: connection))
        }
        return (places, turn)
    }

    /// Whether no hint is heard, so that other hubs' commits are looked for four times a second.
    var isDeaf: Bool { nodes.withLock(\.isDeaf) }

    /// Begins to follow the others.
    func follow(_ log: CommitLog) {
        log.database.hear { hint in self.heard(hint, log) }
        on(0) { _, loop in
            self.lookAgain(log, on: loop)
            self.beatAsNode(log, on: loop)
        }
    }

    private func heard(_ hint: String?, _ log: CommitLog) {
        let now = services.clock.steady
        let wasDeaf = nodes.withLock { state in
            defer { (state.heardAt, state.isDeaf) = (now, false) }
            return state.isDeaf
        }
        if wasDeaf { services.logger.notice("the other hubs are heard again") }
        guard let hint else {
            journal.forgetTold()
            return journal.follow()
        }
        switch NodeHint(hint) {
        case .commit(let number): if number > log.seen?.number ?? 0 { journal.follow() }
        case .told(let box):
            if !journal.hear(log.open(box)) { lookSoon() }
        case .moment(let node, let moment) where node != self.node: show(moment)
        case .echo, .moment, nil: break
        }
    }

    /// Looks for what is missing before a commit that was told, unless it comes in a moment: of two hubs that commit
    /// one after the other, the second may be the first to tell.
    private func lookSoon() {
        let isFirst = nodes.withLock { state in
            defer { state.isLookDue = true }
            return !state.isLookDue
        }
        guard isFirst else { return }
        on(0) { _, loop in
            _ = loop.schedule(after: Self.tellingTime) {
                self.nodes.withLock { $0.isLookDue = false }
                self.journal.followIfMissing()
            }
        }
    }

    private func lookAgain(_ log: CommitLog, on loop: isolated EventLoop) {
        let period = isDeaf ? Self.deafPeriod : Self.lookPeriod
        _ = loop.schedule(after: period) {
            self.journal.follow()
            self.lookAgain(log, on: loop)
        }
    }

    private func beatAsNode(_ log: CommitLog, on loop: isolated EventLoop) {
        beat(log)
        _ = loop.schedule(after: Self.beatPeriod) { self.beatAsNode(log, on: loop) }
    }

    private func beat(_ log: CommitLog) {
        let (node, now) = (node, services.clock.steady)
        log.database.tell(NodeHint.echo(node).text)
        let (isNewlyDeaf, count) = nodes.withLock { state in
            state.beats += 1
            let isDeaf = now - (state.heardAt ?? now) >= Self.deafness
            state.heardAt = state.heardAt ?? now
            defer { state.isDeaf = state.isDeaf || isDeaf }
            return (isDeaf && !state.isDeaf, state.beats)
        }
        if isNewlyDeaf {
            services.logger.warning("no hub is heard, not even this one: events of others come up to 250 ms late")
        }
        if isDeaf { log.database.hearAnew() }
        journal.submit(.hub) { transaction in
            try NodeStore.beat(node, at: transaction.moment.steady, in: transaction.connection)
            if count.isMultiple(of: 3) {
                try CommitLog.forget(before: transaction.now - Self.newsLife, in: transaction.connection)
            }
            return try NodeStore.all(in: transaction.connection)
        } completion: { result in
            switch result {
            case .success(let all): self.review(all.filter { $0.name != node })
            case .failure: self.nodes.withLock { $0.watch.forget() }
            }
        }
    }

    /// Looks at the other hubs after a beat, and takes over from those that serve no more.
    private func review(_ others: [NodeStore.Node]) {
        let now = services.clock.steady
        let lost = nodes.withLock { state in
            // This hub could not write for a while, though nothing failed: neither could the others.
            if let last = state.reviewedAt, now - last > Self.longestBeat { state.watch.forget() }
            state.reviewedAt = now
            return state.watch.look(others, now: now)
        }
        for node in lost { takeOver(from: node) { try NodeStore.declareLost(node, in: $0) } }
        guard others.contains(where: { $0.state != .up }) else { return }
        let register = services.register
        read(on: 0) { connection in
            try register.orphans(in: connection)
        } then: { result, _, _ in
            let orphans = (try? result.get()) ?? []
            for node in others where orphans.contains(node.name) {
                self.takeOver(from: node) { try NodeStore.find(node.name, in: $0)?.state != .up }
            }
        }
    }

    /// - Parameter isDue: whether the node serves no more, as of the transaction.
    private func takeOver(
        from node: NodeStore.Node, if isDue: @escaping @Sendable (any SQLConnection) throws -> Bool
    ) {
        let (register, logger) = (services.register, services.logger)
        journal.submit(.directoryAndSessions) { transaction in
            guard try isDue(transaction.connection) else { return false }
            _ = try register.takeOver(from: node.name, seen: node.seenAt, in: transaction)
            return true
        } completion: { result in
            // A failure is tried again with the next beat. One that has beaten meanwhile is not lost.
            guard case .success(true) = result, node.state == .up else { return }
            logger.warning("a hub is lost", metadata: ["node": "\(node.name)"])
        }
    }

    /// Leaves the others at a stop, so that they need not wait for a beat to take over.
    func leave(_ log: CommitLog) async {
        let node = node
        _ = try? await journal.write(.hub) { transaction in
            try NodeStore.leave(node, at: transaction.moment.steady, in: transaction.connection)
        }
    }

    // MARK: - What nobody stores

    /// Tells the other hubs of a command that changes what nobody stores.
    func tell(_ moment: JSON, by caller: Caller, in session: Int64) {
        guard let log = journal.log else { return }
        let whole: JSON = ["session": .integer(session), "user": .integer(caller.userID), "command": moment]
        log.database.tell(NodeHint.moment(node: node, whole).text)
    }

    /// Makes at this hub what another one has told. It was judged there.
    private func show(_ moment: JSON) {
        guard let session = moment["session"]?.integerValue, let user = moment["user"]?.integerValue,
            let object = moment["command"]?.objectValue, let type = object["type"]?.stringValue,
            let work = try? commands.work(for: ClientCommand(ref: 0, type: type, fields: Fields(object))),
            case .change(let change) = work
        else { return }
        // Only the id counts of somebody who was let in elsewhere.
        let caller = Caller(userID: user, role: .student, email: "", expiresAt: Timestamp(milliseconds: .max))
        on(home(of: session).index) { station, loop in
            station.channels[session]?.make(change, by: caller, on: loop)
        }
    }
}
