/// Drives the clients of some sessions on one thread: one epoll set, one buffer, no locks.
///
/// `join`, `idle`, `post` and `drain` return when they are done; all of them drive the same loop (`run`), in which
/// everything that is due happens: connects, posts, retries, returns, slow reads.
final class LoadEngine {
    private static let receiveBufferSize = 256 * 1024

    let loop: EpollLoop
    let address: HubAddress
    let dialect: Dialect
    let sessions: [SessionLoad]
    let connections: [ClientConnection]
    let buffer = ReceiveBuffer(size: LoadEngine.receiveBufferSize)
    var tally = LoadTally()
    var writer: FrameWriter
    var random: SeededRandom
    /// Set while clients are let in.
    var joining: Joining?
    /// Set while posts are being sent: an answer makes room for the next one.
    var posting: Posting?
    var retries = Agenda<Retry>()
    var returns = Agenda<ClientConnection>()
    /// Who reads slowly, and the next read of each.
    var slowReads = Agenda<ClientConnection>()
    private var unflushed: [ClientConnection] = []

    init(_ plans: [SessionPlan], address: HubAddress, dialect: Dialect = .hub, seed: UInt64) throws {
        loop = try EpollLoop()
        self.address = address
        self.dialect = dialect
        random = SeededRandom(seed: seed)
        writer = FrameWriter(seed: seed)
        var sessions: [SessionLoad] = []
        var connections: [ClientConnection] = []
        for plan in plans {
            let session = SessionLoad(plan)
            for (index, client) in plan.clients.enumerated() {
                let connection = ClientConnection(tag: connections.count, plan: client, session: session)
                connections.append(connection)
                session.clients.append(connection)
                if index < plan.senderCount {
                    let sender = Sender(connection: connection, dialect: dialect)
                    connection.sender = sender
                    session.senders.append(sender)
                }
            }
            sessions.append(session)
        }
        self.sessions = sessions
        self.connections = connections
    }

    /// Does what is due until `deadline`, or until `isDone`, which is asked before every turn.
    func run(until deadline: UInt64, isDone: () -> Bool = { false }) throws {
        while !isDone() {
            let now = MonotonicClock.now
            guard now < deadline else { return }
            startJoins(at: now)
            sendDuePosts(at: now)
            sendRetries(at: now)
            comeBack(at: now)
            readSlowly(at: now)
            let dues = [nextJoinAt, nextPostAt, retries.nextDueAt, returns.nextDueAt, slowReads.nextDueAt]
            try turn(until: dues.reduce(deadline, min))
        }
    }

    /// Keeps the connections alive for so long (nanoseconds).
    func idle(for duration: UInt64) throws { try run(until: MonotonicClock.now + duration) }

    func markForFlush(_ connection: ClientConnection) {
        guard !connection.isMarkedForFlush else { return }
        connection.isMarkedForFlush = true
        unflushed.append(connection)
    }

    /// Ends a connection that the benchmark did not want to end.
    func drop(_ connection: ClientConnection, because reason: String) {
        guard connection.phase != .closed, connection.phase != .waiting else { return }
        if connection.isSentAway {
            connection.endedAt = MonotonicClock.now
            connection.close()
        } else if connection.comesBack, connection.epoch != nil {
            lost(connection, because: reason)
        } else if connection.phase == .joined {
            tally.faults.note(.disconnected, "client \(connection.plan.number): \(reason)")
            connection.close()
        } else {
            joinFailed(reason)
            connection.close()
        }
    }

    /// Closes all connections as a browser does that leaves the page.
    func finish() -> LoadTally {
        for connection in connections where connection.phase != .closed {
            if connection.phase == .joined {
                connection.enqueue(.close, [0x03, 0xE8], with: &writer)
                // It is over either way.
                try? connection.flush()
            }
            connection.close()
        }
        for connection in connections {
            tally.presence.add(connection.presence)
            tally.votes.add(connection.votes)
        }
        for session in sessions { tally.committed += session.history.postCount }
        return tally
    }

    /// Waits for sockets until something happened or `deadline` has come, handles it, and writes what came of it.
    private func turn(until deadline: UInt64) throws {
        flushAll()
        try loop.wait(until: deadline) { tag, readiness in handle(connections[tag], readiness) }
        flushAll()
    }

    private func handle(_ connection: ClientConnection, _ readiness: EpollLoop.Readiness) {
        if connection.phase == .connecting {
            finishConnecting(connection)
        } else {
            if readiness.contains(.writable) { markForFlush(connection) }
            if !readiness.isDisjoint(with: [.readable, .failed]) { receive(connection) }
        }
    }

    private func flushAll() {
        // A flush marks nothing itself, so one pass is enough.
        for connection in unflushed {
            connection.isMarkedForFlush = false
            do throws(SystemError) {
                try connection.flush()
                try connection.watch(in: loop)
            } catch {
                drop(connection, because: error.description)
            }
        }
        unflushed.removeAll(keepingCapacity: true)
    }
}
