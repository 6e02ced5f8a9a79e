import CGlibc  // timeval: Swift finds it there first
import Glibc

/// One TCP socket of the client. Owns its descriptor: `deinit` closes it.
final class StreamSocket {
    /// What a system call on a non-blocking socket came to.
    enum Transfer: Equatable {
        case bytes(Int)
        case wouldBlock
        case failed(Int32)
    }

    let descriptor: Int32

    /// Starts to connect. A non-blocking socket is writable when it is connected or refused: see `connectionError`.
    ///
    /// - Parameter segmentBytes: the most that the peer may send in one segment; nil for what the way allows.
    init(
        to address: SocketAddress, from source: SocketAddress? = nil, segmentBytes: Int32? = nil,
        isBlocking: Bool = false
    ) throws(SystemError) {
        let flags = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        descriptor = socket(address.family, isBlocking ? flags : flags | Int32(SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { throw SystemError("socket") }
        set(IPPROTO_TCP, TCP_NODELAY, to: 1)
        // tcp(7): "If this option is set before connection establishment, it also changes the MSS value announced to
        // the other end in the initial packet."
        if let segmentBytes { set(IPPROTO_TCP, TCP_MAXSEG, to: segmentBytes) }
        if let source {
            // ip(7), IP_BIND_ADDRESS_NO_PORT: "Inform the kernel to not reserve an ephemeral port when using bind(2)
            // with a port number of 0. The port will later be automatically chosen at connect(2) time."
            set(Int(IPPROTO_IP), IP_BIND_ADDRESS_NO_PORT, to: 1)
            let bound = unsafe source.withPointer { unsafe bind(descriptor, $0, $1) }
            guard bound == 0 else { throw SystemError("bind") }
        }
        let outcome = unsafe address.withPointer { unsafe connect(descriptor, $0, $1) }
        guard outcome == 0 || errno == EINPROGRESS else { throw SystemError("connect") }
    }

    /// Takes the next connection that waits at a listening socket; nil when none does.
    init?(acceptedFrom listener: Int32) {
        descriptor = accept(listener, nil, nil)
        guard descriptor >= 0 else { return nil }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        set(IPPROTO_TCP, TCP_NODELAY, to: 1)
    }

    deinit { close(descriptor) }

    /// The outcome of a connect that has finished: 0, or an errno.
    var connectionError: Int32 {
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        let outcome = unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length)
        return outcome == 0 ? code : errno
    }

    /// What the kernel may hold unread from now on. socket(7): "The kernel doubles this value (to allow space for
    /// bookkeeping overhead)". A window that was granted already is not taken back. To be set on a connected socket
    /// only: before, it would bound the window for good.
    func setReceiveBuffer(bytes: Int32) { set(Int(SOL_SOCKET), SO_RCVBUF, to: bytes) }

    /// For a blocking socket: a read or a write that takes longer fails with EAGAIN.
    func setTimeout(seconds: Int) {
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            var time = timeval(tv_sec: seconds, tv_usec: 0)
            unsafe setsockopt(descriptor, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
        }
    }

    /// Zero bytes mean that the other end has closed.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
        Self.transfer(unsafe recv(descriptor, buffer.baseAddress, buffer.count, 0))
    }

    func write(_ bytes: ArraySlice<UInt8>) -> Transfer {
        unsafe bytes.withUnsafeBytes { buffer in
            Self.transfer(unsafe send(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL)))
        }
    }

    private static func transfer(_ count: Int) -> Transfer {
        if count >= 0 { return .bytes(count) }
        return errno == EAGAIN || errno == EINTR ? .wouldBlock : .failed(errno)
    }

    private func set(_ level: Int, _ option: Int32, to value: Int32) {
        var value = value
        unsafe setsockopt(descriptor, Int32(level), option, &value, socklen_t(MemoryLayout<Int32>.size))
    }
}
