import StrictJSON

/// How Jitsi's page reads its own address, and how the IFrame API writes one: by their behaviour.
enum JitsiParser {
    /// The parameters of a fragment. One that cannot be read is left out, as Jitsi leaves it out.
    static func parameters(_ url: String) -> [String: JSON] {
        var values: [String: JSON] = [:]
        guard let hash = url.firstIndex(of: "#") else { return values }
        for part in url[url.index(after: hash)...].split(separator: "&", omittingEmptySubsequences: false) {
            let words = part.split(separator: "=", omittingEmptySubsequences: false)
            guard words.count > 1, let value = value(String(words[1])) else { continue }
            values[String(words[0])] = value
        }
        return values
    }

    static func value(_ encoded: String) -> JSON? {
        guard var text = percentDecoded(encoded) else { return nil }
        if let backslash = text.firstRange(of: "\\&") { text.replaceSubrange(backslash, with: "&") }
        text = String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    switch scalar {
                    case "\u{2018}", "\u{2019}": "'"
                    case "\u{201C}", "\u{201D}": "\""
                    default: scalar
                    }
                }
            )
        )
        return try? JSON.parse(Array(text.utf8), limits: .request)
    }

    /// `decodeURIComponent`, which throws for what is no UTF-8.
    static func percentDecoded(_ text: String) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
