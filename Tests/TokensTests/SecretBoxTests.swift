import Testing

@testable import Tokens

@Suite("Secret box") struct SecretBoxTests {
    /// NIST's test vectors for AES-256-GCM (gcmEncryptExtIV256.rsp, 96-bit IV, no additional data).
    @Test(arguments: [
        (
            "b52c505a37d78eda5dd34f20c22540ea1b58963cf8e5bf8ffa85f9f2492505b4", "516c33929df5a3284ff463d7", "",
            "bdc1ac884d332457a1d2664f168c76f0"
        ),
        (
            "31bdadd96698c204aa9ce1448ea94ae1fb4a9a0b3c9d773b51bb1822666b8f22", "0d18e06c7c725ac9e362e1ce",
            "2db5168e932556f8089a0622981d017d",
            "fa4362189661d163fcd6a56d8bf0405ad636ac1bbedd5cc3ee727dc2ab4a9489"
        ),
    ])
    func `it is AES-256-GCM`(key: String, nonce: String, text: String, hidden: String) throws {
        let box = SecretBox(key: try #require(Hex.decode(key)))
        let (nonce, text) = (try #require(Hex.decode(nonce)), try #require(Hex.decode(text)))
        let sealed = box.seal(text, nonce: nonce)
        #expect(Hex.encode(Array(sealed.dropFirst(SecretBox.nonceBytes))) == hidden)
        #expect(box.open(sealed) == text)
    }

    @Test func `what was changed anywhere, or sealed with another key, is refused`() {
        let box = SecretBox(key: Random.bytes(32))
        let text = Array("Bonjour à tous".utf8)
        let sealed = box.seal(text)
        #expect(box.seal(text) != sealed, "each has a nonce of its own")
        #expect(box.open(sealed) == text)
        for place in sealed.indices {
            var changed = sealed
            changed[place] ^= 1
            #expect(box.open(changed) == nil, "byte \(place)")
        }
        for count in 0..<sealed.count { #expect(box.open(Array(sealed.prefix(count))) == nil) }
        #expect(SecretBox(key: Random.bytes(32)).open(sealed) == nil)
    }
}
