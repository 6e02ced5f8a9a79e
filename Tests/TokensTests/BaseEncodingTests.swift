import Testing
import Tokens

@Suite struct BaseEncodingTests {
    /// RFC 4648 section 10, without padding and in lower case.
    private static let vectors: [(text: String, base64: String, base32: String, hex: String)] = [
        ("", "", "", ""), ("f", "Zg", "my", "66"), ("fo", "Zm8", "mzxq", "666f"), ("foo", "Zm9v", "mzxw6", "666f6f"),
        ("foob", "Zm9vYg", "mzxw6yq", "666f6f62"), ("fooba", "Zm9vYmE", "mzxw6ytb", "666f6f6261"),
        ("foobar", "Zm9vYmFy", "mzxw6ytboi", "666f6f626172"),
    ]

    @Test(arguments: vectors)
    func `the vectors of RFC 4648 are written and read`(text: String, base64: String, base32: String, hex: String) {
        let bytes = Array(text.utf8)
        #expect([Base64URL.encode(bytes), Base32.encode(bytes), Hex.encode(bytes)] == [base64, base32, hex])
        #expect([Base64URL.decode(base64), Base32.decode(base32), Hex.decode(hex)] == [bytes, bytes, bytes])
    }

    @Test func `base64url has the alphabet for URLs`() {
        #expect(Base64URL.encode([0xFB, 0xFF, 0xBF]) == "-_-_")
        #expect(Base64URL.decode("-_-_") == [0xFB, 0xFF, 0xBF])
    }

    @Test func `bytes of every length survive writing and reading`() {
        var random = SeededRandom(seed: 4648)
        for length in 0..<100 {
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
            #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes)
            #expect(Base32.decode(Base32.encode(bytes)) == bytes)
            #expect(Hex.decode(Hex.encode(bytes)) == bytes)
        }
    }

    @Test func `each value has one spelling only`() {
        let base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        let base32 = "abcdefghijklmnopqrstuvwxyz234567"
        let pairs64 = base64.flatMap { first in base64.map { "\(first)\($0)" } }
        let pairs32 = base32.flatMap { first in base32.map { "\(first)\($0)" } }
        #expect(pairs64.compactMap { Base64URL.decode($0) }.count == 256)
        #expect(pairs32.compactMap { Base32.decode($0) }.count == 256)
        for text in pairs64 where Base64URL.decode(text).map({ Base64URL.encode($0) }) ?? text != text {
            Issue.record("\(text) has another spelling")
        }
    }

    @Test(arguments: [
        "Z", "Zh", "Zm9", "Zg=", "Zg==", "Zm9vY", "Zm9v\n", " Zm9v", "Zm 9v", "Zm+v", "Zm/v", "Zé", "Zg\u{0}",
    ])
    func `base64url that is not canonical is refused`(text: String) {
        #expect(Base64URL.decode(text) == nil)
    }

    @Test(arguments: ["m", "mz", "mzx", "mzxw6y", "my======", "MY", "m1", "m8", "m0", "my "])
    func `base32 that is not canonical is refused`(text: String) {
        #expect(Base32.decode(text) == nil)
    }

    @Test(arguments: ["6", "666", "6G", "AB", "aB", "0x", " 66", "66 "])
    func `hex that is not canonical is refused`(text: String) {
        #expect(Hex.decode(text) == nil)
    }
}
