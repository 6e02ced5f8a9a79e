import StrictJSON

/// Text on its way to Jitsi: into XMPP, which is XML, and through the parser of its page's address.
enum JitsiText {
    /// Blanks what XML does not allow, line ends and other control characters, and code points that are no characters.
    ///
    /// Prosody closes the stream of whoever sends one, so a single such title or name would keep a whole class out.
    static func clean(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { scalars.append(isPlain(scalar.value) ? scalar : " ") }
        return String(scalars).trimmed
    }

    private static func isPlain(_ value: UInt32) -> Bool {
        switch value {
        case 0...0x1F, 0x7F...0x9F, 0xFDD0...0xFDEF: false
        default: value & 0xFFFE != 0xFFFE
        }
    }

    /// Writes a value as a parameter of a fragment: as JSON, which is then percent-encoded.
    ///
    /// Jitsi splits a fragment at `&` and `=`, decodes each value, drops a backslash before `&`, makes quotes of
    /// typographic ones, and only then reads JSON; a value that is broken by then is ignored without a word. Mail
    /// programs and messengers decode and cut addresses in their own ways. So a string is written with `\u` escapes for
    /// everything but ASCII letters, digits and a few marks: whatever is done to such a text on its way, JSON reads the
    /// same.
    static func fragmentValue(_ value: JSON) -> String {
        guard let string = value.stringValue else { return PercentEncoding.component(value.text) }
        return PercentEncoding.component("\"\(string.utf16.map(escaped).joined())\"")
    }

    private static func escaped(_ unit: UInt16) -> String {
        if unit < 128, let byte = UInt8(exactly: unit), HostName.isLetterOrDigit(byte) || marks.contains(byte) {
            return String(UnicodeScalar(byte))
        }
        let digits = String(unit, radix: 16, uppercase: true)
        return "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)"
    }

    private static let marks = Set(" -._~".utf8)
}
