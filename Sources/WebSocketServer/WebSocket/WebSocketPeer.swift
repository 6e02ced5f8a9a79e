/// The lws side of a WebSocket: turns callbacks into whole messages, pings, and one `closed` at the end.
final class WebSocketPeer: Peer {
    private enum State {
        /// `responseHeaders`: lines for the 101 response, each ending in CRLF.
        case connecting(responseHeaders: [UInt8], makeHandler: (WebSocketConnection) -> any WebSocketHandler)
        case open
        /// Our Close frame waits until everything before it is written.
        case closing(UInt16, String)
        /// lws has the Close frame, or answers the peer's.
        case closed(UInt16)
    }

    private let core: ServerCore
    /// From `opened` to `ended`.
    private var handler: (any WebSocketHandler)?
    private var connection: WebSocketConnection?
    private let lease: ConnectionLease
    private var assembler: MessageAssembler
    private var pings: PingPolicy
    /// When the last bytes of the peer were here: a message, a pong, a Close frame. By the loop's clock.
    private var lastHeard: Duration
    private var hasSaidClose = false
    /// When lws was about to close the connection, a ping had arrived at the peer's and was not answered; nil when lws
    /// has not said that it would.
    private var owesPong: Bool?
    /// We dropped the connection: its end is not the peer's.
    private var hasGivenUp = false
    /// Of the next ping, then of the close; cancelled in `ended`, until then its job holds this object.
    private var timer: LoopTimer?
    private var state: State
    /// lws holds bytes; `drained` is owed.
    private(set) var isBlocked = false

    var isOpen: Bool {
        if case .open = state { true } else { false }
    }

    init(
        _ makeHandler: @escaping (WebSocketConnection) -> any WebSocketHandler, lease: ConnectionLease,
        responseHeaders: [UInt8], core: ServerCore, on loop: isolated EventLoop
    ) {
        let configuration = core.configuration
        self.core = core
        self.lease = lease
        state = .connecting(responseHeaders: responseHeaders, makeHandler: makeHandler)
        assembler = MessageAssembler(maxBytes: configuration.maxMessageBytes)
        let first = Double.random(in: 0...1)
        let range = configuration.firstPing
        pings = PingPolicy(
            interval: configuration.pingInterval, timeout: configuration.pongTimeout, stall: configuration.readStall,
            firstPing: loop.elapsed + range.lowerBound + (range.upperBound - range.lowerBound) * first)
        lastHeard = loop.elapsed
        super.init(on: loop)
    }

    override func handshakeHeaders(on loop: isolated EventLoop) -> [UInt8] {
        if case .connecting(let headers, _) = state { headers } else { [] }
    }

    override func opened(on loop: isolated EventLoop) -> Bool {
        guard case .connecting(_, let makeHandler) = state else { return false }
        core.counters.webSocketOpened()
        state = .open
        let connection = WebSocketConnection(
            id: UInt64(loop.index) << 48 | id, remoteAddress: lease.remoteAddress, peer: self)
        let handler = makeHandler(connection)
        self.handler = handler
        self.connection = connection
        schedulePing(on: loop)
        handler.opened(connection, on: loop)
        return true
    }

    // MARK: Reading

    override func received(_ bytes: [UInt8], on loop: isolated EventLoop) -> Bool {
        core.counters.received(bytes.count)
        heard(on: loop)
        guard isOpen, let wsi else { return true }
        switch assembler.append(bytes, isBinary: wsi.isBinary, isFinal: wsi.isFinalFragment) {
        case .wait: break
        case .deliver(let message): handler?.received(message, on: loop)
        case .refuse(let code): close(code, reason: Self.reason(code), on: loop)
        }
        return true
    }

    private static func reason(_ code: UInt16) -> String {
        switch code {
        case 1003: "text only"
        case 1007: "not UTF-8"
        case 1009: "message too big"
        default: ""
        }
    }

    override func receivedPong(on loop: isolated EventLoop) -> Bool {
        heard(on: loop)
        return true
    }

    private func heard(on loop: isolated EventLoop) {
        lastHeard = loop.elapsed
        pings.heard()
    }

    override func receivedClose(_ payload: [UInt8], on loop: isolated EventLoop) -> Bool {
        heard(on: loop)
        hasSaidClose = true
        let answer = CloseAnswer(to: payload)
        switch state {
        case .connecting, .open: state = .closed(answer.code)
        case .closing(let ours, _): state = .closed(ours)
        case .closed: break
        }
        // lws sends back whatever came.
        guard case .instead(let code) = answer else { return true }
        wsi?.sendClose(code)
        return false
    }

    override func lwsCloses(on loop: isolated EventLoop) {
        owesPong = pings.isOwed(progress)
        guard isOpen, let wsi else { return }
        state = .closed(1006)
        // lws gives up on some broken frames without a word to the peer. At the end of the stream nobody would read
        // one.
        guard !wsi.hasCloseReason, wsi.streamGoesOn else { return }
        wsi.setCloseReason(1002)
        dropLater(on: loop)
    }

    // MARK: Writing

    func write(_ frame: OutgoingFrame, on loop: isolated EventLoop) -> WebSocketConnection.WriteOutcome {
        guard isOpen, let wsi else { return .closed }
        guard !isBlocked else { return .blocked }
        guard frame.write(to: wsi) else {
            state = .closed(1006)
            wsi.kill()
            return .closed
        }
        core.counters.sent(frame.count)
        guard wsi.isBlocked else { return .sent }
        isBlocked = true
        return .blocked
    }

    override func writable(on loop: isolated EventLoop) -> Bool {
        guard let wsi, !wsi.isBlocked else { return true }
        if isBlocked {
            isBlocked = false
            if isOpen { handler?.drained(on: loop) }
        }
        switch state {
        case .closing(let code, let reason):
            if wsi.isBlocked { return true }
            state = .closed(code)
            wsi.closeWebSocket(code, reason)
            return true
        case .closed, .connecting, .open: return true
        }
    }

    // MARK: Closing

    func close(_ code: UInt16, reason: String, on loop: isolated EventLoop) {
        guard isOpen, let wsi else { return }
        state = .closing(code, reason)
        dropLater(on: loop)
        wsi.askForWritable()
    }

    private func dropLater(on loop: isolated EventLoop) {
        timer?.cancel()
        timer = loop.schedule(after: core.configuration.closeTimeout) { self.giveUp() }
    }

    private func giveUp() {
        hasGivenUp = true
        wsi?.kill()
    }

    override func retire(on loop: isolated EventLoop) {
        close(1001, reason: "going away", on: loop)
    }

    override func ended(on loop: isolated EventLoop) {
        timer?.cancel()
        timer = nil
        lease.end(on: loop)
        guard let handler else { return }
        self.handler = nil
        // An end of the stream is the peer's own word, unless it owed one: then it is some proxy's. A ping that still
        // lay behind what a slow reader had not read is no debt.
        let isItsOwn = hasSaidClose || !hasGivenUp && !(owesPong ?? pings.isOwed(nil))
        connection?.detach(silentFor: isItsOwn ? .zero : loop.elapsed - lastHeard)
        connection = nil
        core.counters.webSocketClosed()
        let code: UInt16 =
            switch state {
            case .connecting, .open: 1006
            case .closing(let code, _), .closed(let code): code
            }
        state = .closed(code)
        handler.closed(code, on: loop)
    }

    // MARK: Pings

    private func schedulePing(on loop: isolated EventLoop) {
        guard let wsi, isOpen else { return }
        let now = loop.elapsed
        let next: Duration
        switch pings.check(at: now, canWrite: !wsi.isBlocked, progress: progress) {
        case .wait(let time): next = time
        case .ping(let time):
            if !wsi.writePing() { return wsi.kill() }
            if wsi.isBlocked { isBlocked = true }
            pings.sent(progress)
            next = time
        case .dead:
            state = .closed(core.configuration.deadPeerCode)
            return giveUp()
        }
        timer = loop.schedule(after: next - now) { self.schedulePing(on: loop) }
    }

    /// Of the TCP connection, which may lie behind a `TLSBridge`.
    private var progress: TransportProgress? {
        guard let wsi else { return nil }
        guard let bridge = lease.transport?.wsi else { return wsi.progress }
        var progress = bridge.progress
        if wsi.isBlocked || wsi.hasUnreadBytes { progress?.written = nil }
        return progress
    }
}
