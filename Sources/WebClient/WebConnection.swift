internal import COpenSSL
internal import Glibc

/// One connection to a server, plain or with TLS, whose calls block until a deadline at most.
///
/// Safe although it holds a pointer: only its own functions use it, and its one owner closes it once, last.
@safe struct WebConnection {
    private let descriptor: Int32
    private let tls: OpaquePointer?
    private let deadline: Int

    init(to server: WebClient, within seconds: Int) throws(WebClientError) {
        // "SIGPIPE [...] unless [...] MSG_NOSIGNAL": OpenSSL writes without the flag.
        // https://man7.org/linux/man-pages/man2/send.2.html
        signal(SIGPIPE, SIG_IGN)
        let deadline = Self.now + seconds
        let name = server.host.hasPrefix("[") ? String(server.host.dropFirst().dropLast()) : server.host
        descriptor = try Self.open(name, server.port, until: deadline)
        self.deadline = deadline
        guard server.isSecure else {
            unsafe tls = nil
            return
        }
        var problem: UnsafePointer<CChar>?
        unsafe tls = amphi_tls_connect(descriptor, name, &problem)
        guard unsafe tls != nil else {
            Glibc.close(descriptor)
            throw .untrusted(unsafe problem.map { unsafe String(cString: $0) } ?? "")
        }
    }

    /// The first of the name's addresses that takes the connection.
    private static func open(_ host: String, _ port: UInt16, until deadline: Int) throws(WebClientError) -> Int32 {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(host, String(port), &hints, &list) == 0 else { throw .unknownHost }
        defer { unsafe freeaddrinfo(list) }
        var candidate = unsafe list
        while let address = unsafe candidate?.pointee {
            let descriptor = unsafe socket(address.ai_family, address.ai_socktype | flags, address.ai_protocol)
            wait(descriptor, until: deadline)
            if descriptor >= 0, unsafe connect(descriptor, address.ai_addr, address.ai_addrlen) == 0 {
                return descriptor
            }
            if descriptor >= 0 { Glibc.close(descriptor) }
            unsafe candidate = address.ai_next
        }
        throw .unreachable
    }

    private static let flags = Int32(SOCK_CLOEXEC.rawValue)

    /// "Specify the receiving or sending timeouts until reporting an error"; on Linux a connect observes the sending
    /// one. https://man7.org/linux/man-pages/man7/socket.7.html
    private static func wait(_ descriptor: Int32, until deadline: Int) {
        var patience = timeval(tv_sec: max(1, deadline - now), tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, size)
    }

    private static var now: Int {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec
    }

    func write(_ bytes: [UInt8]) throws(WebClientError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe write($0) }
            guard count > 0 else { throw .silent }
            rest = rest.dropFirst(count)
        }
    }

    private func write(_ bytes: UnsafeRawBufferPointer) -> Int {
        if let tls = unsafe tls { return Int(unsafe SSL_write(tls, bytes.baseAddress, Int32(bytes.count))) }
        return unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count)
    }

    /// What comes until the peer ends it, `limit` is reached or time is up.
    func readToEnd(limit: Int) throws(WebClientError) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while bytes.count < limit {
            guard Self.now < deadline else { throw .silent }
            Self.wait(descriptor, until: deadline)
            let count = read(&buffer)
            guard count > 0 else { return bytes }
            bytes += buffer[..<count]
        }
        return bytes
    }

    private func read(_ buffer: inout [UInt8]) -> Int {
        if let tls = unsafe tls { return Int(unsafe SSL_read(tls, &buffer, Int32(buffer.count))) }
        return unsafe recv(descriptor, &buffer, buffer.count, 0)
    }

    func close() {
        unsafe SSL_free(tls)
        Glibc.close(descriptor)
    }
}
