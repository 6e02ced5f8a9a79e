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
        let parts = email.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && email.utf8.count <= longest
            && !email.contains(where: { $0.isWhitespace || "<>,;".contains($0) }) && !email.hasControlCharacters
            && !email.lowercased().hasPrefix("mailto:") && !parts[1].contains(where: { "\"'?".contains($0) })
    }

    /// Two addresses with the same key belong to one person. The key is composed again after the change of case,
    /// because the store compares bytes and not, as Swift does, what is written. Greek has two small letters for one
    /// capital sigma. What only looks alike or sounds alike (ß and ss, ı and i) stays apart: those may be two
    /// mailboxes.
    package static func key(_ email: String) -> String {
        clean(email).lowercased().replacing("ς", with: "σ").precomposedStringWithCanonicalMapping
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
