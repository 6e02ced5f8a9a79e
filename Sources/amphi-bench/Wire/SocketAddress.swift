import Glibc

/// Where to connect to: one resolved IPv4 or IPv6 address with a port.
struct SocketAddress: Sendable {
    private let storage: sockaddr_storage
    private let length: socklen_t

    var family: Int32 { Int32(storage.ss_family) }

    /// 127.0.0.x; without a port for those that connect.
    init(loopback lastByte: UInt8, port: UInt16 = 0) {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = (UInt32(0x7F00_0000) | UInt32(lastByte)).bigEndian
        var storage = sockaddr_storage()
        unsafe withUnsafeMutableBytes(of: &storage) { target in
            unsafe withUnsafeBytes(of: address) { unsafe target.copyMemory(from: $0) }
        }
        self.storage = storage
        length = socklen_t(MemoryLayout<sockaddr_in>.size)
    }

    /// The first address of a name. Blocks while resolving.
    init(host: String, port: UInt16) throws {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let outcome = unsafe getaddrinfo(host, String(port), &hints, &list)
        guard outcome == 0, let first = unsafe list else {
            throw unsafe SetupError("cannot resolve \(host): \(String(cString: gai_strerror(outcome)))")
        }
        defer { unsafe freeaddrinfo(first) }
        var storage = sockaddr_storage()
        let count = unsafe Int(first.pointee.ai_addrlen)
        unsafe withUnsafeMutableBytes(of: &storage) { target in
            unsafe target.copyMemory(from: UnsafeRawBufferPointer(start: first.pointee.ai_addr, count: count))
        }
        self.storage = storage
        length = socklen_t(count)
    }

    var isLoopback4: Bool {
        guard family == AF_INET else { return false }
        return unsafe withUnsafeBytes(of: storage) { unsafe $0[4] == 127 }
    }

    /// Calls `body` with the address as the socket functions want it.
    func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        unsafe withUnsafePointer(to: storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, length) }
        }
    }
}

/// The run cannot begin; the text is for the person at the terminal.
struct SetupError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
