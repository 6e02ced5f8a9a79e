import StrictJSON
import Testing
import Tokens

@Suite struct TokenFuzzTests {
    @Test func `no mutated token is taken, whatever key it was signed with`() throws {
        let hmac = try JWTSigner.hs256(secret: Array("a secret of the fuzz test, 32 bytes".utf8), keyID: "k1")
        let rsa = try JWTSigner.rs256(privateKeyPEM: TestKeys.rsaPrivatePEM, keyID: "k2")
        var random = SeededRandom(seed: 7519)
        for (signer, rounds) in [(hmac, 20_000), (rsa, 3_000)] {
            let verifier = signer.verifier
            let token = try signer.sign(["userId": 42, "role": "student", "exp": 4_102_444_800, "aud": ["amphi"]])
            #expect(verifier.refusal(of: token) == nil)
            var refusals: [TokenError] = []
            for round in 0..<rounds {
                let mutated = Self.mutate(Array(token.utf8), with: &random)
                guard mutated != token else { continue }
                guard let refusal = verifier.refusal(of: mutated) else {
                    Issue.record("round \(round): \(mutated) was taken for \(token)")
                    return
                }
                if !refusals.contains(refusal) { refusals.append(refusal) }
            }
            // The mutations must get past the first check and reach the signature, or this test tests nothing.
            #expect(refusals.contains(.malformed) && refusals.contains(.badSignature))
        }
    }

    private static let symbols =
        Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    private static let noise = Array(".=\n\u{0} +/".utf8)

    private static func mutate(_ token: [UInt8], with random: inout SeededRandom) -> String {
        var bytes = token
        for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
            let at = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<7, using: &random) {
            case 0: bytes[at] = symbols[Int.random(in: 0..<64, using: &random)]
            case 1: bytes[at] = UInt8.random(in: 0...255, using: &random)
            case 2: bytes.remove(at: at)
            case 3: bytes.insert(symbols[Int.random(in: 0..<64, using: &random)], at: at)
            case 4: bytes.removeSubrange(at...)
            case 5: bytes.swapAt(at, Int.random(in: 0..<bytes.count, using: &random))
            default: bytes.insert(noise[Int.random(in: 0..<noise.count, using: &random)], at: at)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
