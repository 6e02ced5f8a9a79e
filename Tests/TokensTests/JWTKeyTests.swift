import StrictJSON
import Testing
import Tokens

/// Which keys are taken, as secret, PEM and JWK.
@Suite struct JWTKeyTests {
    private func refusal(_ make: () throws(TokenError) -> Void) -> TokenError? {
        do throws(TokenError) {
            try make()
            return nil
        } catch {
            return error
        }
    }

    private func refusal(publicKeyPEM: String) -> TokenError? {
        refusal { () throws(TokenError) in _ = try JWTVerifier.rs256(publicKeyPEM: publicKeyPEM) }
    }

    private func refusal(privateKeyPEM: String) -> TokenError? {
        refusal { () throws(TokenError) in _ = try JWTSigner.rs256(privateKeyPEM: privateKeyPEM, keyID: "k") }
    }

    private func refusal(jwk: JSONObject) -> TokenError? {
        refusal { () throws(TokenError) in _ = try JWTVerifier.rs256(jwk: jwk) }
    }

    @Test func `an empty secret is refused, a short one is the caller's to judge`() throws {
        let empty = TokenError.crypto("the secret is empty")
        #expect(refusal { () throws(TokenError) in _ = try JWTSigner.hs256(secret: []) } == empty)
        #expect(refusal { () throws(TokenError) in _ = try JWTVerifier.hs256(secret: []) } == empty)
        let signer = try JWTSigner.hs256(secret: [1])
        #expect(try JWTVerifier.hs256(secret: [1]).refusal(of: signer.sign(["a": 1])) == nil)
        #expect(try JWTVerifier.hs256(secret: [2]).refusal(of: signer.sign(["a": 1])) == .badSignature)
    }

    @Test func `RSA keys of another kind or under 2048 bits are refused with a sentence`() {
        let short = TokenError.crypto("an RSA key has 2048 bits or more (and at most 16384)")
        let other = TokenError.crypto("the key is no RSA key")
        #expect(refusal(publicKeyPEM: TestKeys.shortRSAPublicPEM) == short)
        #expect(refusal(publicKeyPEM: TestKeys.pssPublicPEM) == other)
        #expect(refusal(publicKeyPEM: TestKeys.ellipticPublicPEM) == other)
    }

    @Test func `text that holds no key is refused, and a private key never stands in for a public one`() {
        let noPublicKey = TokenError.crypto("the public key is no PEM text (BEGIN PUBLIC KEY)")
        let noPrivateKey = TokenError.crypto("the private key is no PEM text without a passphrase")
        for text in ["", "x", TestKeys.rsaPrivatePEM, "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"] {
            #expect(refusal(publicKeyPEM: text) == noPublicKey)
        }
        for text in ["", "x", TestKeys.rsaPublicPEM] {
            #expect(refusal(privateKeyPEM: text) == noPrivateKey)
        }
    }

    @Test func `a private key behind a passphrase is refused without asking for it`() {
        let noPrivateKey = TokenError.crypto("the private key is no PEM text without a passphrase")
        #expect(refusal(privateKeyPEM: TestKeys.encryptedPrivatePEM) == noPrivateKey)
    }

    @Test func `a signer publishes its public half as PEM and as a set of JWK, and nothing of a secret`() throws {
        let rsa = try JWTSigner.rs256(privateKeyPEM: TestKeys.rsaPrivatePEM, keyID: "2026-08")
        let secret = try JWTSigner.hs256(secret: [1, 2, 3], keyID: "secret")
        #expect(rsa.publicKeyPEM == TestKeys.rsaPublicPEM)
        #expect(secret.publicKeyPEM == nil)
        var expected: JSONObject = TestKeys.rsaJWK
        expected["use"] = "sig"
        expected["alg"] = "RS256"
        expected["kid"] = "2026-08"
        #expect(JSONWebKey.publicKeySet([secret, rsa]) == ["keys": [.object(expected)]])
        let verifiers = try JSONWebKey.verifiers(of: JSONWebKey.publicKeySet([rsa]))
        #expect(verifiers.map { $0.refusal(of: (try? rsa.sign(["a": 1])) ?? "") } == [nil])
        #expect(verifiers.map(\.keyID) == ["2026-08"])
    }

    private static let otherPurposes: [(String, JSON?)] = [
        ("kty", "EC"), ("kty", "rsa"), ("kty", nil), ("use", "enc"), ("use", .null), ("alg", "RS512"), ("alg", "PS256"),
        ("alg", .null), ("key_ops", ["sign"]), ("key_ops", "verify"), ("key_ops", []),
    ]

    @Test(arguments: otherPurposes)
    func `a JWK for another purpose is refused`(name: String, value: JSON?) {
        var jwk = TestKeys.rsaJWK
        jwk[name] = value
        #expect(refusal(jwk: jwk) == .crypto("the JWK is not for RS256 signatures"))
    }

    private static let brokenMembers: [(String, JSON?)] = [
        ("n", nil), ("n", 1), ("n", "AQA="), ("n", "AQAB\n"), ("e", nil), ("e", ["AQAB"]), ("e", "AQ=="), ("kid", 1),
        ("kid", .null),
    ]

    @Test(arguments: brokenMembers)
    func `a JWK with a missing or malformed member is refused`(name: String, value: JSON?) {
        var jwk = TestKeys.rsaJWK
        jwk[name] = value
        #expect(refusal(jwk: jwk) == .crypto("the JWK's kid, n or e is missing or malformed"))
    }

    /// With an exponent of 1, anybody could sign: the signature would be the padded message itself.
    @Test(arguments: ["AQ", "AA", "Ag", ""])
    func `a JWK with an exponent of 0, 1 or 2 is refused`(exponent: String) {
        var jwk = TestKeys.rsaJWK
        jwk["e"] = .string(exponent)
        let error = refusal(jwk: jwk)
        #expect(error == .crypto("the RSA key is not sound") || error == .crypto("the JWK is no RSA key"))
    }

    @Test func `a JWK with a modulus that is even, short, huge or empty is refused`() throws {
        let text = try #require(TestKeys.rsaJWK["n"]?.stringValue)
        let modulus = try #require(Base64URL.decode(text))
        let even = modulus.dropLast() + [0xA0]
        let huge = [UInt8](repeating: 0xFF, count: 2049)
        for bad in [Array(even), Array(modulus.prefix(255)), huge, [], [0]] {
            var jwk = TestKeys.rsaJWK
            jwk["n"] = .string(Base64URL.encode(bad))
            #expect(refusal(jwk: jwk) != nil)
        }
    }

    @Test(arguments: [JSON.null, [], [:], ["keys": [:]], ["keys": .null]] as [JSON])
    func `a set without an array of keys is refused`(set: JSON) {
        let error = refusal { () throws(TokenError) in _ = try JSONWebKey.verifiers(of: set) }
        #expect(error == .crypto("the JWK set has no keys"))
    }

    @Test func `keys of a set that cannot be used are passed over`() throws {
        let set: JSON = ["keys": [1, [:], ["kty": "EC"], .object(TestKeys.rsaJWK)]]
        #expect(try JSONWebKey.verifiers(of: set).count == 1)
    }
}
