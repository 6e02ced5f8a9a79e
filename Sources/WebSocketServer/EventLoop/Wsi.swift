internal import CLibwebsockets
internal import Glibc

/// A libwebsockets connection, `struct lws *`. Every call is one call of lws, on the loop's thread only.
///
/// `@safe`: a `Wsi` is handed out by `Peer.wsi` alone, which is nil as soon as lws has destroyed the connection.
@safe struct Wsi {
    private let raw: OpaquePointer

    init(_ raw: OpaquePointer) { unsafe self.raw = raw }

    /// lws closes `fd` when it refuses.
    static func adoptStream(_ fd: Int32, host: OpaquePointer, tls: Bool, peer: Peer) -> Bool {
        unsafe amphi_adopt_stream(host, fd, tls ? 1 : 0, Unmanaged.passUnretained(peer).toOpaque()) != nil
    }

    /// As HTTP; lws parses `handshake` before it returns, and calls back while it does.
    static func adoptHTTP(_ fd: Int32, host: OpaquePointer, handshake: [UInt8]) -> Bool {
        unsafe handshake.withUnsafeBytes { bytes in
            let text = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            return unsafe lws_adopt_socket_vhost_readbuf(host, fd, text, bytes.count) != nil
        }
    }

    func setPeer(_ peer: Peer) {
        unsafe lws_set_opaque_user_data(raw, Unmanaged.passUnretained(peer).toOpaque())
        unsafe amphi_ask_for_drop(raw, Unmanaged.passUnretained(peer).toOpaque())
    }

    /// lws arms a timeout when it accepts TLS and leaves it armed on what is not its own HTTP: 5 s by default, whatever
    /// happens on the connection.
    func clearTimeout() { unsafe amphi_clear_timeout(raw) }

    var descriptor: Int32 { unsafe lws_get_socket_fd(raw) }

    // MARK: Reading

    /// lws stops or goes on reading the socket. On a raw socket POLLOUT is served in both cases.
    func setReading(_ isReading: Bool) {
        unsafe lws_rx_flow_control(raw, isReading ? 1 : 0)
    }

    /// Whether what RECEIVE just delivered is the end of a message.
    var isFinalFragment: Bool { unsafe lws_is_final_fragment(raw) != 0 }
    var isBinary: Bool { unsafe lws_frame_is_binary(raw) != 0 }

    // MARK: Writing

    /// lws holds bytes that the kernel did not take. "You should not do any further writes" until they are gone.
    var isBlocked: Bool { unsafe lws_partial_buffered(raw) != 0 }

    /// False when the connection is dead; lws reports its close later.
    func write(_ bytes: ArraySlice<UInt8>) -> Bool {
        unsafe bytes.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return true }
            return unsafe amphi_write_bytes(raw, base, buffer.count) >= 0
        }
    }

    /// `payload` has `LWS_PRE` writable bytes before it.
    func writeText(_ payload: UnsafeMutablePointer<UInt8>, count: Int) -> Bool {
        unsafe amphi_write_text(raw, payload, count) >= 0
    }

    func writePing() -> Bool { unsafe amphi_write_ping(raw) >= 0 }

    func askForWritable() { unsafe lws_callback_on_writable(raw) }

    /// How far the peer's kernel has come; nil where that cannot be known (no TCP socket).
    var progress: TransportProgress? {
        var progress = amphi_progress()
        guard unsafe amphi_read_progress(descriptor, &progress) == 0 else { return nil }
        return TransportProgress(
            acknowledged: progress.acknowledged, window: progress.window,
            written: isBlocked ? nil : progress.written,
            isHeldBack: progress.written > progress.acknowledged && progress.in_flight == 0)
    }

    /// Bytes that the other end of a socket pair has not read.
    var hasUnreadBytes: Bool { amphi_unread(descriptor) > 0 }

    // MARK: Closing

    /// Begins the closing handshake of a WebSocket: lws sends a Close frame and waits for the peer's. Only while
    /// nothing is buffered, or lws would flush and drop the connection without a Close frame. `reason` is cut to 123
    /// bytes.
    func closeWebSocket(_ code: UInt16, _ reason: String) {
        let text = Array(reason.utf8.prefix(123))
        unsafe text.withUnsafeBufferPointer { buffer in
            unsafe amphi_close_websocket(raw, code, buffer.baseAddress, buffer.count)
        }
    }

    /// Sends a Close frame here and now; the callback that does so returns false after it.
    func sendClose(_ code: UInt16) { amphi_send_close(descriptor, code) }

    /// lws is closing a WebSocket and has not said why.
    var hasCloseReason: Bool { unsafe lws_get_close_length(raw) > 0 }
    func setCloseReason(_ code: UInt16) {
        unsafe lws_close_reason(raw, lws_close_status(UInt32(code)), nil, 0)
    }

    /// False when the peer has ended or reset the stream.
    var streamGoesOn: Bool { amphi_stream_goes_on(descriptor) != 0 }

    /// From the next turn of the loop: without a word, whatever is still buffered.
    func kill() { unsafe amphi_kill(raw) }

    /// The peer reads an end of file after what was written.
    func shutdownWriting() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// A second descriptor of the same socket; nil when there are none left.
    func duplicateDescriptor() -> Int32? {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 3)
        return copy < 0 ? nil : copy
    }
}
