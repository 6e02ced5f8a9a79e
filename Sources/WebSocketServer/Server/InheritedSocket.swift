internal import CLibwebsockets
internal import Glibc

/// Looks at a socket that another process has opened for this one.
package enum InheritedSocket {
    /// Where it listens; nil when it is no TCP socket, or does not listen.
    package static func address(of fd: Int32) -> (host: String, port: UInt16)? {
        var storage = sockaddr_storage()
        guard amphi_get_option(fd, SOL_SOCKET, SO_TYPE) == Int32(SOCK_STREAM.rawValue),
            amphi_get_option(fd, SOL_SOCKET, SO_ACCEPTCONN) == 1, unsafe amphi_socket_name(fd, &storage) == 0,
            [AF_INET, AF_INET6].contains(Int32(storage.ss_family))
        else { return nil }
        let address = SocketAddress(storage)
        return (address.text, address.port)
    }
}
