/// What one libwebsockets connection is to this module: it hears lws's callbacks, on its loop.
///
/// Ownership: `EventLoop.peers` holds it from before the adoption until LWS_CALLBACK_WSI_DESTROY (`loop.release`); lws
/// only has the plain pointer. `wsi` is nil outside that span.
class Peer {
    let id: UInt64
    /// Nil before lws has adopted the socket and after lws has closed it.
    fileprivate(set) var wsi: Wsi?
    /// lws made a connection for it, so WSI_DESTROY will come.
    fileprivate(set) var isKnownToLws = false
    private var hasEnded = false
    private var isReading = true

    init(on loop: isolated EventLoop) {
        id = loop.nextPeerID
        loop.nextPeerID += 1
    }

    // MARK: Overridden. A callback that returns false asks lws to close the connection.

    /// Adopted (raw), or the handshake is done (WebSocket).
    func opened(on loop: isolated EventLoop) -> Bool { true }
    func received(_ bytes: [UInt8], on loop: isolated EventLoop) -> Bool { true }
    func receivedPong(on loop: isolated EventLoop) -> Bool { true }
    /// The peer sent a Close frame; lws answers it with the same payload.
    func receivedClose(_ payload: [UInt8], on loop: isolated EventLoop) -> Bool { true }
    /// Of a WebSocket: lws is about to close it, because of its peer or because it was asked to.
    func lwsCloses(on loop: isolated EventLoop) {}
    func writable(on loop: isolated EventLoop) -> Bool { true }
    /// What goes into the 101 response after lws's own headers: lines that end in CRLF.
    func handshakeHeaders(on loop: isolated EventLoop) -> [UInt8] { [] }
    /// Once, last; `wsi` is nil.
    func ended(on loop: isolated EventLoop) {}
    /// The server needs the place.
    func evict(on loop: isolated EventLoop) { wsi?.kill() }
    /// The server stops: finish what is under way, then close.
    func retire(on loop: isolated EventLoop) {}

    // MARK: Reading

    /// lws stops or goes on reading the socket, and asks the kernel for it each time: a bridge that did so for each
    /// piece that it passes on spent a fifth of its time on that.
    final func setReading(_ isReading: Bool) {
        guard let wsi, isReading != self.isReading else { return }
        self.isReading = isReading
        wsi.setReading(isReading)
    }

    // MARK: From the callback

    final func didAdopt(_ wsi: Wsi) { self.wsi = wsi }

    final func didEnd(on loop: isolated EventLoop) {
        guard !hasEnded else { return }
        hasEnded = true
        wsi = nil
        ended(on: loop)
    }
}

extension EventLoop {
    /// Takes over a connected socket as a stream of bytes. On failure lws has closed it and `peer` has ended.
    func adoptStream(_ fd: Int32, as peer: Peer, tls: Bool = false) -> Bool {
        guard let engine, let host = unsafe tls ? engine.tlsHost : engine.plainHost else {
            closeDescriptor(fd)
            return false
        }
        return adopt(peer) { unsafe Wsi.adoptStream(fd, host: host, tls: tls, peer: peer) }
    }

    /// Takes over a socket on which `handshake` is what lws shall have read. On success the 101 response is written.
    func adoptWebSocket(_ fd: Int32, as peer: Peer, handshake: [UInt8]) -> Bool {
        guard let engine else {
            closeDescriptor(fd)
            return false
        }
        return adopt(peer) { unsafe Wsi.adoptHTTP(fd, host: engine.plainHost, handshake: handshake) }
    }

    private func adopt(_ peer: Peer, _ body: () -> Bool) -> Bool {
        peers[peer.id] = peer
        let outer = adopting
        adopting = peer
        let succeeded = body()
        adopting = outer
        if !succeeded {
            peer.didEnd(on: self)
            if !peer.isKnownToLws { peers[peer.id] = nil }
        }
        return succeeded
    }

    /// LWS_CALLBACK_WSI_CREATE
    func wsiWasCreated() { adopting?.isKnownToLws = true }

    /// LWS_CALLBACK_WSI_DESTROY: lws forgets the pointer.
    func release(_ peer: Peer) {
        peer.didEnd(on: self)
        peers[peer.id] = nil
        if peers.isEmpty { engine?.becameEmpty(on: self) }
    }
}
