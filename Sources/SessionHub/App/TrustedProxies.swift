import HTTPTypes
package import WebSocketServer

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The proxies whose word counts about who is behind them (AMPHI_TRUSTED_PROXIES).
package struct TrustedProxies: Sendable {
    /// `10.0.0.0/8`, `::1`: the bits that an address must have.
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

    private static let forwardedFor = HTTPField.Name("X-Forwarded-For")
    private static let forwardedProto = HTTPField.Name("X-Forwarded-Proto")

    private let ranges: [Range]

    /// - Parameter texts: addresses or CIDR blocks; others are left out (`problem(with:)` finds them before).
    package init(_ texts: [String]) { ranges = texts.compactMap(Range.init) }

    /// The rest of a sentence, for a text that is no range.
    package static func problem(with text: String) -> String? {
        Range(text) == nil ? "must list addresses such as 10.0.0.1 or 10.0.0.0/8, not \"\(text)\"." : nil
    }

    package func contains(_ address: String) -> Bool {
        guard !ranges.isEmpty, let bytes = Self.bytes(address) else { return false }
        return ranges.contains { $0.contains(bytes) }
    }

    /// Puts the client's address and scheme in the place of the proxy's. Of `X-Forwarded-For` the last address that is no trusted
    /// proxy counts: what stands before it the client may have written itself.
    package func identify(_ request: inout Request) {
        guard contains(request.remoteAddress) else { return }
        if let name = Self.forwardedProto, let scheme = request.headers[name]?.trimmed.lowercased() {
            request.isSecure = scheme == "https"
        }
        guard let name = Self.forwardedFor, let list = request.headers[name] else { return }
        for hop in list.split(separator: ",").reversed() {
            // Something that is no address ends the chain: the last proxy that is known stays.
            guard let bytes = Self.bytes(hop.trimmed) else { return }
            request.remoteAddress = Self.text(bytes)
            guard contains(request.remoteAddress) else { return }
        }
    }

    /// 4 or 16; IPv4 inside IPv6 reads as IPv4.
    private static func bytes(_ text: String) -> [UInt8]? {
        var four = [UInt8](repeating: 0, count: 4)
        if inet_pton(AF_INET, text, &four) == 1 { return four }
        var sixteen = [UInt8](repeating: 0, count: 16)
        guard inet_pton(AF_INET6, text, &sixteen) == 1 else { return nil }
        let isMapped = sixteen.prefix(12) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
        return isMapped ? Array(sixteen.suffix(4)) : sixteen
    }

    private static func text(_ bytes: [UInt8]) -> String {
        guard bytes.count == 16 else { return bytes.map(String.init).joined(separator: ".") }
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        inet_ntop(AF_INET6, bytes, &buffer, socklen_t(buffer.count))
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
