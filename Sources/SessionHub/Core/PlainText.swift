import Foundation

/// Text that people write, in the one form in which it is stored, shown, compared and handed on: the rule of every
/// door.
///
/// Control characters are refused: no screen shows them, and XML, in which Jitsi speaks, forbids them. Line breaks and
/// tabs are kept where a text has lines, and are spaces where it is one.
enum PlainText {
    enum Kind: Sendable {
        /// A name, a title or a place. It is composed (NFC), and has nothing that is invisible or turns the direction
        /// of writing.
        case line
        /// A description or a message: line breaks and tabs stay, and so does every other character, as it was typed.
        case lines
        /// What a program made and compares byte by byte: an identifier, an address.
        case exact
    }

    /// The text holds a control character that is neither a line break nor a tab. An exact text may hold none of these
    /// either.
    struct ControlCharacter: Error {}

    /// The text without white space at its ends; empty when nothing in it can be seen.
    static func clean(_ text: String, as kind: Kind) throws(ControlCharacter) -> String {
        // Nearly all text is plain ASCII, in which nothing can be at fault.
        if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text.trimmed }
        switch kind {
        case .line: return try line(text.precomposedStringWithCanonicalMapping.unicodeScalars)
        case .lines: return try lines(text.unicodeScalars)
        case .exact:
            let text = text.trimmed
            guard !text.unicodeScalars.contains(where: { isControl($0) || isBreak($0) }) else {
                throw ControlCharacter()
            }
            return text
        }
    }

    /// An e-mail address as it is compared: an address that was copied from a document may carry marks that nobody
    /// sees.
    static func withoutInvisible(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.trimmed }
        let scalars = text.precomposedStringWithCanonicalMapping.unicodeScalars.filter {
            !isInvisible($0) && !isBlank($0)
        }
        return String(String.UnicodeScalarView(scalars)).precomposedStringWithCanonicalMapping.trimmed
    }

    /// Blanks control characters, in text that is older than this rule and cannot be sent back to whoever wrote it.
    static func blanked(_ text: String) -> String {
        if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.map { isControl($0) ? " " : $0 }))
    }

    // MARK: - Kinds of characters

    /// The control characters C0 and C1 except line breaks and tabs, and the two other code points that XML 1.0
    /// forbids.
    static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        if isBreak(scalar) { return false }
        return scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || (0xFFFE...0xFFFF).contains(scalar.value)
    }

    /// Tab, and everything that ends a line: LF, VT, FF, CR, NEL, LINE and PARAGRAPH SEPARATOR.
    private static func isBreak(_ scalar: Unicode.Scalar) -> Bool {
        (0x09...0x0D).contains(scalar.value) || [0x85, 0x2028, 0x2029].contains(scalar.value)
    }

    /// Takes no place on a screen: joiners, marks and overrides of direction, fillers, tags, soft hyphens.
    static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isDefaultIgnorableCodePoint || (0xFFF9...0xFFFB).contains(scalar.value)
    }

    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        !isInvisible(scalar) && !scalar.properties.isWhitespace && !isControl(scalar) && !isBlank(scalar)
    }

    /// Counts as a letter or a sign, and has nothing to show: Braille without a dot, the blanks and the format controls
    /// of the Egyptian hieroglyphs, the filler of Khitan, a note without a head.
    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x2800, 0x13430...0x1343F, 0x13441...0x13442, 0x16FE4, 0x1D159: true
        default: false
        }
    }

    private static func isVariant(_ scalar: Unicode.Scalar) -> Bool {
        (0xFE00...0xFE0F).contains(scalar.value) || (0xE0100...0xE01EF).contains(scalar.value)
    }

    /// What belongs to the characters before and after it: Persian and Indic names need joiners, emoji and Japanese
    /// names variants. In Indic scripts a joiner behind a virama ends a word as well.
    private static func isPart(
        _ scalar: Unicode.Scalar, between last: Unicode.Scalar?, and next: Unicode.Scalar?
    ) -> Bool {
        guard let last, isVisible(last) || isVariant(last) else { return false }
        switch scalar.value {
        case 0x200C, 0x200D:
            return last.properties.canonicalCombiningClass == .virama || next.map(isVisible) ?? false
        default: return isVariant(scalar) && !isVariant(last)
        }
    }

    /// The end of the flag of a part of a country (UTS 51, tag sequences) whose black flag stands before `index`; nil
    /// when none follows. Tags anywhere else would be words that nobody sees.
    private static func flagEnd(
        of text: String.UnicodeScalarView, from index: String.UnicodeScalarView.Index
    ) -> String.UnicodeScalarView.Index? {
        let tags = text[index...].prefix(7).prefix { (0xE0030...0xE007A).contains($0.value) }
        guard (3...6).contains(tags.count), tags.endIndex < text.endIndex, text[tags.endIndex].value == 0xE007F else {
            return nil
        }
        return text.index(after: tags.endIndex)
    }

    // MARK: - The kinds of text

    private static func line(_ text: String.UnicodeScalarView) throws(ControlCharacter) -> String {
        var clean = String.UnicodeScalarView()
        var index = text.startIndex
        while index < text.endIndex {
            let scalar = text[index]
            index = text.index(after: index)
            guard !isControl(scalar) else { throw ControlCharacter() }
            if isBreak(scalar) {
                if clean.last != " " { clean.append(" ") }
            } else if isInvisible(scalar) {
                let next = index < text.endIndex ? text[index] : nil
                if isPart(scalar, between: clean.last, and: next) { clean.append(scalar) }
            } else {
                clean.append(scalar)
                if scalar.value == 0x1F3F4, let end = flagEnd(of: text, from: index) {
                    clean.append(contentsOf: text[index..<end])
                    index = end
                }
            }
        }
        guard clean.contains(where: isVisible) else { return "" }
        // What stood between a letter and its accent may be gone, so that the text is composed once more.
        return String(clean).precomposedStringWithCanonicalMapping.trimmed
    }

    private static func lines(_ text: String.UnicodeScalarView) throws(ControlCharacter) -> String {
        var clean = String.UnicodeScalarView()
        var isAfterReturn = false
        for scalar in text {
            guard !isControl(scalar) else { throw ControlCharacter() }
            if !isBreak(scalar) || scalar == "\t" {
                clean.append(scalar)
            } else if !(scalar == "\n" && isAfterReturn) {
                clean.append("\n")
            }
            isAfterReturn = scalar == "\r"
        }
        return clean.contains(where: isVisible) ? String(clean).trimmed : ""
    }
}
