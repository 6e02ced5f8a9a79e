import Foundation

/// What counts as an e-mail address here, and when two are the same.
package enum Email {
    /// The most bytes of an address: RFC 5321, 4.5.3.1.3, without the angle brackets.
    private static let longest = 254

    /// As it is stored and shown: composed (NFC), without white space at its ends and without what nobody sees.
    package static func clean(_ email: String) -> String { PlainText.withoutInvisible(email) }

    /// An address has one `@` with something on both sides, no white space or control characters, and no link, name or
    /// list around it. Whether it exists only a mail server knows.
    package static func isPlausible(_ email: String) -> Bool {
        // Nearly all addresses are of ASCII alone, in which no character has more than one byte.
        let bytes = email.utf8
        guard !bytes.allSatisfy({ (0x21..<0x7F).contains($0) }) else {
            guard let at = bytes.firstIndex(of: UInt8(ascii: "@")), at != bytes.startIndex else { return false }
            let domain = bytes[bytes.index(after: at)...]
            return !domain.isEmpty && bytes.count <= longest
                && !bytes.contains { Self.isOutside($0) } && !domain.contains { Self.isOutsideOfDomains($0) }
                && !email.lowercased().hasPrefix("mailto:")
        }
        let parts = email.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && email.utf8.count <= longest
            && !email.contains(where: \.isWhitespace) && !bytes.contains { Self.isOutside($0) }
            && !parts[1].utf8.contains { Self.isOutsideOfDomains($0) } && !email.hasControlCharacters
            && !email.lowercased().hasPrefix("mailto:")
    }

    private static func isOutside(_ byte: UInt8) -> Bool { "<>,;".utf8.contains(byte) }
    private static func isOutsideOfDomains(_ byte: UInt8) -> Bool { "@\"'?".utf8.contains(byte) }

    /// Two addresses with the same key belong to one person. The key is composed again after the change of case,
    /// because the store compares bytes and not, as Swift does, what is written. Greek has two small letters for one
    /// capital sigma. What only looks alike or sounds alike (ß and ss, ı and i) stays apart: those may be two
    /// mailboxes.
    package static func key(_ email: String) -> String {
        let email = clean(email)
        if email.utf8.allSatisfy({ $0 < 0x80 }) { return email.lowercased() }
        return email.lowercased().replacing("ς", with: "σ").precomposedStringWithCanonicalMapping
    }
}

extension String {
    /// Whether there is any control character, line breaks and tabs included.
    var hasControlCharacters: Bool {
        do throws(PlainText.ControlCharacter) {
            _ = try PlainText.clean(self, as: .exact)
            return false
        } catch {
            return true
        }
    }
}
