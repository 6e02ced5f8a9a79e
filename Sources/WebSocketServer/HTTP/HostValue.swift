/// Whether text is `uri-host [ ":" port ]`, as `Host` and the authority of an absolute target have it (RFC 9110, 7.2;
/// RFC 3986, 3.2.2). Pure.
///
/// "A server MUST respond with a 400 (Bad Request) status code to any HTTP/1.1 request message that ... contains ... a
/// Host header field with an invalid field value" (RFC 9112, 3.2). User information ("user@host") has no place in
/// either.
enum HostValue {
    /// An empty one is valid in `Host`: "If the authority component is missing or undefined for the target URI, then a
    /// client MUST send a Host header field with an empty field value".
    static func isValid(_ text: some StringProtocol) -> Bool {
        var rest = Array(text.utf8)[...]
        if rest.first == UInt8(ascii: "[") {
            guard let end = rest.firstIndex(of: UInt8(ascii: "]")) else { return false }
            let inside = rest[(rest.startIndex + 1)..<end]
            guard isIPv6(inside) || isIPvFuture(inside) else { return false }
            rest = rest[(end + 1)...]
        } else {
            let end = rest.firstIndex(of: UInt8(ascii: ":")) ?? rest.endIndex
            guard isName(rest[..<end]) else { return false }
            rest = rest[end...]
        }
        guard let colon = rest.popFirst() else { return true }
        return colon == UInt8(ascii: ":") && isPort(rest)
    }

    /// "port = *DIGIT": none is the default one.
    private static func isPort(_ digits: ArraySlice<UInt8>) -> Bool {
        guard digits.allSatisfy(isDigit) else { return false }
        guard !digits.isEmpty else { return true }
        return UInt16(String(decoding: digits, as: UTF8.self)) != nil
    }

    /// "reg-name = *( unreserved / pct-encoded / sub-delims )"; an IPv4 address is one, too.
    private static func isName(_ bytes: ArraySlice<UInt8>) -> Bool {
        var index = bytes.startIndex
        while index < bytes.endIndex {
            if bytes[index] == UInt8(ascii: "%") {
                guard bytes.endIndex - index > 2, isHex(bytes[index + 1]), isHex(bytes[index + 2]) else { return false }
                index += 3
            } else {
                guard isUnreserved(bytes[index]) || subDelimiters.contains(bytes[index]) else { return false }
                index += 1
            }
        }
        return true
    }

    /// Eight groups of up to four digits; "::" stands for at least one; the last two may be an IPv4 address.
    private static func isIPv6(_ bytes: ArraySlice<UInt8>) -> Bool {
        let text = String(decoding: bytes, as: UTF8.self)
        let halves = text.split(separator: "::", omittingEmptySubsequences: false)
        guard (1...2).contains(halves.count), !text.contains(":::") else { return false }
        var count = 0
        for (index, half) in halves.enumerated() where !half.isEmpty {
            let groups = half.split(separator: ":", omittingEmptySubsequences: false)
            for (position, group) in groups.enumerated() {
                if group.contains(".") {
                    guard index == halves.count - 1, position == groups.count - 1, isIPv4(group) else { return false }
                    count += 2
                } else {
                    guard (1...4).contains(group.utf8.count), group.utf8.allSatisfy(isHex) else { return false }
                    count += 1
                }
            }
        }
        return halves.count == 2 ? count <= 7 : count == 8
    }

    private static func isIPv4(_ text: Substring) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                part.utf8.allSatisfy(isDigit) && UInt8(part) != nil && (part == "0" || !part.hasPrefix("0"))
            }
    }

    /// "v" 1*HEXDIG "." 1*( unreserved / sub-delims / ":" )
    private static func isIPvFuture(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard let first = bytes.first, first | 0x20 == UInt8(ascii: "v"),
            let dot = bytes.firstIndex(of: UInt8(ascii: "."))
        else { return false }
        let (version, address) = (bytes[(bytes.startIndex + 1)..<dot], bytes[(dot + 1)...])
        return !version.isEmpty && version.allSatisfy(isHex) && !address.isEmpty
            && address.allSatisfy { isUnreserved($0) || subDelimiters.contains($0) || $0 == UInt8(ascii: ":") }
    }

    private static let subDelimiters = Array("!$&'()*+,;=".utf8)

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

    private static func isHex(_ byte: UInt8) -> Bool { isDigit(byte) || (97...102).contains(byte | 0x20) }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        isDigit(byte) || (97...122).contains(byte | 0x20) || Array("-._~".utf8).contains(byte)
    }
}
