import StrictJSON
import Testing

@Suite struct JSONFuzzTests {
    private static let seeds: [String] = [
        #"{"type":"chat.post","id":42,"client_id":"b3f1c9d2-7d55-4d1a","body":"können alle mich hören? 😀","at":1760000000123}"#,
        #"[[[]],{"a":{"b":[1,2,{"c":null}]}},true,false,-0,1.5e-3,9223372036854775807,"\ud83d\ude00\u0000\n\/"]"#,
        #"{"1":1,"2":1,"3":1,"4":1,"5":1,"6":1,"7":1,"8":1,"9":1,"10":1,"11":1,"12":1,"13":1,"14":1,"15":1,"16":1,"17":1,"18":1}"#,
        #"  {"é":"\u00e9","":[ ],"x" : [0.1, -1e+20 ,1E2]}  "#,
    ]

    /// Bytes that matter to the grammar, and some that break UTF-8.
    private static let tokens: [[UInt8]] =
        [
            "\"", "\\", "{", "}", "[", "]", ",", ":", "-", ".", "e", "0", "1", "99999999999999999999", "null", "true",
            #"\u"#, #"\ud800"#, #"\udc00"#, #""a":"#, " ", "\n", "\u{0}", "é", "😀",
        ].map { Array($0.utf8) } + [[0x80], [0xC3], [0xED, 0xA0, 0x80], [0xFF]]

    @Test func `mutated documents never trap, and what is read is written and read back the same`() throws {
        var random = SeededRandom(seed: 8259)
        let limits = JSONLimits(maxBytes: 2048, maxDepth: 8)
        var accepted = 0
        for round in 0..<150_000 {
            let bytes = Self.mutate(Array(Self.seeds[round % Self.seeds.count].utf8), with: &random)
            let id = JSON.looseInteger("id", in: bytes)
            guard let value = try? JSON.parse(bytes, limits: limits) else { continue }
            // Of a document that is read, it tells the same number or none.
            guard id == nil || value["id"]?.integerValue == id else {
                Issue.record("round \(round): \(bytes) has another id than \(id ?? 0)")
                return
            }
            accepted += 1
            let written = value.encoded()
            // A double near the limit of its range may need more letters than it came with.
            let again = try? JSON.parse(written, limits: JSONLimits(maxBytes: 1 << 16, maxDepth: 8))
            guard again == value, again?.encoded() == written else {
                Issue.record("round \(round): \(bytes) was not read back from \(written)")
                return
            }
        }
        // The mutations must reach both sides of the parser, or this test tests nothing.
        #expect((10_000..<140_000).contains(accepted))
    }

    private static func mutate(_ seed: [UInt8], with random: inout SeededRandom) -> [UInt8] {
        var bytes = seed
        for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
            let at = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1: bytes[at] = UInt8.random(in: 0...255, using: &random)
            case 2: bytes.remove(at: at)
            case 3: bytes.insert(contentsOf: tokens[Int.random(in: 0..<tokens.count, using: &random)], at: at)
            case 4: bytes.removeSubrange(at...)
            default:
                let end = min(bytes.count, at + Int.random(in: 1...12, using: &random))
                bytes.insert(contentsOf: bytes[at..<end], at: Int.random(in: 0...bytes.count, using: &random))
            }
        }
        return bytes
    }
}

/// SplitMix64: the same mutations in every run, so that a failure can be run again.
private struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
