internal import CLibwebsockets
internal import Glibc

/// What every limit per address counts by: an IPv4 address, or the /64 of an IPv6 one. A customer of a provider has at
/// least a /64, and takes another address of it as often as it likes.
package struct AddressKey: Hashable, Sendable, CustomStringConvertible {
    /// `203.0.113.7`, `2001:db8:1:2::/64`; a text that is no address stands for itself.
    package let description: String

    /// - Parameter address: numeric; a scope (`%eth0`) does not count, IPv4 inside IPv6 is IPv4.
    package init(_ address: String) {
        guard address.utf8.contains(UInt8(ascii: ":")) else {
            description = address
            return
        }
        var bytes = [UInt8](repeating: 0, count: 16)
        guard unsafe inet_pton(AF_INET6, String(address.prefix { $0 != "%" }), &bytes) == 1 else {
            description = address
            return
        }
        if SocketAddress.isMapped(bytes) {
            description = SocketAddress.grouped(bytes)
        } else {
            description = SocketAddress.grouped(bytes[..<8] + [UInt8](repeating: 0, count: 8)) + "/64"
        }
    }
}
