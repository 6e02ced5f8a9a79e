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

    /// How eagerly the client reads.
    enum Reading: Sendable, Equatable {
        case full
        /// Bytes per second.
        case slow(Int)
        case stopped

        /// Small, so that the server feels at once that nothing is read, as behind a slow line.
        private static let smallBuffer: Int32 = 4096
        private static let largeBuffer: Int32 = 256 * 1024

        var receiveBufferBytes: Int32 { self == .full ? Self.largeBuffer : Self.smallBuffer }
    }

    /// Index in the engine; also the tag in the epoll set.
    let tag: Int
    let plan: ClientPlan
    let session: SessionLoad
    /// Set when this client posts.
    var sender: Sender?
    var phase = Phase.waiting
    var reading = Reading.full
    /// Whether it comes back and resumes when the connection ends; else that is a fault.
    var comesBack = false
    /// Whether the end of the connection is what the run waits for.
    var isSentAway = false
    /// When it was sent away.
    var endedAt: UInt64?
    /// Whether its delivery times count; not for those who read slowly on purpose.
    var isTimed = true
    var beganAt: UInt64 = 0
    var history = ClientHistory(after: 0)
    var presence = FrameCount()
    /// How many people are there, as presence or a welcome told last.
    var present: Int64 = 0
    /// Whose hand is up, in order, likewise.
    var hands: [Int64] = []
    /// Frames with counts of votes.
    var votes = FrameCount.paced
    /// The votes of each question, as a welcome or such a frame told last.
    var counts: [Int64: Int64] = [:]
    /// Commands without an answer, by ref, and what to do with it; the time is monotonic.
    var errands: [Int64: (_ answer: ServerFrame, _ now: UInt64) -> Void] = [:]
    /// When it came to which place in the order; nil when nobody wants to know.
    var arrivals: [(seq: Int64, at: UInt64)]?
    /// Of the last welcome, nil before the first.
    var epoch: String?
    /// How often the connection was lost.
    var losses = 0
    /// Attempts to come back since the last welcome.
    var failedReturns = 0
    /// When a bye asked the client to come back.
    var returnAt: UInt64?
    /// Set while pages of the history are being fetched.
    var catchUp: CatchUp?
    private(set) var socket: StreamSocket?
    /// An incomplete frame, or an incomplete answer to the upgrade.
    var unread: [UInt8] = []
    /// The fragments of a message that has not ended, nil between messages.
    var fragments: [UInt8]?
    /// What the kernel has not taken yet.
    private(set) var outgoing: [UInt8] = []
    /// Whether the engine has this connection on its list of those to flush.
    var isMarkedForFlush = false
    /// What the epoll set looks for.
    private var watched: EpollLoop.Readiness = []
    /// 1 was the hello.
    private var lastRef: Int64 = 1

    init(tag: Int, plan: ClientPlan, session: SessionLoad) {
        self.tag = tag
        self.plan = plan
        self.session = session
    }

    func nextRef() -> Int64 {
        lastRef += 1
        return lastRef
    }

    /// Begins to connect, watched by `loop`: writable when the connect has come to an end.
    func connect(to address: SocketAddress, in loop: EpollLoop, at now: UInt64) throws(SystemError) {
        phase = .connecting
        beganAt = now
        let socket = try StreamSocket(to: address, from: plan.source, segmentBytes: plan.segmentBytes)
        self.socket = socket
        watched = [.readable, .writable]
        try loop.add(socket, tag: tag, for: watched)
    }

    /// Lets the epoll set look for exactly what can be done: writing while something waits, reading unless it is paced.
    func watch(in loop: EpollLoop) throws(SystemError) {
        var wanted: EpollLoop.Readiness = reading == .full || phase != .joined ? .readable : []
        if !outgoing.isEmpty { wanted.insert(.writable) }
        guard wanted != watched, let socket else { return }
        watched = wanted
        try loop.change(socket, tag: tag, to: wanted)
    }

    /// From now on the client reads so; its deliveries are not timed any more. `watch` must follow.
    func read(_ reading: Reading) {
        self.reading = reading
        isTimed = false
        if phase == .joined { socket?.setReceiveBuffer(bytes: reading.receiveBufferBytes) }
    }

    /// Written at the next `flush`.
    func enqueue(raw bytes: [UInt8]) { outgoing.append(contentsOf: bytes) }

    func enqueue(_ text: String, with writer: inout FrameWriter) {
        writer.append(.text, text.utf8, to: &outgoing)
    }

    func enqueue(_ opcode: FrameReader.Opcode, _ payload: [UInt8], with writer: inout FrameWriter) {
        writer.append(opcode, payload, to: &outgoing)
    }

    /// Writes as much as the kernel takes.
    func flush() throws(SystemError) {
        guard let socket, !outgoing.isEmpty else { return }
        switch socket.write(outgoing[...]) {
        case .bytes(let count) where count == outgoing.count: outgoing.removeAll(keepingCapacity: sender != nil)
        case .bytes(let count): outgoing.removeFirst(count)
        case .wouldBlock: break
        case .failed(let code): throw SystemError("send", code: code)
        }
    }

    /// Drops the socket and everything that was buffered.
    func close() {
        phase = .closed
        socket = nil
        unread = []
        fragments = nil
        outgoing = []
        errands = [:]
        catchUp = nil
    }
}
