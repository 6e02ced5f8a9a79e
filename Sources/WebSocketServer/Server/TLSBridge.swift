/// Ends TLS: lws decrypts on the outer socket, the plain bytes go through a socket pair to an `HTTPConnection`.
final class TLSBridge: Peer {
    private let core: ServerCore
    private let lease: ConnectionLease

    init(lease: ConnectionLease, core: ServerCore, on loop: isolated EventLoop) {
        self.core = core
        self.lease = lease
        super.init(on: loop)
    }

    override func ended(on loop: isolated EventLoop) { lease.end() }
}
