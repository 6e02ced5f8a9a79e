/// One open WebSocket, as the application writes to it. It lives on its loop; after `closed` it stays harmless.
///
/// Nothing on the way of a frame is a weak reference: one makes every retain of its object slow, and a read of it costs
/// more than the rest of this class. So the circle through the handler is cut by `detach`.
package final class WebSocketConnection {
    package enum WriteOutcome: Sendable, Equatable {
        /// The kernel has it.
        case sent
        /// lws keeps a part of it. Write nothing until `drained`.
        case blocked
        /// Nothing was written: closing or closed.
        case closed
    }

    /// Unique in the process.
    package let id: UInt64
    /// Numeric address of the peer, without the port.
    package let remoteAddress: String
    /// What was written last did not fit into the kernel; `WebSocketHandler.drained` follows.
    package var isBlocked: Bool { peer?.isBlocked ?? false }
    /// False from the first word of a close, of either side, on.
    package var isOpen: Bool { peer?.isOpen ?? false }
    /// When the connection has ended: for how long the peer had said nothing by then. Zero when it ended the connection
    /// itself.
    package private(set) var silence: Duration = .zero
    /// Until its end.
    private var peer: WebSocketPeer?

    init(id: UInt64, remoteAddress: String, peer: WebSocketPeer) {
        self.id = id
        self.remoteAddress = remoteAddress
        self.peer = peer
    }

    func detach(silentFor silence: Duration) {
        self.silence = silence
        peer = nil
    }

    /// Writes straight to the socket. When the last write was `.blocked` and `drained` has not come, lws would have to
    /// copy the frame behind the rest: the answer is `.blocked` and nothing is written.
    package func write(_ frame: OutgoingFrame, on loop: isolated EventLoop) -> WriteOutcome {
        peer?.write(frame, on: loop) ?? .closed
    }

    /// Sends a Close frame behind what was written, waits for the peer's for `closeTimeout`, then drops the connection.
    /// The handler hears `closed(code)`. `reason` is cut to 123 bytes. Harmless when closing already.
    package func close(_ code: UInt16, reason: String, on loop: isolated EventLoop) {
        peer?.close(code, reason: reason, on: loop)
    }
}
