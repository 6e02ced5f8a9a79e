/// One channel of one user: socket, framing in both directions, and its place in the session's order.
final class ClientConnection {
    enum Phase {
        case waiting
        case connecting
        case upgrading
        case greeting
        case joined
        case closed
    }

    /// Index in the engine; also the tag in the epoll set.
    let tag: Int
    let plan: ClientPlan
    let session: SessionLoad
    /// Set when this client posts.
    var sender: Sender?
    var phase = Phase.waiting
    var beganAt: UInt64 = 0
    var history = ClientHistory(after: 0)
    var socket: StreamSocket?
    /// An incomplete frame, or an incomplete answer to the upgrade.
    var unread: [UInt8] = []
    /// The fragments of a message that has not ended, nil between messages.
    var fragments: [UInt8]?
    /// What the kernel has not taken yet.
    private(set) var outgoing: [UInt8] = []
    /// Whether the engine has this connection on its list of those to flush.
    var isMarkedForFlush = false
    /// Whether the engine waits until the socket is writable again.
    var isWaitingToWrite = false

    init(tag: Int, plan: ClientPlan, session: SessionLoad) {
        self.tag = tag
        self.plan = plan
        self.session = session
    }

    /// Written at the next `flush`.
    func enqueue(raw bytes: [UInt8]) { outgoing.append(contentsOf: bytes) }

    func enqueue(_ text: String, with writer: inout FrameWriter) {
        writer.append(.text, text.utf8, to: &outgoing)
    }

    func enqueue(_ opcode: FrameReader.Opcode, _ payload: [UInt8], with writer: inout FrameWriter) {
        writer.append(opcode, payload, to: &outgoing)
    }

    /// Writes as much as the kernel takes; returns an errno when the connection is broken, else nil.
    func flush() -> Int32? {
        guard let socket, !outgoing.isEmpty else { return nil }
        switch socket.write(outgoing[...]) {
        case .bytes(let count) where count == outgoing.count: outgoing.removeAll(keepingCapacity: sender != nil)
        case .bytes(let count): outgoing.removeFirst(count)
        case .wouldBlock: break
        case .failed(let code): return code
        }
        return nil
    }

    /// Drops the socket and everything that was buffered.
    func close() {
        phase = .closed
        socket = nil
        unread = []
        fragments = nil
        outgoing = []
    }
}
