import StrictJSON
import Testing
import Tokens

@Suite struct JWTVerifierTests {
    private let secret = Array("a secret of the tests, long enough for HS256".utf8)
    private let claims: JSONObject = ["userId": 7, "role": "student", "exp": 2000]
    private var forge: TokenForge { TokenForge(secret: secret) }

    private func verifier(keyID: String? = nil) throws -> JWTVerifier { try .hs256(secret: secret, keyID: keyID) }

    private func token(header: String) -> String { forge.token(header: header, payload: #"{"exp":2000}"#) }

    @Test func `a signer's token is taken by its verifier and gives back the claims in their order`() throws {
        let token = try JWTSigner.hs256(secret: secret).sign(claims)
        let read = try verifier().verify(token, now: 1000, expectation: ClaimExpectation(audience: ["amphi"]))
        #expect(read.members.map(\.name) == ["userId", "role", "exp"])
        #expect(read == claims)
    }

    @Test func `a public RSA key does not serve as HMAC secret`() throws {
        let verifier = try JWTVerifier.rs256(publicKeyPEM: TestKeys.rsaPublicPEM)
        for secret in [TestKeys.rsaPublicPEM, TestKeys.rsaPublicPEM + "\n", "AQAB"] {
            let token = try JWTSigner.hs256(secret: Array(secret.utf8)).sign(claims)
            #expect(verifier.refusal(of: token) == .algorithmMismatch)
            let disguised = TokenForge(secret: Array(secret.utf8)).token(
                header: #"{"alg":"RS256"}"#, payload: #"{"exp":2000}"#)
            #expect(verifier.refusal(of: disguised) == .badSignature)
        }
    }

    @Test(arguments: [
        #"{"alg":"none"}"#, #"{"alg":"None"}"#, #"{"alg":""}"#, #"{"alg":null}"#, #"{"alg":"hs256"}"#,
        #"{"alg":"HS256 "}"#, #"{"alg":"HS384"}"#, #"{"alg":"RS256"}"#, #"{"alg":["HS256"]}"#, #"{"alg":256}"#,
        #"{"typ":"JWT"}"#, #"{}"#,
    ])
    func `a header that does not name the key's own algorithm is refused, however it is signed`(header: String) throws {
        #expect(try verifier().refusal(of: token(header: header)) == .algorithmMismatch)
    }

    @Test(arguments: [
        #"{"alg":"HS256","typ":"at+jwt"}"#, #"{"alg":"HS256","typ":""}"#, #"{"alg":"HS256","typ":1}"#,
        #"{"alg":"HS256","typ":null}"#, #"{"alg":"HS256","crit":[]}"#, #"{"alg":"HS256","crit":["exp"],"exp":1}"#,
        #"{"alg":"HS256","crit":null}"#, #"{"alg":"HS256","kid":7}"#, #"{"alg":"HS256","kid":null}"#,
        #"{"alg":"HS256","alg":"HS256"}"#, #"{"alg":"none","alg":"HS256"}"#, #"[]"#, #""HS256""#, "", "{", "null",
        #"{"alg":"HS256"} x"#, "\u{FEFF}{\"alg\":\"HS256\"}",
    ])
    func `a header that is broken, or that asks for what is not understood, is refused`(header: String) throws {
        #expect(try verifier().refusal(of: token(header: header)) == .malformed)
    }

    @Test(arguments: ["JWT", "jwt", "Jwt"])
    func `the type is compared without regard to case`(type: String) throws {
        #expect(try verifier().refusal(of: token(header: #"{"alg":"HS256","typ":"\#(type)","x":[1]}"#)) == nil)
    }

    @Test func `a key ID must match when verifier and header both have one`() throws {
        let signed = { (keyID: String?) in try JWTSigner.hs256(secret: secret, keyID: keyID).sign(claims) }
        let named = try verifier(keyID: "k1")
        #expect(named.refusal(of: try signed("k1")) == nil)
        #expect(named.refusal(of: try signed("k2")) == .unknownKey)
        #expect(named.refusal(of: try signed("")) == .unknownKey)
        #expect(named.refusal(of: try signed(nil)) == nil)
        #expect(try verifier().refusal(of: signed("k2")) == nil)
    }

    @Test func `no flipped bit anywhere in a token goes unnoticed`() throws {
        let verifier = try verifier()
        let bytes = Array(try JWTSigner.hs256(secret: secret, keyID: "k1").sign(claims).utf8)
        for index in bytes.indices {
            for bit in 0..<8 {
                var flipped = bytes
                flipped[index] ^= 1 << UInt8(bit)
                let token = String(decoding: flipped, as: UTF8.self)
                #expect(verifier.refusal(of: token) != nil, "byte \(index), bit \(bit)")
            }
        }
    }

    @Test func `a signature is bound to its header, its payload and its key`() throws {
        let one = try JWTSigner.hs256(secret: secret).sign(claims).split(separator: ".")
        let other = try JWTSigner.hs256(secret: secret, keyID: "k").sign(["userId": 8, "exp": 2000]).split(
            separator: ".")
        let verifier = try verifier()
        #expect(verifier.refusal(of: "\(other[0]).\(one[1]).\(one[2])") == .badSignature)
        #expect(verifier.refusal(of: "\(one[0]).\(other[1]).\(one[2])") == .badSignature)
        #expect(verifier.refusal(of: "\(one[0]).\(one[1]).\(other[2])") == .badSignature)
        let stranger = try JWTSigner.hs256(secret: secret + [1]).sign(claims)
        #expect(verifier.refusal(of: stranger) == .badSignature)
        #expect(verifier.refusal(of: "\(one[0]).\(one[1]).") == .badSignature)
        #expect(verifier.refusal(of: "\(one[0]).\(one[1]).\(one[2].prefix(40))") == .badSignature)
    }

    @Test func `base64url that is not canonical is refused in each part, even when it is signed`() throws {
        let header = Base64URL.encode(Array(#"{"alg":"HS256"}"#.utf8))
        let payload = Base64URL.encode(Array(#"{"exp": 2000}"#.utf8))
        #expect(header.count % 4 == 0 && payload.count % 4 == 2)
        let verifier = try verifier()
        #expect(verifier.refusal(of: forge.token(headerPart: header, payloadPart: payload)) == nil)
        let last = try #require(payload.last)
        let trailingBits = String(payload.dropLast()) + (last == "Q" ? "R" : last == "g" ? "h" : "x")
        for broken in [payload + "==", payload + "=", trailingBits, " " + payload, payload + "\n", payload + "A"] {
            #expect(verifier.refusal(of: forge.token(headerPart: header, payloadPart: broken)) == .malformed)
        }
        for broken in [header + "=", header + " ", header + "A", "+" + header, ""] {
            #expect(verifier.refusal(of: forge.token(headerPart: broken, payloadPart: payload)) == .malformed)
        }
        let good = forge.token(headerPart: header, payloadPart: payload)
        for broken in [good + "=", good + " ", good + "AA", "Bearer " + good, good + ".", "." + good] {
            #expect(verifier.refusal(of: broken) == .malformed)
        }
    }

    @Test(arguments: ["", ".", "..", "...", "a", "a.b", "a.b.c.d", "\u{0}.\u{0}.\u{0}", "é.é.é", "{}.{}.{}"])
    func `text that is no token is malformed`(text: String) throws {
        #expect(try verifier().refusal(of: text) == .malformed)
    }

    @Test(arguments: [
        "", "null", "[]", #""exp""#, "{", #"{"exp":2000,"exp":3000}"#, #"{"a":{"b":1,"b":1}}"#, #"{"exp":2000} "x""#,
        #"{"exp":01}"#, #"{"n":"\ud800"}"#,
    ])
    func `claims that are no strict JSON object are refused, even when they are signed`(payload: String) throws {
        #expect(try verifier().refusal(of: forge.token(header: #"{"alg":"HS256"}"#, payload: payload)) == .malformed)
    }

    @Test func `a token beyond 8 KiB is neither read nor made`() throws {
        let verifier = try verifier()
        let signer = try JWTSigner.hs256(secret: secret)
        func claims(_ count: Int) -> JSONObject { ["pad": .string(String(repeating: "x", count: count))] }
        let longest = (6000...6144).last { (try? signer.sign(claims($0))) != nil }
        let fits = try #require(longest)
        #expect(verifier.refusal(of: try signer.sign(claims(fits))) == nil)
        #expect(throws: TokenError.tooLarge) { try signer.sign(claims(fits + 1)) }
        #expect(verifier.refusal(of: String(repeating: "A", count: JWTVerifier.maxBytes)) == .malformed)
        #expect(verifier.refusal(of: String(repeating: "A", count: JWTVerifier.maxBytes + 1)) == .tooLarge)
    }

    @Test func `one key signs and verifies on many threads at once`() async throws {
        let signers = [
            try JWTSigner.hs256(secret: secret),
            try JWTSigner.rs256(privateKeyPEM: TestKeys.rsaPrivatePEM, keyID: "rsa"),
        ]
        let claims = claims
        let good = try await withThrowingTaskGroup(of: Int.self) { group in
            for signer in signers {
                for task in 0..<8 {
                    group.addTask {
                        var good = 0
                        for round in 0..<25 {
                            var mine = claims
                            mine["n"] = .integer(Int64(task * 100 + round))
                            let read = try signer.verifier.verify(try signer.sign(mine), now: 0, expectation: .none)
                            good += read == mine ? 1 : 0
                        }
                        return good
                    }
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(good == 2 * 8 * 25)
    }
}
