internal import CLibwebsockets

/// Ends TLS for one connection.
///
///     client == TLS == [TLSBridge]  [BridgeEnd] == socket pair == [HTTPConnection, later WebSocketPeer]
///
/// lws decrypts on the outer socket; the plain bytes cross a socket pair within the loop. An lws connection cannot pass
/// its TLS session on, and a WebSocket begins with a new lws connection (see `HTTPConnection.upgrade`), so the session
/// stays here. Each side stops reading while the other is blocked: no bytes pile up.
///
/// lws drops a connection, with its session, as soon as it reads the end of what the client sends ("we need to go to
/// fail here", lib/roles/raw-skt/ops-raw-skt.c). A client that ends its side behind its request still waits for the
/// answer, so the end is not read before the answer is out: from one piece of input to the next, the outer socket is
/// read only when the inner side has used up what it has and nothing of its answers is left in the socket pair.
final class TLSBridge: Peer {
    private let core: ServerCore
    private let lease: ConnectionLease
    private var inner: BridgeEnd?
    /// The other end of the socket pair, while it speaks HTTP.
    private weak var connection: HTTPConnection?
    /// Whether the inner side waits for more.
    private var isWanted = true
    private var timer: LoopTimer?
    /// The inner side is gone: what is buffered is flushed, what still comes is thrown away.
    private var isEnding = false
    /// What spoke behind the socket pair is gone; its last words may still be on their way.
    private var isSpeakerGone = false
    /// When a client that does not stop sending has been listened to for long enough.
    private var lingerEnd: Duration?

    init(lease: ConnectionLease, core: ServerCore, on loop: isolated EventLoop) {
        self.core = core
        self.lease = lease
        super.init(on: loop)
        lease.transport = self
    }

    override func opened(on loop: isolated EventLoop) -> Bool {
        // Until the first decrypted byte; from there on the inner side keeps the time, and its own place among the
        // idle.
        core.idle.add(name(on: loop))
        expect(within: core.configuration.headTimeout, on: loop)
        return true
    }

    override func received(_ bytes: [UInt8], on loop: isolated EventLoop) -> Bool {
        guard !isEnding else { return linger(on: loop) }
        if inner == nil {
            guard openInner(on: loop) else { return false }
        }
        guard let end = inner?.wsi else { return false }
        guard end.write(bytes[...]) else { return false }
        if connection != nil { isWanted = false }
        balance()
        return true
    }

    private func openInner(on loop: isolated EventLoop) -> Bool {
        var pair: [Int32] = [-1, -1]
        guard unsafe amphi_stream_pair(&pair) == 0 else { return false }
        timer?.cancel()
        core.idle.remove(name(on: loop))
        wsi?.clearTimeout()
        let end = BridgeEnd(self, on: loop)
        inner = end
        guard loop.adoptStream(pair[0], as: end) else {
            closeDescriptor(pair[1])
            return false
        }
        let connection = HTTPConnection(lease: lease, core: core, on: loop)
        self.connection = connection
        return loop.adoptStream(pair[1], as: connection)
    }

    override func writable(on loop: isolated EventLoop) -> Bool {
        guard let wsi, !wsi.isBlocked else { return true }
        if isEnding { finish(on: loop) } else { balance() }
        if isSpeakerGone, !isEnding { expect(within: core.configuration.writeTimeout, on: loop) }
        return true
    }

    override func ended(on loop: isolated EventLoop) {
        timer?.cancel()
        core.idle.remove(name(on: loop))
        inner?.wsi?.kill()
        inner = nil
        lease.transport = nil
        lease.end(on: loop)
    }

    override func retire(on loop: isolated EventLoop) {
        if inner == nil { wsi?.kill() }
    }

    // MARK: From the inner side

    /// The inner side has used up its input and waits for more.
    func wantsMore() {
        isWanted = true
        balance()
    }

    /// A WebSocket follows, which ends by a frame and not by the end of the stream: it is read at any time.
    func becomesWebSocket() {
        connection = nil
        wantsMore()
    }

    /// The inner side has ended. Its end of the socket pair is read only as fast as the client takes what came before,
    /// so a client that takes nothing would never let the bridge know: it has a while, and goes first when the server
    /// is full.
    func speakerEnded(on loop: isolated EventLoop) {
        guard !isSpeakerGone, !isEnding, wsi != nil else { return }
        isSpeakerGone = true
        core.idle.add(name(on: loop))
        expect(within: core.configuration.writeTimeout, on: loop)
    }

    fileprivate func innerReceived(_ bytes: [UInt8]) {
        guard let wsi else { return }
        guard wsi.write(bytes[...]) else { return wsi.kill() }
        balance()
    }

    /// Both sides are read while neither is blocked: what is read could not be passed on, and lws spins on a raw socket
    /// that has both input and unsent output.
    fileprivate func balance() {
        guard let wsi, let inner, let end = inner.wsi else { return }
        let isFlowing = !wsi.isBlocked && !end.isBlocked
        let isAnswered = connection?.wsi?.hasUnreadBytes != true
        setReading(isFlowing && isWanted && isAnswered)
        inner.setReading(isFlowing)
    }

    fileprivate func innerEnded(on loop: isolated EventLoop) {
        inner = nil
        isEnding = true
        guard let wsi else { return }
        setReading(false)
        expect(within: core.configuration.writeTimeout, on: loop)
        if wsi.isBlocked { wsi.askForWritable() } else { finish(on: loop) }
    }

    /// As `HTTPConnection` lingers: the client reads the end, and has a moment to stop writing.
    private func finish(on loop: isolated EventLoop) {
        guard lingerEnd == nil else { return }
        lingerEnd = loop.elapsed + core.configuration.bodyTimeout
        core.idle.add(name(on: loop))
        wsi?.shutdownWriting()
        setReading(true)
        expect(within: core.configuration.lingerTimeout, on: loop)
    }

    private func name(on loop: isolated EventLoop) -> IdleConnections.Name {
        IdleConnections.Name(loop: loop.index, peer: id)
    }

    /// False: long enough.
    private func linger(on loop: isolated EventLoop) -> Bool {
        guard let lingerEnd else { return true }
        guard loop.elapsed < lingerEnd else { return false }
        expect(within: core.configuration.lingerTimeout, on: loop)
        return true
    }

    private func expect(within timeout: Duration, on loop: isolated EventLoop) {
        timer?.cancel()
        timer = loop.schedule(after: timeout) { [weak self] in self?.wsi?.kill() }
    }
}

/// The bridge's end of the socket pair.
private final class BridgeEnd: Peer {
    private weak var bridge: TLSBridge?

    init(_ bridge: TLSBridge, on loop: isolated EventLoop) {
        self.bridge = bridge
        super.init(on: loop)
    }

    override func received(_ bytes: [UInt8], on loop: isolated EventLoop) -> Bool {
        guard let bridge else { return false }
        bridge.innerReceived(bytes)
        return true
    }

    override func writable(on loop: isolated EventLoop) -> Bool {
        if let wsi, !wsi.isBlocked { bridge?.balance() }
        return true
    }

    override func ended(on loop: isolated EventLoop) { bridge?.innerEnded(on: loop) }
}
