/// One accepted TCP connection, as it is counted: it stays the same while its socket moves from HTTP to WebSocket.
final class ConnectionLease {
    let remoteAddress: String
    let isSecure: Bool
    /// The TCP socket, when the owner of the lease has only a socket pair to it; its end is the connection's.
    weak var transport: TLSBridge?
    /// Under which its address counts it.
    private let key: AddressKey?
    private let core: ServerCore
    private var isMoving = false
    private var hasEnded = false

    init(remoteAddress: String, countedAs key: AddressKey? = nil, isSecure: Bool, core: ServerCore) {
        self.remoteAddress = remoteAddress
        self.key = key
        self.isSecure = isSecure
        self.core = core
    }

    /// The next `endUnlessMoved` is that of the former owner.
    func move() { isMoving = true }

    func endUnlessMoved(on loop: isolated EventLoop) {
        if isMoving {
            isMoving = false
            return
        }
        end(on: loop)
    }

    /// Behind a transport the TCP connection lasts until that ends, which need not have noticed yet.
    func end(on loop: isolated EventLoop) {
        if let transport { return transport.speakerEnded(on: loop) }
        guard !hasEnded else { return }
        hasEnded = true
        core.counters.connectionClosed()
        if let key { core.addresses.giveBack(key) }
    }
}
