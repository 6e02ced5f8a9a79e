import StrictJSON
import WebSocketServer

/// The hub's end of a user's connection: takes it through hello, decodes and limits commands, and writes replies,
/// events and presence, in that order, as far as the connection takes them.
///
/// It belongs to its connection's loop and reads one session. `SocketLife` decides what becomes of the connection, and
/// this class carries it out.
final class ClientSocket: WebSocketHandler {
    let id: UInt64
    let hub: Hub
    let connection: WebSocketConnection
    let language: Language

    var life: SocketLife
    /// Waits for the hello at first, and later for the end of the token. Until it is cancelled (in `closed`) its job
    /// keeps this object alive.
    private var timer: LoopTimer?

    /// The index in the feed's readers, while this is one of them.
    var placeInFeed: Int?
    private(set) var cursor: Int64 = 0
    private(set) var presenceVersion: Int64 = 0
    /// The version of the states that nobody stores up to which this reader was shown them (`EphemeralFrames`).
    private(set) var ephemeralVersion = 0
    private var replies = ReplyList()
    /// The newest event of the ring when the person's rights came into doubt.
    var heldThrough: Int64 = 0
    /// Whether a host has sent the person away.
    private var isSentAway = false

    init(
        connection: WebSocketConnection, session: Int64, hub: Hub, headerCaller: Caller?, language: Language,
        isUnsupportedVersion: Bool
    ) {
        id = connection.id
        self.connection = connection
        self.hub = hub
        self.language = language
        life = SocketLife(session: session, headerCaller: headerCaller, isVersionSupported: !isUnsupportedVersion)
    }

    var session: Int64 { life.session }
    var userID: Int64 { life.caller?.userID ?? 0 }
    var isHost: Bool { life.entry?.isHost ?? false }

    /// Whether events and presence may be written now.
    var canReceive: Bool { life.isReading && !connection.isBlocked && replies.isEmpty }

    // MARK: - From the connection

    func opened(_ connection: WebSocketConnection, on loop: isolated EventLoop) {
        hub.station(on: loop).add(self)
        execute(life.opened(helloWait: Int64(hub.services.limits.helloMilliseconds)), on: loop)
    }

    func received(_ message: [UInt8], on loop: isolated EventLoop) {
        execute(life.received(message), on: loop)
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
        execute(life.closed(), on: loop)
    }

    // MARK: - What its life asks for

    func execute(_ actions: [SocketLife.Action], on loop: isolated EventLoop) {
        for action in actions { execute(action, on: loop) }
    }

    private func execute(_ action: SocketLife.Action, on loop: isolated EventLoop) {
        switch action {
        case .wait(let milliseconds):
            timer?.cancel()
            timer = loop.schedule(after: .milliseconds(milliseconds)) {
                self.execute(self.life.waited(now: self.hub.services.clock.steady), on: loop)
            }
        case .stopWaiting: timer?.cancel()
        case .readHello(let message): readHello(message, on: loop)
        case .arrive(let arrival): arrive(arrival, on: loop)
        case .perform(let message): perform(message, on: loop)
        case .receive(let message): received(message, on: loop)
        case .catchUp: if canReceive { drained(on: loop) }
        case .reply(let ref, let result): reply(to: ref, result, on: loop)
        case .announceTokenEnd(let wait): write(ServerMessage.tokenExpiring(in: wait), on: loop)
        case .announceDegraded(let isOn):
            _ = connection.write(OutgoingFrame(ServerMessage.degraded(isOn)), on: loop)
        case .announceGap(let from, let to): write(ServerMessage.gap(from: from, to: to), on: loop)
        case .readPage: readPage(on: loop)
        case .askAccess: askAccess(on: loop)
        case .tellChange(let entry): tellChange(entry, on: loop)
        case .showRest(let isOutsider): showRest(isOutsider: isOutsider, on: loop)
        case .bye(let code, let wait): close(code, after: wait, on: loop)
        case .leave(let isCounted): leave(isCounted: isCounted, on: loop)
        }
    }

    /// Says why and closes. Only the first reason counts.
    func sayBye(_ code: CloseCode, after milliseconds: Int64 = 0, on loop: isolated EventLoop) {
        execute(life.bye(code, after: milliseconds), on: loop)
    }

    private func close(_ code: CloseCode, after milliseconds: Int64, on loop: isolated EventLoop) {
        if !connection.isBlocked {
            _ = connection.write(OutgoingFrame(ServerMessage.bye(code, after: milliseconds)), on: loop)
        }
        isSentAway = code == .removed || code == .banned || code == .permissionDenied
        connection.close(code.rawValue, reason: code.reason, on: loop)
    }

    /// Gives up the place in the feed, in the channel and on the loop. It happens once.
    private func leave(isCounted: Bool, on loop: isolated EventLoop) {
        let station = hub.station(on: loop)
        station.remove(self)
        if let feed = station.feeds[session] {
            feed.remove(self)
            station.dropFeedIfUnread(session, hub: hub, on: loop)
        }
        guard isCounted, !station.isStopping else { return }
        let (id, user) = (id, userID)
        let seen = hub.services.clock.steady - Int64(connection.silence / .milliseconds(1))
        hub.atHome(of: session, from: loop) { [session, isSentAway] station, loop in
            station.channels[session]?.disconnected(user, socket: id, seen: seen, isSentAway: isSentAway, on: loop)
        }
    }

    // MARK: - Commands

    private func perform(_ message: [UInt8], on loop: isolated EventLoop) {
        let verdict = hub.commandLimits.take(user: userID, session: session, now: hub.services.clock.steady)
        if verdict == .flood { return execute(life.flooded(), on: loop) }
        do throws(CommandRefusal) {
            let (command, work) = try read(message)
            if case .wait(let wait) = verdict {
                throw CommandRefusal(ref: command.ref, error: HubError(.rateLimited, retryAfter: wait))
            }
            perform(work, ref: command.ref, bytes: message.count, on: loop)
        } catch {
            reply(to: error.ref, .failure(error.error), on: loop)
        }
    }

    /// What a frame asks for.
    func read(_ message: [UInt8]) throws(CommandRefusal) -> (ClientCommand, ChannelWork) {
        let command = try ClientCommand(frame: message, mostBytes: hub.services.limits.frameBytes)
        return (command, try hub.commands.work(for: command))
    }

    // MARK: - To the connection

    func reply(to ref: Int64?, _ result: Result<JSON, HubError>, on loop: isolated EventLoop) {
        switch result {
        case .success(let value):
            guard let ref else { return }
            write(ServerMessage.ok(ref, value), on: loop)
        case .failure(let error): write(ServerMessage.error(ref, error, in: language), on: loop)
        }
    }

    /// Writes a frame for this connection alone, before any events.
    func write(_ frame: [UInt8], on loop: isolated EventLoop) {
        if replies.isEmpty, !connection.isBlocked {
            _ = connection.write(OutgoingFrame(frame), on: loop)
        } else if !replies.add(frame) {
            execute(life.overflowed(), on: loop)
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

    /// Tells the client when the store cannot be written and when it can again. Each is told once, and only while it is
    /// true.
    func sendDegraded(on loop: isolated EventLoop) {
        if canReceive { execute(life.degraded(hub.station(on: loop).isDegraded), on: loop) }
    }

    /// Begins to read from the position and the versions that the welcome carried.
    func startReading(at seq: Int64, presence version: Int64, ephemeral: Int) {
        cursor = seq
        presenceVersion = version
        ephemeralVersion = ephemeral
    }
}
