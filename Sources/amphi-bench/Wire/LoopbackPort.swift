import Glibc

/// Ports of 127.0.0.1.
enum LoopbackPort {
    /// One that nobody listens on now. Somebody else may take it before its user does.
    static func free() throws -> UInt16 {
        let (descriptor, port) = try listen(backlog: 1)
        close(descriptor)
        return port
    }

    /// A listening, non-blocking socket on any free port. The caller closes it.
    static func listen(backlog: Int32 = 128) throws -> (descriptor: Int32, port: UInt16) {
        let flags = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(AF_INET, flags, 0)
        guard descriptor >= 0 else { throw SystemError("socket") }
        let bound = unsafe SocketAddress(loopback: 1).withPointer { unsafe bind(descriptor, $0, $1) }
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let named = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(descriptor, $0, &length)
            }
        }
        guard bound == 0, named == 0, Glibc.listen(descriptor, backlog) == 0 else {
            let error = SystemError("listen")
            close(descriptor)
            throw error
        }
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }
}
