import HTTPTypes

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The header in which trusted proxies name their clients (AMPHI_PROXY_HEADER).
///
/// A proxy maintains one of the two and passes on the other as the client sent it. Nearly all maintain X-Forwarded-For
/// (nginx, HAProxy's `option forwardfor`, Apache, Caddy, Traefik, Envoy, the large clouds' balancers), so it wins where
/// both stand.
enum ProxyHeader: String, Sendable, CaseIterable {
    /// X-Forwarded-For counts, and Forwarded where that is missing.
    case either
    case forwardedFor = "x-forwarded-for"
    /// Forwarded alone counts (RFC 7239).
    case forwarded

    /// One proxy's word about who asked it.
    enum Hop: Sendable, Equatable {
        /// A numeric address. IPv4 inside IPv6 reads as IPv4.
        case address(String)
        case unreadable
    }

    private static let forwardedForName = HTTPField.Name("X-Forwarded-For")
    private static let forwardedProtoName = HTTPField.Name("X-Forwarded-Proto")
    private static let forwardedName = HTTPField.Name("Forwarded")

    private static func value(_ name: HTTPField.Name?, _ headers: HTTPFields) -> String? {
        name.flatMap { headers[$0] }.flatMap { $0.trimmed.isEmpty ? nil : $0 }
    }

    /// What the proxies say, the nearest one first. Empty elements of the list do not count (RFC 9110, 5.6.1).
    func hops(_ headers: HTTPFields) -> [Hop] {
        if self != .forwarded, let list = Self.value(Self.forwardedForName, headers) {
            return list.split(separator: ",").reversed().map(\.trimmed).filter { !$0.isEmpty }.map(Self.hop)
        }
        if self != .forwardedFor, let list = Self.value(Self.forwardedName, headers) {
            return ForwardedElement.nearestFirst(list).map { $0["for"].map(Self.hop) ?? .unreadable }
        }
        return []
    }

    /// Whether the client came by https, by the nearest proxy's word; nil when it says nothing.
    func isSecure(_ headers: HTTPFields) -> Bool? {
        if self != .forwarded, let list = Self.value(Self.forwardedProtoName, headers) {
            return list.split(separator: ",").last?.trimmed.lowercased() == "https"
        }
        guard self != .forwardedFor, let list = Self.value(Self.forwardedName, headers) else { return nil }
        return ForwardedElement.nearestFirst(list).first?["proto"].map { $0.lowercased() == "https" }
    }

    /// `1.2.3.4`, `1.2.3.4:5678`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:5678`, with or without quotes.
    private static func hop(_ text: String) -> Hop {
        var text = text
        if text.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") { text = String(text.dropFirst().dropLast()) }
        var host = text[...]
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]"), isPort(text[text.index(after: end)...]) else {
                return .unreadable
            }
            host = text[text.index(after: text.startIndex)..<end]
            guard host.contains(":") else { return .unreadable }
        } else if let colon = text.firstIndex(of: ":"), colon == text.lastIndex(of: ":") {
            // An IPv6 address has several colons. After a single one stands the port.
            guard isPort(text[colon...]) else { return .unreadable }
            host = text[..<colon]
        }
        guard let bytes = TrustedProxies.bytes(String(host.prefix { $0 != "%" })) else { return .unreadable }
        return .address(Self.text(bytes))
    }

    /// Whether this is nothing, a port `:5678`, or an obfuscated port `:_x` (RFC 7239, 6).
    private static func isPort(_ text: Substring) -> Bool {
        guard let first = text.first else { return true }
        let port = text.dropFirst()
        guard first == ":", !port.isEmpty else { return false }
        return port.hasPrefix("_") || (port.utf8.allSatisfy { (48...57).contains($0) } && UInt16(port) != nil)
    }

    private static func text(_ bytes: [UInt8]) -> String {
        guard bytes.count == 16 else { return bytes.map(String.init).joined(separator: ".") }
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        inet_ntop(AF_INET6, bytes, &buffer, socklen_t(buffer.count))
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
