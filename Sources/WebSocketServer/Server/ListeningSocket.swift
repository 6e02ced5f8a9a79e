internal import CLibwebsockets
internal import Glibc

/// A TCP socket that listens, made or inherited; owned here until `close`.
struct ListeningSocket: ~Copyable {
    let descriptor: Int32
    let port: UInt16

    /// Binds the first address that `host` resolves to and can be bound.
    init(host: String, port: UInt16) throws(WebServerError) {
        var hints = unsafe addrinfo()
        unsafe hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(host, String(port), &hints, &list) == 0, unsafe list != nil else {
            throw .unknownHost(host)
        }
        defer { unsafe freeaddrinfo(list) }
        var failure: Int32 = 0
        var candidate = unsafe list
        while let address = unsafe candidate?.pointee {
            let fd = unsafe Self.listen(on: address)
            if fd >= 0 {
                try self.init(inherited: fd)
                return
            }
            failure = -fd
            unsafe candidate = address.ai_next
        }
        throw .cannotListen(errno: failure)
    }

    /// Takes over a socket that listens already.
    init(inherited fd: Int32) throws(WebServerError) {
        var storage = sockaddr_storage()
        guard unsafe amphi_socket_name(fd, &storage) == 0 else { throw .cannotListen(errno: errno) }
        _ = fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK)
        _ = fcntl(fd, F_SETFD, FD_CLOEXEC)
        descriptor = fd
        port = SocketAddress(storage).port
    }

    /// Removes the name of a socket. Any other file there is somebody's, and stays.
    static func removeSocket(at path: String) {
        var status = stat()
        if unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK { unsafe unlink(path) }
    }

    /// Listens at a path, for this user only. A socket that an earlier process left there is replaced, so the caller
    /// must hold a lock; any other file is somebody's, and stays.
    init(path: String) throws(WebServerError) {
        guard let address = UnixAddress(path) else { throw .cannotListen(errno: ENAMETOOLONG) }
        let type = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
        let fd = socket(AF_UNIX, Int32(type), 0)
        guard fd >= 0 else { throw .cannotListen(errno: errno) }
        Self.removeSocket(at: path)
        // Nobody can connect before `listen`, so the mode is there in time.
        guard address.bind(fd) == 0, unsafe chmod(path, 0o600) == 0, Glibc.listen(fd, 64) == 0 else {
            let failure = errno
            closeDescriptor(fd)
            throw .cannotListen(errno: failure)
        }
        descriptor = fd
        port = 0
    }

    /// The descriptor, or `-errno`.
    private static func listen(on address: addrinfo) -> Int32 {
        let type = unsafe address.ai_socktype | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let fd = unsafe socket(address.ai_family, type, address.ai_protocol)
        guard fd >= 0 else { return -errno }
        amphi_set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1)
        guard unsafe bind(fd, address.ai_addr, address.ai_addrlen) == 0, Glibc.listen(fd, 4096) == 0 else {
            let failure = errno
            closeDescriptor(fd)
            return -failure
        }
        return fd
    }

    consuming func close() {
        closeDescriptor(descriptor)
    }
}

/// The address of a Unix socket.
struct UnixAddress {
    private var storage = sockaddr_un()

    /// Nil for a path that does not fit: 107 bytes on Linux.
    init?(_ path: String) {
        let bytes = Array(path.utf8)
        let fits = unsafe withUnsafeMutableBytes(of: &storage.sun_path) { place in
            guard bytes.count < place.count else { return false }
            unsafe place.copyBytes(from: bytes)
            return true
        }
        guard fits else { return nil }
        storage.sun_family = sa_family_t(AF_UNIX)
    }

    func bind(_ fd: Int32) -> Int32 {
        unsafe withUnsafeBytes(of: storage) { bytes in
            let address = unsafe bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self)
            return unsafe Glibc.bind(fd, address, socklen_t(bytes.count))
        }
    }
}

/// A socket address as text and number.
struct SocketAddress {
    /// Numeric; IPv4 inside IPv6 reads as IPv4, a scope is cut off.
    let text: String
    let port: UInt16

    init(_ storage: sockaddr_storage) {
        var storage = storage
        switch Int32(storage.ss_family) {
        case AF_INET:
            (text, port) = unsafe withUnsafeBytes(of: &storage) { bytes in
                let address = unsafe bytes.load(as: sockaddr_in.self)
                return (Self.dotted(unsafe Array(bytes[4..<8])), UInt16(bigEndian: address.sin_port))
            }
        case AF_INET6:
            (text, port) = unsafe withUnsafeBytes(of: &storage) { bytes in
                let address = unsafe bytes.load(as: sockaddr_in6.self)
                return (Self.grouped(unsafe Array(bytes[8..<24])), UInt16(bigEndian: address.sin6_port))
            }
        default: (text, port) = ("", 0)
        }
    }

    /// IPv4 inside IPv6 (RFC 4291, 2.5.5.2); `bytes` are 16.
    static func isMapped(_ bytes: [UInt8]) -> Bool {
        bytes.prefix(12) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
    }

    private static func dotted(_ bytes: [UInt8]) -> String { bytes.map(String.init).joined(separator: ".") }

    /// The text of 16 bytes.
    static func grouped(_ bytes: [UInt8]) -> String {
        if isMapped(bytes) { return dotted(Array(bytes.suffix(4))) }
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        unsafe inet_ntop(AF_INET6, bytes, &buffer, socklen_t(buffer.count))
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
