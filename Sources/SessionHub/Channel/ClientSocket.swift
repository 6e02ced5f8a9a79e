import StrictJSON
import WebSocketServer

/// The user's end of one connection: takes it through hello, decodes and limits commands, and writes replies, events and
/// presence, in that order, as far as the connection takes them.
///
/// Belongs to its connection's loop. A connection reads one session.
final class ClientSocket: WebSocketHandler {
    enum Phase {
        /// No hello yet. `headerCaller` was proved at the upgrade by the Authorization header.
        indirect case opened(headerCaller: Caller?, isUnsupportedVersion: Bool)
        /// The hello is on its way through the store; frames that came behind it wait.
        case admitting(pipelined: [[UInt8]])
        case joined
        /// A bye was sent, or the connection is gone.
        case closing
    }

    let id: UInt64
    let session: Int64
    let hub: Hub
    let connection: WebSocketConnection
    let language: Language

    var phase: Phase
    /// Both are cancelled in `closed`; until then their jobs hold this object.
    var helloTimer: LoopTimer?
    var expiryTimer: LoopTimer?
    /// Set by a verified hello.
    var caller: Caller?
    /// When its token ends, by the clock that nobody sets.
    var tokenEnd: Timestamp?
    var entry: Presence.Entry?
    /// The store is being asked what this person may; something changed since.
    var isCheckingAccess = false
    var mustCheckAgain = false
    /// Counted by the session's channel: it must hear of the end.
    var isCounted = false

    /// Where the feed has it, while it is a reader.
    var placeInFeed: Int?
    private(set) var cursor: Int64 = 0
    private(set) var presenceVersion: Int64 = 0
    /// Up to which frame of the states that nobody stores it was shown them (`EphemeralFrames`).
    private(set) var ephemeralVersion = 0
    private var isToldDegraded = false
    private var isReadingJournal = false
    /// Up to here a gap was announced.
    private var gapEnd: Int64 = 0
    private var replies = ReplyList()

    init(
        connection: WebSocketConnection, session: Int64, hub: Hub, headerCaller: Caller?, language: Language,
        isUnsupportedVersion: Bool
    ) {
        id = connection.id
        self.connection = connection
        self.session = session
        self.hub = hub
        self.language = language
        phase = .opened(headerCaller: headerCaller, isUnsupportedVersion: isUnsupportedVersion)
    }

    var userID: Int64 { caller?.userID ?? 0 }
    var isHost: Bool { entry?.isHost ?? false }

    /// Events and presence may be written now.
    var canReceive: Bool {
        guard case .joined = phase else { return false }
        return !connection.isBlocked && !isReadingJournal && replies.isEmpty
    }

    // MARK: - From the connection

    func opened(_ connection: WebSocketConnection, on loop: isolated EventLoop) {
        hub.station(on: loop).add(self)
        if case .opened(_, isUnsupportedVersion: true) = phase { return sayBye(.unsupportedVersion, on: loop) }
        let wait = Duration.milliseconds(hub.services.limits.helloMilliseconds)
        helloTimer = loop.schedule(after: wait) { self.sayBye(.slowHandshake, on: loop) }
    }

    func received(_ message: [UInt8], on loop: isolated EventLoop) {
        switch phase {
        case .opened(let headerCaller, _): begin(message, headerCaller: headerCaller, on: loop)
        case .admitting(let pipelined):
            guard pipelined.count < 32 else { return sayBye(.tooManyRequests, after: 1000, on: loop) }
            phase = .admitting(pipelined: pipelined + [message])
        case .joined: perform(message, on: loop)
        case .closing: break
        }
    }

    func drained(on loop: isolated EventLoop) {
        while !connection.isBlocked, let reply = replies.next() { _ = connection.write(OutgoingFrame(reply), on: loop) }
        sendDegraded(on: loop)
        guard canReceive, let feed = hub.station(on: loop).feeds[session] else { return }
        feed.catchUp(self, on: loop)
        feed.sendPresence(to: self, on: loop)
        feed.sendEphemeral(to: self, on: loop)
    }

    func closed(_ code: UInt16, on loop: isolated EventLoop) {
        phase = .closing
        helloTimer?.cancel()
        expiryTimer?.cancel()
        leave(on: loop)
    }

    /// Gives up the place in feed, channel and registry; once.
    private func leave(on loop: isolated EventLoop) {
        let station = hub.station(on: loop)
        station.remove(self)
        if let feed = station.feeds[session] {
            feed.remove(self)
            station.dropFeedIfUnread(session, hub: hub, on: loop)
        }
        guard isCounted, !station.isStopping else { return }
        isCounted = false
        let (id, user) = (id, userID)
        let seen = hub.services.clock.steady - Int64(connection.silence / .milliseconds(1))
        hub.atHome(of: session, from: loop) { [session] station, loop in
            station.channels[session]?.disconnected(user, socket: id, seen: seen, on: loop)
        }
    }

    // MARK: - Commands

    private func perform(_ message: [UInt8], on loop: isolated EventLoop) {
        let verdict = hub.commandLimits.take(user: userID, session: session, now: hub.services.clock.steady)
        if verdict == .flood { return sayBye(.tooManyRequests, after: Self.pauseAfterFlood, on: loop) }
        do throws(CommandRefusal) {
            let command = try ClientCommand(frame: message, mostBytes: hub.services.limits.frameBytes)
            let work = try hub.commands.work(for: command)
            if case .wait(let wait) = verdict {
                throw CommandRefusal(ref: command.ref, error: HubError(.rateLimited, retryAfter: wait))
            }
            perform(work, ref: command.ref, bytes: message.count, on: loop)
        } catch {
            reply(to: error.ref, .failure(error.error), on: loop)
        }
    }

    /// Milliseconds.
    private static let pauseAfterFlood: Int64 = 5000

    // MARK: - To the connection

    func reply(to ref: Int64?, _ result: Result<JSON, HubError>, on loop: isolated EventLoop) {
        switch result {
        case .success(let value):
            guard let ref else { return }
            write(ServerMessage.ok(ref, value), on: loop)
        case .failure(let error): write(ServerMessage.error(ref, error, in: language), on: loop)
        }
    }

    /// A frame for this connection alone, before any events.
    func write(_ frame: [UInt8], on loop: isolated EventLoop) {
        if replies.isEmpty, !connection.isBlocked {
            _ = connection.write(OutgoingFrame(frame), on: loop)
        } else if !replies.add(frame) {
            // It asks faster than it reads; what it has posted is safe, and a resume brings the rest.
            sayBye(.resyncNeeded, on: loop)
        }
    }

    func send(_ frame: OutgoingFrame, through seq: Int64, on loop: isolated EventLoop) {
        cursor = seq
        _ = connection.write(frame, on: loop)
    }

    func send(_ frame: OutgoingFrame, presence version: Int64, on loop: isolated EventLoop) {
        presenceVersion = version
        _ = connection.write(frame, on: loop)
    }

    func send(_ frame: OutgoingFrame, ephemeral version: Int, on loop: isolated EventLoop) {
        ephemeralVersion = version
        _ = connection.write(frame, on: loop)
    }

    /// Tells that the store cannot be written, and that it can again; each once, and only as it is now.
    func sendDegraded(on loop: isolated EventLoop) {
        let isDegraded = hub.station(on: loop).isDegraded
        guard canReceive, isToldDegraded != isDegraded else { return }
        isToldDegraded = isDegraded
        _ = connection.write(OutgoingFrame(ServerMessage.degraded(isDegraded)), on: loop)
    }

    /// The position and the versions that the welcome carried.
    func startReading(at seq: Int64, presence version: Int64, ephemeral: Int) {
        cursor = seq
        presenceVersion = version
        ephemeralVersion = ephemeral
    }

    /// Says why, then closes; the first reason wins.
    func sayBye(_ code: CloseCode, after milliseconds: Int64 = 0, on loop: isolated EventLoop) {
        if case .closing = phase { return }
        phase = .closing
        helloTimer?.cancel()
        expiryTimer?.cancel()
        if !connection.isBlocked {
            _ = connection.write(OutgoingFrame(ServerMessage.bye(code, after: milliseconds)), on: loop)
        }
        connection.close(code.rawValue, reason: code.reason, on: loop)
    }

    // MARK: - The journal's pages

    /// Reads what has left the ring, page by page; the reader gets one notice, then the events.
    func readJournal(on loop: isolated EventLoop) {
        isReadingJournal = true
        let (id, session, cursor, reader) = (id, session, cursor, hub.reader)
        if cursor >= gapEnd, let last = hub.station(on: loop).feeds[session]?.ring.last {
            gapEnd = last
            write(ServerMessage.gap(from: cursor + 1, to: last), on: loop)
        }
        hub.read(on: loop.index) { connection in
            try reader.events(session: session, after: cursor, limit: 200, in: connection)
        } then: { result, station, loop in
            station.sockets[id]?.take(page: result, on: loop)
        }
    }

    private func take(page: Result<[ServerEvent], HubError>, on loop: isolated EventLoop) {
        isReadingJournal = false
        guard case .joined = phase else { return }
        guard case .success(let events) = page else { return sayBye(.resyncNeeded, after: 1000, on: loop) }
        var builder = EventFrameBuilder(limit: 64 * 1024)
        for event in events where event.seq > cursor {
            guard builder.add(event.json(for: userID, isHost: isHost).encoded(), seq: event.seq) else { break }
        }
        if let run = builder.finish() { send(OutgoingFrame(run.frame), through: run.last, on: loop) }
        if !connection.isBlocked { drained(on: loop) }
    }
}
