import StrictJSON
import Testing

@Suite struct LooseIntegerTests {
    private static let half = #"\ud83d"#
    private static let deep = String(repeating: "[", count: 400) + String(repeating: "]", count: 400)

    // Found from outside, no. 36
    private static let readable: [(Sample, Int64)] = [
        (Sample(stringLiteral: #"{"ref":5,"text":"a\#(half)"}"#), 5),
        (Sample(stringLiteral: #"{"text":"a\#(half)","ref":6}"#), 6),
        (Sample(stringLiteral: #"{"a\#(half)":1,"ref":7}"#), 7),
        (Sample(stringLiteral: #" { "x" : \#(deep) , "ref" : 8 } "#), 8),
        (Sample(stringLiteral: #"{"ref":9,"x":\#(deep)}"#), 9),
        (#"{"ref":10,"x":1e999}"#, 10), (#"{"ref":11,"x":99999999999999999999}"#, 11), (#"{"ref":12} tail"#, 12),
        (#"{"ref":13,"a":1,"a":2}"#, 13), (#"{"ref":14,"text":"line\#nbreak"}"#, 14), (#"{"ref":15,"text":"cut"#, 15),
        (#"{"ref":0,}"#, 0), (#"{"x":{"ref":1},"ref":16,}"#, 16), (#"{"x":"\"ref\":1,","ref":17,"y":nul}"#, 17),
        (#"{"x":["ref",1],"ref":18,"y":}"#, 18), (#"{"ref":9007199254740993,!}"#, 9_007_199_254_740_993),
    ]

    @Test(arguments: readable)
    func `the number is read from a document that is refused`(sample: Sample, number: Int64) {
        #expect(throws: JSONError.self) { try JSON.parse(sample.text, limits: JSONLimits(maxBytes: 4096)) }
        #expect(JSON.looseInteger("ref", in: Array(sample.text.utf8)) == number)
    }

    private static let unreadable: [Sample] = [
        "", " ", "{", "[", "7", #""ref":5"#, #"["ref",5]"#, #"[{"ref":5}]"#, #"{"x":{"ref":5}}"#, #"{"ref":5"#,
        #"{"ref":"#,
        #"{"ref"}"#, #"{"ref""#, #"{"ref":"5"}"#, #"{"ref":-5}"#, #"{"ref":5.5}"#, #"{"ref":5e1}"#, #"{"ref":05}"#,
        #"{"ref":99999999999999999999}"#, #"{"ref":1,"ref":2}"#, #"{"ref":"x","ref":2}"#, #"{"ref":[5]}"#,
        #"{"ref" 5}"#,
        #"{"x":"ref":5}"#, #"{"\u0072ef":5}"#, #"{"ref\"#, #"{"ref":5 5}"#, #"{"REF":5}"#,
    ]

    @Test(arguments: unreadable)
    func `what is no single whole number of the outermost object is not guessed`(sample: Sample) {
        #expect(JSON.looseInteger("ref", in: Array(sample.text.utf8)) == nil)
    }

    @Test func `bytes that are no UTF-8 do not hide the number`() {
        let bytes = Array(#"{"text":""#.utf8) + [0xFF, 0xC3, 0x28] + Array(#"","ref":19}"#.utf8)
        #expect(JSON.looseInteger("ref", in: bytes) == 19)
    }
}
