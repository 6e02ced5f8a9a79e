import Glibc

/// One connection through a relay: two sockets, and what one of them said and the other has not taken.
final class RelayLink {
    /// More than this is left to the sender's own kernel.
    private static let mostWaiting = 1024 * 1024

    let relay: Int
    private let sockets: [StreamSocket]
    /// What goes to each of the two.
    private var waiting: [[UInt8]] = [[], []]
    /// Whether each of the two has said everything.
    private var hasEnded = [false, false]
    /// What the epoll set looks for; nil when the socket is not in it.
    private var watched: [EpollLoop.Readiness?] = [nil, nil]
    private var hasFailed = false

    /// - Parameter sockets: the one that came, and the one that goes on.
    init(relay: Int, sockets: [StreamSocket]) { (self.relay, self.sockets) = (relay, sockets) }

    /// Whether nothing can come any more: as soon as one side has ended and the other has all of it.
    var isOver: Bool { hasFailed || (0...1).contains { hasEnded[$0] && waiting[1 - $0].isEmpty } }

    func receive(_ side: Int, with buffer: ReceiveBuffer) {
        switch buffer.fill(from: sockets[side]) {
        case .wouldBlock: return
        case .failed: hasFailed = true
        case .bytes(0): hasEnded[side] = true
        case .bytes(let count):
            waiting[1 - side] += buffer.withBytes(count) { $0.copied() }
            flush(1 - side)
        }
    }

    func flush(_ side: Int) {
        guard !waiting[side].isEmpty else { return }
        switch sockets[side].write(waiting[side][...]) {
        case .bytes(let count): waiting[side].removeFirst(count)
        case .wouldBlock: return
        // It does not listen before it is connected.
        case .failed(let code) where code == ENOTCONN: return
        case .failed: hasFailed = true
        }
    }

    func watch(in loop: EpollLoop, tag: Int, isHeld: Bool) throws(SystemError) {
        for side in 0...1 {
            // Not even its end is seen while it is held.
            var wanted: EpollLoop.Readiness? = isHeld || hasEnded[side] ? nil : []
            if !isHeld, !waiting[side].isEmpty { wanted = (wanted ?? []).union(.writable) }
            if wanted != nil, !hasEnded[side], waiting[1 - side].count < Self.mostWaiting { wanted?.insert(.readable) }
            guard wanted != watched[side] else { continue }
            if let wanted {
                if watched[side] == nil {
                    try loop.add(sockets[side], tag: tag + side, for: wanted)
                } else {
                    try loop.change(sockets[side], tag: tag + side, to: wanted)
                }
            } else {
                try loop.remove(sockets[side])
            }
            watched[side] = wanted
        }
    }
}
