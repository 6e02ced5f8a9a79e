import HTTPTypes
import WebSocketServer

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The proxies whose word counts about who is behind them (AMPHI_TRUSTED_PROXIES).
struct TrustedProxies: Sendable {
    /// The bits that an address must have, from `10.0.0.0/8` or `::1`.
    private struct Range: Sendable {
        let bytes: [UInt8]
        let bits: Int

        init?(_ text: String) {
            let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            guard let bytes = TrustedProxies.bytes(String(parts[0])) else { return nil }
            var bits = bytes.count * 8
            if parts.count == 2 {
                guard let given = Int(parts[1]), (0...bits).contains(given) else { return nil }
                bits = given
            }
            self.bytes = bytes
            self.bits = bits
        }

        func contains(_ address: [UInt8]) -> Bool {
            guard address.count == bytes.count else { return false }
            let (whole, rest) = (bits / 8, bits % 8)
            guard address.prefix(whole) == bytes.prefix(whole) else { return false }
            guard rest > 0 else { return true }
            let mask = UInt8.max << UInt8(8 - rest)
            return address[whole] & mask == bytes[whole] & mask
        }
    }

    /// Why nobody can tell whose a proxy's request is.
    enum Doubt: Sendable, CaseIterable {
        /// The proxy names no client.
        case missing
        /// It names one in a way that is no address: `unknown`, an obfuscated name, something broken.
        case unreadable
    }

    private let ranges: [Range]
    private let header: ProxyHeader

    /// - Parameters:
    ///   - texts: addresses or CIDR blocks; others are left out (`problem(with:)` finds them before).
    ///   - header: which one counts.
    init(_ texts: [String], header: ProxyHeader = .either) {
        ranges = texts.compactMap(Range.init)
        self.header = header
    }

    /// The rest of a sentence for a text that is no range.
    static func problem(with text: String) -> String? {
        Range(text) == nil ? "must list addresses such as 10.0.0.1 or 10.0.0.0/8, not \"\(text)\"." : nil
    }

    func contains(_ address: String) -> Bool {
        guard !ranges.isEmpty, let bytes = Self.bytes(address) else { return false }
        return ranges.contains { $0.contains(bytes) }
    }

    /// Puts the client's address and scheme in the place of the proxy's. Of the addresses in the header the last one
    /// that is no trusted proxy counts: what stands before it the client may have written itself.
    ///
    /// When that one cannot be read or is not there, the request has no `source`. The proxy's own address would be one
    /// identity for everybody, and a client could choose its identity if what it writes counted.
    ///
    /// - Returns: why nobody can tell whose request it is; nil when all is well.
    @discardableResult
    func identify(_ request: inout Request) -> Doubt? {
        guard contains(request.remoteAddress) else { return nil }
        if let isSecure = header.isSecure(request.headers) { request.isSecure = isSecure }
        let hops = header.hops(request.headers)
        for hop in hops {
            guard case .address(let text) = hop else {
                request.source = nil
                return .unreadable
            }
            request.remoteAddress = text
            request.source = AddressKey(text)
            guard contains(text) else { return nil }
        }
        guard hops.isEmpty else { return nil }
        request.source = nil
        return .missing
    }

    /// The 4 or 16 bytes of an address. IPv4 inside IPv6 reads as IPv4.
    static func bytes(_ text: String) -> [UInt8]? {
        var four = [UInt8](repeating: 0, count: 4)
        if inet_pton(AF_INET, text, &four) == 1 { return four }
        var sixteen = [UInt8](repeating: 0, count: 16)
        guard inet_pton(AF_INET6, text, &sixteen) == 1 else { return nil }
        let isMapped = sixteen.prefix(12) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
        return isMapped ? Array(sixteen.suffix(4)) : sixteen
    }
}
