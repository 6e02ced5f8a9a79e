package import StrictJSON

/// Public RSA keys as JSON Web Keys and sets of them (RFC 7517, RFC 7518 section 6.3).
package enum JSONWebKey {
    /// The set that a hub publishes so that others can check its tokens. Secrets are left out.
    package static func publicKeySet(_ signers: [JWTSigner]) -> JSON {
        ["keys": .array(signers.compactMap { publicKey($0).map { .object($0) } })]
    }

    /// The public half of a signer's RSA key; nil for a secret.
    package static func publicKey(_ signer: JWTSigner) -> JSONObject? {
        guard let (n, e) = signer.key.rsaNumbers else { return nil }
        var jwk: JSONObject = ["kty": "RSA", "use": "sig", "alg": .string(signer.algorithm.rawValue)]
        jwk["kid"] = signer.keyID.map { .string($0) }
        jwk["n"] = .string(Base64URL.encode(n))
        jwk["e"] = .string(Base64URL.encode(e))
        return jwk
    }

    /// A verifier for each key of a set that can check RS256. Others are passed over, as RFC 7517 section 5 advises.
    package static func verifiers(of set: JSON) throws(TokenError) -> [JWTVerifier] {
        guard let keys = set["keys"]?.arrayValue else { throw .crypto("the JWK set has no keys") }
        return keys.compactMap { key in key.objectValue.flatMap { try? JWTVerifier.rs256(jwk: $0) } }
    }

    static func parse(_ jwk: JSONObject) throws(TokenError) -> (key: JWTKey, keyID: String?) {
        guard jwk["kty"] == "RSA", jwk["use"] ?? "sig" == "sig", jwk["alg"] ?? "RS256" == "RS256",
            jwk["key_ops"] == nil || jwk["key_ops"]?.arrayValue?.contains("verify") == true
        else { throw .crypto("the JWK is not for RS256 signatures") }
        let keyID = jwk["kid"]
        guard keyID == nil || keyID?.stringValue != nil,
            let n = jwk["n"]?.stringValue.flatMap({ Base64URL.decode($0) }),
            let e = jwk["e"]?.stringValue.flatMap({ Base64URL.decode($0) })
        else { throw .crypto("the JWK's kid, n or e is missing or malformed") }
        return (try JWTKey.rsa(modulus: n, exponent: e), keyID?.stringValue)
    }
}
