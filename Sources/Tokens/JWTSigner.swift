package import StrictJSON

/// Makes JSON Web Tokens (RFC 7519) with one key. Safe to use from any thread.
package struct JWTSigner: Sendable {
    package let keyID: String?
    let key: JWTKey
    /// The encoded header and its dot: the same for every token of a key.
    private let prefix: String

    /// Any secret but an empty one; RFC 7518 section 3.2 wants 32 bytes or more, which is for the caller to demand.
    package static func hs256(secret: [UInt8], keyID: String? = nil) throws(TokenError) -> JWTSigner {
        JWTSigner(try JWTKey.secret(secret), keyID: keyID)
    }

    /// A private RSA key (PKCS #8 or PKCS #1 PEM, no passphrase) of 2048 bits or more.
    package static func rs256(privateKeyPEM: String, keyID: String) throws(TokenError) -> JWTSigner {
        JWTSigner(try JWTKey.privatePEM(privateKeyPEM), keyID: keyID)
    }

    private init(_ key: JWTKey, keyID: String?) {
        var header: JSONObject = ["alg": .string(key.algorithm.rawValue), "typ": "JWT"]
        header["kid"] = keyID.map { .string($0) }
        self.key = key
        self.keyID = keyID
        prefix = Base64URL.encode(header.encoded()) + "."
    }

    package var algorithm: JWTAlgorithm { key.algorithm }

    /// Takes exactly the tokens of this signer.
    package var verifier: JWTVerifier { JWTVerifier(key: key, keyID: keyID) }

    /// The public half of an RSA key (PEM, SubjectPublicKeyInfo); nil for a secret.
    package var publicKeyPEM: String? { key.publicPEM }

    /// A keyed hash of `content`: the same for the same content, and nobody without the key can try out what it was.
    ///
    /// - Parameter purpose: keeps it apart from other uses of the key; holds no dot, so it is never what a token signs.
    package func fingerprint(_ content: [UInt8], for purpose: String) throws(TokenError) -> [UInt8] {
        precondition(!purpose.contains("."))
        return try key.sign(Array("\(purpose)\n".utf8) + SHA256.hash(content))
    }

    /// The token over `claims` as they are: nothing is added.
    package func sign(_ claims: JSONObject) throws(TokenError) -> String {
        let message = prefix + Base64URL.encode(claims.encoded())
        let token = message + "." + Base64URL.encode(try key.sign(Array(message.utf8)))
        guard token.utf8.count <= JWTVerifier.maxBytes else { throw .tooLarge }
        return token
    }
}
