internal import CLibwebsockets

/// Ends TLS for one connection.
///
///     client == TLS == [TLSBridge]  [BridgeEnd] == socket pair == [HTTPConnection, later WebSocketPeer]
///
/// lws decrypts on the outer socket; the plain bytes cross a socket pair within the loop. An lws connection cannot pass its
/// TLS session on, and a WebSocket begins with a new lws connection (see `HTTPConnection.upgrade`), so the session stays
/// here. Each side stops reading while the other is blocked: no bytes pile up.
final class TLSBridge: Peer {
    private let core: ServerCore
    private let lease: ConnectionLease
    private var inner: BridgeEnd?
    private var timer: LoopTimer?
    /// The inner side is gone: what is buffered is flushed, what still comes is thrown away.
    private var isEnding = false

    init(lease: ConnectionLease, core: ServerCore, on loop: isolated EventLoop) {
        self.core = core
        self.lease = lease
        super.init(on: loop)
        lease.transport = self
    }

    override func opened(on loop: isolated EventLoop) -> Bool {
        // Until the first decrypted byte; from there on the inner side keeps the time.
        expect(within: core.configuration.headTimeout, on: loop)
        return true
    }

    override func received(_ bytes: [UInt8], on loop: isolated EventLoop) -> Bool {
        guard !isEnding else { return true }
        if inner == nil {
            guard openInner(on: loop) else { return false }
        }
        guard let end = inner?.wsi else { return false }
        guard end.write(bytes[...]) else { return false }
        balance()
        return true
    }

    private func openInner(on loop: isolated EventLoop) -> Bool {
        var pair: [Int32] = [-1, -1]
        guard unsafe amphi_stream_pair(&pair) == 0 else { return false }
        timer?.cancel()
        wsi?.clearTimeout()
        let end = BridgeEnd(self, on: loop)
        inner = end
        guard loop.adoptStream(pair[0], as: end) else {
            closeDescriptor(pair[1])
            return false
        }
        return loop.adoptStream(pair[1], as: HTTPConnection(lease: lease, core: core, on: loop))
    }

    override func writable(on loop: isolated EventLoop) -> Bool {
        guard let wsi, !wsi.isBlocked else { return true }
        if isEnding { finish(on: loop) } else { balance() }
        return true
    }

    override func ended(on loop: isolated EventLoop) {
        timer?.cancel()
        inner?.wsi?.kill()
        inner = nil
        lease.end()
    }

    override func retire(on loop: isolated EventLoop) {
        if inner == nil { wsi?.kill() }
    }

    // MARK: From the inner side

    fileprivate func innerReceived(_ bytes: [UInt8]) {
        guard let wsi else { return }
        guard wsi.write(bytes[...]) else { return wsi.kill() }
        balance()
    }

    /// Both sides are read while neither is blocked: what is read could not be passed on, and lws spins on a raw socket that
    /// has both input and unsent output.
    fileprivate func balance() {
        guard let wsi, let end = inner?.wsi else { return }
        let isFlowing = !wsi.isBlocked && !end.isBlocked
        wsi.setReading(isFlowing)
        end.setReading(isFlowing)
    }

    fileprivate func innerEnded(on loop: isolated EventLoop) {
        inner = nil
        isEnding = true
        guard let wsi else { return }
        wsi.setReading(true)
        expect(within: core.configuration.writeTimeout, on: loop)
        if wsi.isBlocked { wsi.askForWritable() } else { finish(on: loop) }
    }

    /// As `HTTPConnection` lingers: the client reads the end, and has a moment to stop writing.
    private func finish(on loop: isolated EventLoop) {
        wsi?.shutdownWriting()
        expect(within: core.configuration.lingerTimeout, on: loop)
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
