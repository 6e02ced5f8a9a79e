import StrictJSON
import Testing
import Tokens

/// Two libraries that share no line must agree, in both directions.
@Suite struct PyJWTTests {
    private static let future: JSON = 4_102_444_800
    private static let past: JSON = 1_300_819_380
    private static let claims: [JSONObject] = [
        ["userId": 42, "email": "ada@example.org", "role": "student", "exp": future],
        ["sub": "jörg 😀 \"\\\n\u{0}", "aud": ["amphi", "hub"], "iat": past, "nbf": past, "exp": future],
        [
            "context": ["user": ["id": "7", "moderator": true, "none": nil], "list": [1, -2.5, []]], "aud": "amphi",
            "exp": future,
        ],
        [:],
    ]

    private let secret = Random.bytes(48)
    private let hmac: JWTSigner
    private let rsa: JWTSigner

    init() throws {
        hmac = try .hs256(secret: secret)
        rsa = try .rs256(privateKeyPEM: TestKeys.rsaPrivatePEM, keyID: "k1")
    }

    private func verifyJob(_ token: String, by signer: JWTSigner, audience: String? = nil) -> JSON {
        var job: JSONObject = ["do": "verify", "token": .string(token), "alg": .string(signer.algorithm.rawValue)]
        if let pem = signer.publicKeyPEM { job["pem"] = .string(pem) } else { job["secret"] = secretText }
        job["audience"] = audience.map { .string($0) }
        return .object(job)
    }

    private var secretText: JSON { .string(Base64URL.encode(secret)) }

    @Test func `PyJWT takes our tokens and reads the same claims`() throws {
        let signed = try [hmac, rsa].flatMap { signer in try Self.claims.map { (signer, $0, try signer.sign($0)) } }
        let answers = try PyJWT.run(signed.map { verifyJob($0.2, by: $0.0) })
        #expect(answers == signed.map { ["ok": .object($0.1)] })
    }

    @Test func `we take PyJWT's tokens and read the same claims`() throws {
        let jobs = Self.claims.flatMap { claims -> [JSON] in
            let claims = JSON.object(claims)
            return [
                ["do": "sign", "alg": "HS256", "secret": secretText, "claims": claims],
                [
                    "do": "sign", "alg": "RS256", "pem": .string(TestKeys.rsaPrivatePEM), "claims": claims,
                    "headers": ["kid": "k1"],
                ],
            ]
        }
        let answers = try PyJWT.run(jobs)
        let expectation = ClaimExpectation(audience: ["amphi"], requiresExpiry: false)
        for (index, answer) in answers.enumerated() {
            let token = try #require(answer["ok"]?.stringValue)
            let verifier = index % 2 == 0 ? hmac.verifier : rsa.verifier
            let read = try verifier.verify(token, now: 1_800_000_000, expectation: expectation)
            #expect(read == Self.claims[index / 2])
        }
    }

    @Test func `PyJWT and we refuse the same tokens`() throws {
        let good = try hmac.sign(Self.claims[0])
        let parts = good.split(separator: ".")
        let forge = TokenForge(secret: secret)
        let payload = #"{"exp":4102444800}"#
        let bad = [
            try hmac.sign(["exp": Self.past]), try hmac.sign(["exp": Self.future, "nbf": Self.future]),
            try hmac.sign(["exp": "soon"]), try hmac.sign(["exp": Self.future, "aud": "others"]),
            try rsa.sign(Self.claims[0]), try JWTSigner.hs256(secret: secret + [1]).sign(Self.claims[0]),
            forge.token(header: #"{"alg":"none"}"#, payload: payload),
            forge.token(header: #"{"alg":"HS512"}"#, payload: payload),
            forge.token(header: #"{"alg":"HS256","crit":["x"],"x":1}"#, payload: payload),
            forge.token(header: #"{"alg":"HS256"}"#, payload: "[]"),
            "\(parts[0]).\(parts[1]).", "\(parts[0]).\(parts[1])", "\(parts[1]).\(parts[0]).\(parts[2])", "",
            good + ".x",
        ]
        let answers = try PyJWT.run(
            [verifyJob(good, by: hmac)] + bad.map { verifyJob($0, by: hmac, audience: "amphi") })
        #expect(answers[0] == ["ok": .object(Self.claims[0])])
        let expectation = ClaimExpectation(audience: ["amphi"])
        for (token, answer) in zip(bad, answers.dropFirst()) {
            #expect(answer["refused"]?.stringValue != nil, "PyJWT took \(token)")
            let refusal = hmac.verifier.refusal(of: token, now: 1_800_000_000, expectation: expectation)
            #expect(refusal != nil, "we took \(token)")
        }
    }

    @Test func `PyJWT reads our key set, and we read its JSON Web Key`() throws {
        let token = try rsa.sign(Self.claims[0])
        let answers = try PyJWT.run([
            ["do": "set", "set": JSONWebKey.publicKeySet([hmac, rsa]), "kid": "k1", "token": .string(token)],
            ["do": "jwk", "pem": .string(TestKeys.rsaPublicPEM)],
        ])
        #expect(answers[0] == ["ok": .object(Self.claims[0])])
        let jwk = try #require(answers[1]["ok"]?.objectValue)
        #expect(try JWTVerifier.rs256(jwk: jwk).refusal(of: token) == nil)
    }
}
