import Testing

@testable import SessionHub

/// The one form of text, as tables.
@Suite("Plain text")
struct PlainTextTests {
    private static func scalars(_ text: String) -> [UInt32] { text.unicodeScalars.map(\.value) }

    // Found from outside, no. 43
    @Test(arguments: [
        (" Awa ", "Awa"), ("Awa\tNdiaye", "Awa Ndiaye"), ("One\r\ntwo", "One two"), ("One\u{2029}two", "One two"),
        ("e\u{301}", "\u{E9}"), ("e\u{200B}\u{301}", "\u{E9}"), ("\u{202E}evil\u{202C}", "evil"),
        ("a\u{2067}b\u{2069}", "ab"),
        ("\u{FEFF}Awa\u{AD}", "Awa"), ("\u{200F}\u{200E}", ""), ("\u{3164}\u{115F}", ""), ("\u{2800}", ""),
        ("\u{13441}\u{13442}", ""), ("\u{13430}", ""), ("\u{16FE4}", ""), ("\u{1D159}", ""), ("\u{13000}", "\u{13000}"),
        ("\u{3000}", ""),
        // Persian writes with a joiner that separates; outside of a word it is nothing.
        ("\u{645}\u{6CC}\u{200C}\u{631}", "\u{645}\u{6CC}\u{200C}\u{631}"), ("Awa\u{200D}", "Awa"),
        ("\u{200D}Awa", "Awa"),
        ("Awa \u{200D}B", "Awa B"), ("Awa\u{200D}\u{200D}B", "Awa\u{200D}B"), ("❤\u{FE0F}", "❤\u{FE0F}"),
        ("\u{FE0F}", ""),
        ("👩‍👩‍👧", "👩‍👩‍👧"), ("葛\u{E0100}", "葛\u{E0100}"), ("Linh Nguyễn", "Linh Nguyễn"), ("\u{FFFA}x", "x"),
        // Emoji of several parts with a variant between, flags of parts of countries, and what only looks like them.
        ("\u{1F3F3}\u{FE0F}\u{200D}\u{1F308}", "\u{1F3F3}\u{FE0F}\u{200D}\u{1F308}"),
        ("❤\u{FE0F}\u{200D}\u{1F525}", "❤\u{FE0F}\u{200D}\u{1F525}"),
        (
            "\u{1F3F4}\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}",
            "\u{1F3F4}\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}"
        ),
        ("\u{1F3F4}\u{E0067}\u{E0062}\u{E0073}", "\u{1F3F4}"), ("A\u{E0067}\u{E0062}\u{E0073}\u{E007F}", "A"),
        ("A\u{FE0F}\u{FE0F}", "A\u{FE0F}"), ("A\u{FE0F}\u{200D}", "A\u{FE0F}"),
        // Malayalam ends words with a joiner.
        ("\u{D28}\u{D28}\u{D4D}\u{200D}", "\u{D28}\u{D28}\u{D4D}\u{200D}"),
    ])
    func `a line`(text: String, clean: String) throws {
        #expect(Self.scalars(try PlainText.clean(text, as: .line)) == Self.scalars(clean))
        // Once is enough.
        #expect(Self.scalars(try PlainText.clean(clean, as: .line)) == Self.scalars(clean))
    }

    // Found from outside, no. 35
    @Test(arguments: [
        (" a\n\tb ", "a\n\tb"), ("a\r\nb\rc\u{85}d\u{2028}e", "a\nb\nc\nd\ne"), ("\r\n\r\n", ""),
        ("\u{200B}\u{FEFF}", ""),
        ("a\u{200B}b\u{202E}c", "a\u{200B}b\u{202E}c"), ("e\u{301}", "e\u{301}"), ("a\n\r\nb", "a\n\nb"),
    ])
    func `a text of several lines`(text: String, clean: String) throws {
        #expect(Self.scalars(try PlainText.clean(text, as: .lines)) == Self.scalars(clean))
    }

    // Found from outside, no. 35
    @Test func `every control character is refused in every kind of text`() throws {
        let breaks: Set<UInt32> = [0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x85]
        for value in [UInt32](0...0x1F) + [UInt32](0x7F...0x9F) + [0xFFFE, 0xFFFF] {
            let scalar = try #require(Unicode.Scalar(value))
            for kind in [PlainText.Kind.line, .lines, .exact] where !breaks.contains(value) || kind == .exact {
                #expect(throws: PlainText.ControlCharacter.self, "\(value)") {
                    try PlainText.clean("a\(scalar)b", as: kind)
                }
            }
        }
    }

    // Found from outside, no. 43
    @Test(arguments: [
        ("q\u{2800}@x.example", "q@x.example"), ("q@x\u{13430}.example", "q@x.example"),
        ("Lea@School.example", "lea@school.example"), (" lea@school.example\n", "lea@school.example"),
        ("L\u{C9}A@x.example", "l\u{E9}a@x.example"), ("LE\u{301}A@x.example", "l\u{E9}a@x.example"),
        ("l\u{200B}e\u{AD}a@x\u{2060}.example", "lea@x.example"), ("\u{202A}lea@x.example\u{202C}", "lea@x.example"),
        ("\u{130}@x.example", "i\u{307}@x.example"), ("le\u{200D}a@x.example", "lea@x.example"),
        // Two small letters for one capital; what only sounds or looks alike stays apart.
        ("νίκος@x.example", "νίκοσ@x.example"), ("ΝΊΚΟΣ@x.example", "νίκοσ@x.example"),
        ("straße@x.example", "straße@x.example"), ("\u{131}@x.example", "\u{131}@x.example"),
    ])
    func `an address has one key`(email: String, key: String) {
        #expect(Self.scalars(Email.key(email)) == Self.scalars(key))
        #expect(Self.scalars(Email.key(Email.key(email))) == Self.scalars(key))
    }
}
