import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A blocking TCP connection to 127.0.0.1 with a deadline for everything; closes itself.
///
/// Not Sendable: one thread at a time, in practice that of a `BlockingExecutor` or of `blocking`.
package final class TestSocket {
    private let descriptor: Int32
    private var isOpen = true
    /// What speaks TLS for this end.
    private var tunnel: Process?

    /// - Parameter trusting: the certificate of a peer that speaks TLS.
    package static func open(
        port: UInt16, receiveBuffer: Int32? = nil, trusting certificate: String?
    ) throws -> TestSocket {
        guard let certificate else { return try TestSocket(port: port, receiveBuffer: receiveBuffer) }
        return try TestSocket(port: port, trusting: certificate)
    }

    /// Through `openssl s_client`, which ends the connection when the peer shows another certificate.
    private init(port: UInt16, trusting certificate: String) throws {
        var pair: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &pair) == 0 else { throw TestFailure.system("socketpair") }
        descriptor = pair[0]
        let end = FileHandle(fileDescriptor: pair[1], closeOnDealloc: true)
        let openssl = Process()
        openssl.executableURL = URL(filePath: "/usr/bin/openssl")
        openssl.arguments = [
            "s_client", "-quiet", "-connect", "127.0.0.1:\(port)", "-CAfile", certificate, "-verify_return_error",
        ]
        (openssl.standardInput, openssl.standardOutput) = (end, end)
        openssl.standardError = FileHandle.nullDevice
        try openssl.run()
        try end.close()
        tunnel = openssl
    }

    /// - Parameter receiveBuffer: bytes for SO_RCVBUF, set before connecting so that the window stays small; the kernel
    ///   doubles it and keeps a floor of its own.
    package init(port: UInt16, receiveBuffer: Int32? = nil) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw TestFailure.system("socket") }
        if var size = receiveBuffer {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else {
            let failure = TestFailure.system("connect to port \(port)")
            Glibc.close(descriptor)
            isOpen = false
            throw failure
        }
    }

    deinit { close() }

    /// Idempotent.
    package func close() {
        guard isOpen else { return }
        isOpen = false
        Glibc.close(descriptor)
        tunnel?.terminate()
    }

    /// Says that nothing more will be sent; the other direction stays open.
    package func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Sends everything; throws when the peer is gone or does not take it in time.
    package func write(_ bytes: [UInt8], by deadline: Deadline) throws {
        var sent = 0
        while sent < bytes.count {
            try wait(for: POLLOUT, by: deadline, to: "send")
            let count = bytes.withUnsafeBytes { buffer in
                send(
                    descriptor, buffer.baseAddress.map { $0 + sent }, bytes.count - sent,
                    Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
                )
            }
            if count < 0, errno == EAGAIN || errno == EINTR { continue }
            guard count > 0 else { throw TestFailure.system("send") }
            sent += count
        }
    }

    /// At least one byte, or none at the end of the stream; a reset counts as an end.
    package func read(upTo limit: Int = 65_536, by deadline: Deadline) throws -> [UInt8] {
        try wait(for: POLLIN, by: deadline, to: "receive")
        var count = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, used in
            count = recv(descriptor, buffer.baseAddress, limit, 0)
            used = max(0, count)
        }
        if count < 0, errno == ECONNRESET { return [] }
        guard count >= 0 else { throw TestFailure.system("receive") }
        return bytes
    }

    private func wait(for events: Int32, by deadline: Deadline, to purpose: String) throws {
        guard isOpen else { throw TestFailure("\(purpose): the socket is closed") }
        var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        while true {
            let ready = poll(&entry, 1, deadline.milliseconds)
            if ready > 0 { return }
            if ready < 0, errno == EINTR { continue }
            guard ready == 0 else { throw TestFailure.system("poll") }
            throw TestFailure("nothing to \(purpose) before the deadline")
        }
    }
}
