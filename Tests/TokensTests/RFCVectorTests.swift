import StrictJSON
import Testing
import Tokens

/// The examples of RFC 7515, 7517 and 7519, byte for byte.
@Suite struct RFCVectorTests {
    private static let payload =
        "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
    private static let claims: JSONObject = [
        "iss": "joe", "exp": 1_300_819_380, "http://example.com/is_root": true,
    ]
    private static let expectation = ClaimExpectation(audience: nil, issuer: "joe")

    /// RFC 7515 appendix A.1 = RFC 7519 section 3.1.
    private static let hs256Token =
        "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.\(payload).dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"

    /// RFC 7515 appendix A.2.
    private static let rs256Token =
        "eyJhbGciOiJSUzI1NiJ9.\(payload)."
        + "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t"
        + "1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12j"
        + "zDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQ"
        + "Ge77Rw"

    @Test func `RFC 7515 A1, a token signed with HS256, is taken until it expires`() throws {
        let secret = try #require(Base64URL.decode(TestKeys.secretText))
        let verifier = try JWTVerifier.hs256(secret: secret)
        let token = Self.hs256Token
        #expect(try verifier.verify(token, now: 1_300_819_379, expectation: Self.expectation) == Self.claims)
        #expect(verifier.refusal(of: token, now: 1_300_819_380) == .expired(at: 1_300_819_380))
    }

    @Test func `RFC 7515 A2, a token signed with RS256, is taken with the key as JWK and as PEM`() throws {
        let token = Self.rs256Token
        for verifier in [
            try JWTVerifier.rs256(jwk: TestKeys.rsaJWK), try JWTVerifier.rs256(publicKeyPEM: TestKeys.rsaPublicPEM),
        ] {
            #expect(try verifier.verify(token, now: 1_300_819_379, expectation: Self.expectation) == Self.claims)
            #expect(verifier.refusal(of: token, now: 1_300_819_380) == .expired(at: 1_300_819_380))
        }
    }

    /// Claims, header and signature of a signer of ours, computed with Python's `cryptography` over the same message.
    @Test func `signing is deterministic: the same claims give the same token`() throws {
        let secret = try #require(Base64URL.decode(TestKeys.secretText))
        let header = #"{"alg":"HS256","typ":"JWT","kid":"k1"}"#
        let forged = TokenForge(secret: secret).token(header: header, payload: JSON.object(Self.claims).text)
        #expect(try JWTSigner.hs256(secret: secret, keyID: "k1").sign(Self.claims) == forged)
        let signer = try JWTSigner.rs256(privateKeyPEM: TestKeys.rsaPrivatePEM, keyID: "k1")
        #expect(try signer.sign(Self.claims) == signer.sign(Self.claims))
    }

    @Test func `RFC 7519 section 6, an unsecured token, is refused`() throws {
        let token = "eyJhbGciOiJub25lIn0.\(Self.payload)."
        let secret = try #require(Base64URL.decode(TestKeys.secretText))
        #expect(try JWTVerifier.hs256(secret: secret).refusal(of: token) == .algorithmMismatch)
        #expect(try JWTVerifier.rs256(jwk: TestKeys.rsaJWK).refusal(of: token) == .algorithmMismatch)
    }

    @Test func `RFC 7517 A1, a set of an elliptic and an RSA key, gives a verifier for the RSA key`() throws {
        let set = #"""
            {"keys":[
              {"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
               "y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","use":"enc","kid":"1"},
              {"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECP\#
            ebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZg\#
            nYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44\#
            -csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}]}
            """#
        let verifiers = try JSONWebKey.verifiers(of: JSON.parse(set, limits: .request))
        #expect(verifiers.map(\.keyID) == ["2011-04-29"])
    }
}
