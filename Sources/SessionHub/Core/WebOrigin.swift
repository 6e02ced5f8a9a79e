import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Scheme, host and port of a web address (RFC 6454): what browsers compare.
package struct WebOrigin: Sendable, Hashable {
    /// `http` or `https`.
    package let scheme: String
    /// Lower case; an IPv6 address keeps its brackets.
    package let host: String
    /// Nil for the usual port of the scheme.
    package let port: UInt16?

    /// Reads the origin of an http or https address; a path may follow. Nil for anything else: credentials, an empty
    /// host, characters that could not stand in a header.
    package init?(_ address: String) {
        let lowered = address.lowercased()
        guard let scheme = ["https", "http"].first(where: { lowered.hasPrefix("\($0)://") }) else { return nil }
        let rest = lowered.dropFirst(scheme.count + 3)
        self.init(scheme: scheme, authority: String(rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }))
    }

    /// - Parameter authority: `host`, `host:port` or `[ipv6]:port`, as in a `Host` header.
    init?(scheme: String, authority: String) {
        let authority = authority.lowercased()
        let hostEnd = authority.hasPrefix("[") ? authority.firstIndex(of: "]").map { authority.index(after: $0) } : nil
        let split = authority[(hostEnd ?? authority.startIndex)...].firstIndex(of: ":") ?? authority.endIndex
        let host = authority[..<split]
        guard Self.isHost(host) else { return nil }
        var port: UInt16?
        if split < authority.endIndex {
            guard let number = UInt16(authority[authority.index(after: split)...]), number > 0 else { return nil }
            port = number
        }
        self.scheme = scheme
        self.host = String(host)
        self.port = port == (scheme == "https" ? 443 : 80) ? nil : port
    }

    var hostAndPort: String { port.map { "\(host):\($0)" } ?? host }
    package var text: String { "\(scheme)://\(hostAndPort)" }
    /// The origin under which a WebSocket of this one is named in a Content-Security-Policy.
    var webSocketText: String { "\(scheme == "https" ? "wss" : "ws")://\(hostAndPort)" }

    /// Whether browsers would take it: a host whose last label is a number is an IPv4 address for them, and one in
    /// brackets an IPv6 address, or the whole address is none (URL Standard, 3.5).
    private static func isHost(_ host: Substring) -> Bool {
        if host.hasPrefix("["), host.hasSuffix("]") {
            var address = in6_addr()
            return inet_pton(AF_INET6, String(host.dropFirst().dropLast()), &address) == 1
        }
        guard !host.isEmpty, host.utf8.allSatisfy(isHostByte) else { return false }
        let name = host.hasSuffix(".") ? host.dropLast() : host
        let last = name.split(separator: ".", omittingEmptySubsequences: false).last ?? ""
        guard !last.isEmpty, last.allSatisfy(\.isNumber) else { return true }
        var address = in_addr()
        return inet_pton(AF_INET, String(name), &address) == 1
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
    }
}
