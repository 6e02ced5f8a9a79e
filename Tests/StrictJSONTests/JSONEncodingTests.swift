import StrictJSON
import Testing

@Suite struct JSONEncodingTests {
    private static let written: [(JSON, String)] = [
        (nil, "null"), (true, "true"), (false, "false"), (0, "0"), (.integer(.min), "-9223372036854775808"),
        (.integer(.max), "9223372036854775807"), (1.5, "1.5"), (.number(1), "1.0"), (.number(-0.0), "-0.0"),
        (.number(.nan), "null"), (.number(.infinity), "null"), (.number(-.infinity), "null"),
        ([], "[]"), ([1, [], "a"], #"[1,[],"a"]"#), ([:], "{}"),
        (["b": 1, "a": [nil]], #"{"b":1,"a":[null]}"#),
        ("", #""""#), ("plain ä€😀", #""plain ä€😀""#), ("a\"b\\c/", #""a\"b\\c/""#),
        ("\n\r\t\u{0}\u{8}\u{C}\u{1F}\u{7F}", #""\n\r\t\u0000\u0008\u000c\u001f"# + "\u{7F}\""),
        ("\u{2028}\u{2029}", "\"\u{2028}\u{2029}\""),
        (["q\"": 1], #"{"q\"":1}"#),
    ]

    @Test(arguments: written)
    func `a value is written compactly, in its order, with the escapes that RFC 8259 demands`(
        value: JSON, text: String
    ) {
        #expect(value.text == text)
    }

    @Test(arguments: [
        0.1, 1e21, 1e16, 123456.789, Double.leastNonzeroMagnitude, Double.greatestFiniteMagnitude, -1e-7,
        4503599627370497.5,
    ])
    func `a double is read back as the same double`(value: Double) throws {
        #expect(try JSON.parse(JSON.number(value).encoded(), limits: .request) == .number(value))
    }

    @Test func `every scalar below 256 and every escape survives writing and reading`() throws {
        for code in UInt32(0)..<256 {
            let text = "x" + String(Character(Unicode.Scalar(code) ?? "?")) + "y"
            #expect(try JSON.parse(JSON.string(text).encoded(), limits: .request) == .string(text))
        }
    }

    @Test func `appending leaves what is there`() {
        var bytes = Array("data: ".utf8)
        JSON.array([1, "\n"]).append(to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == #"data: [1,"\n"]"#)
    }
}
