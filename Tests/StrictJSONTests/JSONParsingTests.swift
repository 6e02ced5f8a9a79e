import StrictJSON
import Testing

@Suite struct JSONParsingTests {
    private static let limits = JSONLimits(maxBytes: 4096, maxDepth: 4)

    private static func failure(_ text: String) -> JSONError? { failure(Array(text.utf8)) }

    private static func failure(_ bytes: [UInt8]) -> JSONError? {
        do throws(JSONError) {
            let value = try JSON.parse(bytes, limits: limits)
            Issue.record("was read as \(value.text)")
            return nil
        } catch {
            return error
        }
    }

    private static let accepted: [(Sample, JSON)] = [
        ("null", nil), ("true", true), ("false", false), (" \t\r\n0 \t\r\n", 0),
        ("[]", []), ("{}", [:]), ("[ ]", []), ("{ }", [:]), ("[ 1 , 2 ]", [1, 2]),
        ("[1,[2,[3]],{}]", [1, [2, [3]], [:]]),
        (#"{"a":1,"b":{"c":[true,null]}}"#, ["a": 1, "b": ["c": [true, nil]]]),
        (#"{"":1}"#, ["": 1]),
        (#""""#, ""), (#""plain""#, "plain"), (#""ä€😀""#, "ä€😀"), ("\"\u{7F}\u{2028}\"", "\u{7F}\u{2028}"),
        (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
        (#""a\u0041\u00e4\u20AC\uD83D\ude00z""#, "aAä€😀z"), (#""\u0000\u001f""#, "\u{0}\u{1F}"),
        (#""\ud7ff\ue000\uffff""#, "\u{D7FF}\u{E000}\u{FFFF}"), (#""\udbff\udfff""#, "\u{10FFFF}"),
    ]

    @Test(arguments: accepted)
    func `a valid document is read as its value`(sample: Sample, value: JSON) throws {
        #expect(try JSON.parse(sample.text, limits: Self.limits) == value)
    }

    private static let numbers: [(String, JSON)] = [
        ("0", .integer(0)), ("-1", .integer(-1)), ("10", .integer(10)),
        ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
        ("-0", .number(-0.0)), ("1.0", .number(1)), ("1e2", .number(100)), ("1E+2", .number(100)),
        ("-2.5e-1", .number(-0.25)), ("0e0", .number(0)), ("0.1", .number(0.1)),
        ("9223372036854775808.0", .number(0x1p63)), ("18446744073709551616e1", .number(0x1p64 * 10)),
        ("1.7976931348623157e308", .number(.greatestFiniteMagnitude)), ("5e-324", .number(.leastNonzeroMagnitude)),
        ("1e-400", .number(0)),
    ]

    @Test(arguments: numbers)
    func `whole numbers of 64 bits stay whole, all others become doubles`(text: String, value: JSON) throws {
        #expect(try JSON.parse(text, limits: Self.limits) == value)
    }

    @Test func `minus zero keeps its sign`() throws {
        #expect(try JSON.parse("-0", limits: Self.limits).numberValue?.sign == .minus)
    }

    private static let syntaxErrors: [(Sample, offset: Int)] = [
        ("", 0), (" ", 1), ("nul", 0), ("True", 0), ("NaN", 0), ("Infinity", 0), ("'a'", 0), ("// x", 0),
        ("1 2", 2), ("{}}", 2), ("[]x", 2), ("null\u{0}", 4), ("\u{FEFF}null", 0), ("\u{A0}1", 0), ("\u{B}1", 0),
        ("[", 1), ("[1", 2), ("[1,", 3), ("[1,]", 3), ("[,1]", 1), ("[1 2]", 3), ("[1}", 2),
        ("{", 1), (#"{"a""#, 4), (#"{"a":"#, 5), (#"{"a":1"#, 6), (#"{"a":1,"#, 7), (#"{"a":1,}"#, 7), ("{a:1}", 1),
        (#"{1:1}"#, 1), (#"{"a" 1}"#, 5), (#"{"a":1 "b":2}"#, 7), (#"{,}"#, 1),
        ("01", 1), ("-", 1), ("-a", 1), ("+1", 0), (".5", 0), ("1.", 2), ("1.e1", 2), ("1e", 2), ("1e+", 3), ("0x1", 1),
        ("--1", 1), ("1.5.2", 3), ("-01", 2),
        ("\"", 1), (#""abc"#, 4), (#""\"#, 2), (#""\x""#, 2), (#""\u12""#, 5), (#""\u12G4""#, 5), (#""\U0041""#, 2),
        ("\"a\u{0}\"", 2), ("\"a\nb\"", 2), ("\"\u{1F}\"", 1),
        (#""\ud800""#, 1), (#""\udc00""#, 1), (#""\ud800\ud800""#, 1), (#""\ud800x""#, 1), (#""\ud800\n""#, 1),
        (#""\ud800A""#, 1), (#""\udc00\ud800""#, 1), (#""\udc00\udc00""#, 1),
    ]

    @Test(arguments: syntaxErrors)
    func `broken syntax is refused where it breaks`(sample: Sample, offset: Int) {
        let error = Self.failure(sample.text)
        #expect(error?.kind == .syntax)
        #expect(error?.offset == offset)
    }

    private static let brokenUTF8: [[UInt8]] = [
        [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xE0, 0x80, 0x80], [0xE2, 0x82], [0xED, 0xA0, 0x80],
        [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFE],
        [0xFF],
        [0x61, 0xC3, 0x28],
    ]

    @Test(arguments: brokenUTF8)
    func `a string that is no UTF-8 is refused, plain and after an escape, as value and as name`(bytes: [UInt8]) {
        let quote: [UInt8] = [0x22]
        let error = JSONError(kind: .invalidUTF8, path: "[0]", offset: 1)
        #expect(Self.failure([0x5B] + quote + bytes + quote + [0x5D]) == error)
        #expect(Self.failure([0x5B] + quote + Array(#"\n"#.utf8) + bytes + quote + [0x5D]) == error)
        #expect(
            Self.failure([0x7B] + quote + bytes + quote + Array(":1}".utf8)) == JSONError(kind: .invalidUTF8, offset: 1)
        )
    }

    private static let refusedWithPath: [(String, JSONError)] = [
        (#"{"a":1,"a":1}"#, JSONError(kind: .duplicateMember, path: "a", offset: 7)),
        (#"{"a":1,"\u0061":2}"#, JSONError(kind: .duplicateMember, path: "a", offset: 7)),
        (
            #"{"a":{"b":[0,1,2,{"c":1,"c":2}]}}"#,
            JSONError(kind: .duplicateMember, path: "a.b[3].c", offset: 24)
        ),
        (#"[[0,{"x":nul}]]"#, JSONError(kind: .syntax, path: "[0][1].x", offset: 9)),
        ("[[[[[]]]]]", JSONError(kind: .tooDeep, path: "[0][0][0][0]", offset: 4)),
        (#"{"a":[{"b":[{}]}]}"#, JSONError(kind: .tooDeep, path: "a[0].b[0]", offset: 12)),
        (#"{"id":9223372036854775808}"#, JSONError(kind: .numberOutOfRange, path: "id", offset: 6)),
        (#"[-9223372036854775809]"#, JSONError(kind: .numberOutOfRange, path: "[0]", offset: 1)),
        ("[1e309]", JSONError(kind: .numberOutOfRange, path: "[0]", offset: 1)),
        ("[-1e309]", JSONError(kind: .numberOutOfRange, path: "[0]", offset: 1)),
    ]

    @Test(arguments: refusedWithPath)
    func `a duplicate member, a level too many and a number too large are refused with their path`(
        text: String, error: JSONError
    ) {
        #expect(Self.failure(text) == error)
    }

    @Test func `a name in a path is cut to 64 characters`() {
        let name = String(repeating: "n", count: 1000)
        let error = Self.failure(#"{"\#(name)":x}"#)
        #expect(error?.path == String(repeating: "n", count: 64))
    }

    @Test func `names that are canonically equivalent but spelled otherwise are two names`() throws {
        let object = try JSON.parse(#"{"K":1,"\u212a":2,"é":3,"e\u0301":4}"#, limits: Self.limits)
        #expect(object["K"] == 1)
        #expect(object["\u{212A}"] == 2)
        #expect(object["\u{E9}"] == 3)
        #expect(object["e\u{301}"] == 4)
    }

    @Test func `a document of exactly the size limit is read, one byte more is not`() throws {
        let text = #""\#(String(repeating: "x", count: 4094))""#
        #expect(try JSON.parse(text, limits: Self.limits) == .string(String(repeating: "x", count: 4094)))
        #expect(Self.failure(text + " ") == JSONError(kind: .tooLarge, offset: 4096))
    }

    @Test func `nesting stops at the hard cap whatever the caller allows`() throws {
        let limits = JSONLimits(maxBytes: 1 << 20, maxDepth: .max)
        let deepest = JSONLimits.deepest
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(try JSON.parse(nested(deepest), limits: limits).text == nested(deepest))
        #expect(throws: JSONError.self) { try JSON.parse(nested(deepest + 1), limits: limits) }
        #expect(throws: JSONError.self) { try JSON.parse(String(repeating: "[", count: 500_000), limits: limits) }
    }

    @Test func `a slice of a buffer is read by itself`() throws {
        let bytes = Array(#"xx{"a":1}yy"#.utf8)
        #expect(try JSON.parse(bytes[2..<9], limits: Self.limits) == ["a": 1])
    }

    @Test func `a hostile object of 40,000 names takes no quadratic time, and its duplicate is found`() throws {
        let limits = JSONLimits(maxBytes: 1 << 20)
        let names = (0..<40_000).map { #""n\#($0)":0"# }
        let clock = ContinuousClock()
        var object: JSON = nil
        let elapsed = try clock.measure {
            object = try JSON.parse("{" + names.joined(separator: ",") + "}", limits: limits)
        }
        #expect(object.objectValue?.count == 40_000)
        #expect(object["n39999"] == 0)
        // Comparing 800 million pairs takes a debug build minutes; hashing takes it well under a second.
        #expect(elapsed < .seconds(10))
        #expect(throws: JSONError.self) {
            try JSON.parse("{" + names.joined(separator: ",") + #","n7":1}"#, limits: limits)
        }
    }
}

/// A document that the test's output shows with its control characters escaped.
struct Sample: ExpressibleByStringLiteral, CustomTestStringConvertible, Sendable {
    let text: String

    init(stringLiteral value: String) { text = value }

    var testDescription: String { text.debugDescription }
}
