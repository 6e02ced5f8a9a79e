/// Drives the clients of some sessions on one thread: one epoll set, one buffer, no locks.
///
/// The phases are calls that return when they are done: `join`, `idle`, `post`, `drain`, `finish`.
final class LoadEngine {
    private static let receiveBufferSize = 256 * 1024

    let loop: EpollLoop
    let address: HubAddress
    let sessions: [SessionLoad]
    let connections: [ClientConnection]
    let buffer = ReceiveBuffer(size: LoadEngine.receiveBufferSize)
    var tally = LoadTally()
    var writer: FrameWriter
    /// Refused posts and when to send them again, earliest last.
    var retries: [Retry] = []
    /// Set while posts are being sent: an answer makes room for the next one.
    var posting: Posting?
    private var unflushed: [ClientConnection] = []

    struct Retry {
        let dueAt: UInt64
        let sender: Sender
        let post: Post
        /// Whether the post was certainly not stored, so that it may carry the time of its next attempt.
        let mayCarryNewTime: Bool
    }

    init(_ plans: [SessionPlan], address: HubAddress, seed: UInt64) throws {
        loop = try EpollLoop()
        self.address = address
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
                    let sender = Sender(connection: connection)
                    connection.sender = sender
                    session.senders.append(sender)
                }
            }
            sessions.append(session)
        }
        self.sessions = sessions
        self.connections = connections
    }

    /// Waits for sockets until something happened or `deadline` has come, handles it, and writes what came of it.
    func turn(until deadline: UInt64) throws {
        flushAll()
        try loop.wait(until: deadline) { tag, readiness in handle(connections[tag], readiness) }
        flushAll()
    }

    /// Keeps the connections alive for so long (nanoseconds).
    func idle(for duration: UInt64) throws {
        let end = MonotonicClock.now + duration
        while MonotonicClock.now < end { try turn(until: end) }
    }

    func markForFlush(_ connection: ClientConnection) {
        guard !connection.isMarkedForFlush else { return }
        connection.isMarkedForFlush = true
        unflushed.append(connection)
    }

    /// Ends a connection that the benchmark did not want to end.
    func drop(_ connection: ClientConnection, because reason: String) {
        guard connection.phase != .closed else { return }
        if connection.phase == .joined {
            tally.faults.note(.disconnected, "client \(connection.plan.number): \(reason)")
        } else {
            joinFailed(reason)
        }
        connection.close()
    }

    /// Closes all connections as a browser does that leaves the page.
    func finish() -> LoadTally {
        for connection in connections where connection.phase != .closed {
            if connection.phase == .joined {
                connection.enqueue(.close, [0x03, 0xE8], with: &writer)
                _ = connection.flush()
            }
            connection.close()
        }
        for session in sessions { tally.committed += session.history.postCount }
        return tally
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
            if let code = connection.flush() {
                drop(connection, because: SystemError("send", code: code).description)
            } else {
                watchForSpace(connection)
            }
        }
        unflushed.removeAll(keepingCapacity: true)
    }

    /// Asks for writability exactly while something waits to be written.
    private func watchForSpace(_ connection: ClientConnection) {
        let isBlocked = !connection.outgoing.isEmpty
        guard isBlocked != connection.isWaitingToWrite, let socket = connection.socket else { return }
        connection.isWaitingToWrite = isBlocked
        do throws(SystemError) {
            try loop.change(socket, tag: connection.tag, to: isBlocked ? [.readable, .writable] : .readable)
        } catch {
            drop(connection, because: error.description)
        }
    }
}
