package import StrictJSON

/// Checks JSON Web Tokens (RFC 7519) against one key. Safe to use from any thread.
///
/// The key decides the algorithm; the header may only agree. Claims are not even parsed before the signature holds.
package struct JWTVerifier: Sendable {
    /// Longest token that is looked at.
    package static let maxBytes = 8192

    package let keyID: String?
    private let key: JWTKey

    init(key: JWTKey, keyID: String?) {
        self.key = key
        self.keyID = keyID
    }

    /// Any secret but an empty one; RFC 7518 section 3.2 wants 32 bytes or more, which is for the caller to demand.
    package static func hs256(secret: [UInt8], keyID: String? = nil) throws(TokenError) -> JWTVerifier {
        JWTVerifier(key: try JWTKey.secret(secret), keyID: keyID)
    }

    /// A public RSA key (PEM, SubjectPublicKeyInfo) of 2048 bits or more.
    package static func rs256(publicKeyPEM: String, keyID: String? = nil) throws(TokenError) -> JWTVerifier {
        JWTVerifier(key: try JWTKey.publicPEM(publicKeyPEM), keyID: keyID)
    }

    /// A public RSA key of 2048 bits or more as JSON Web Key (RFC 7517), meant for signatures with RS256 as far as it
    /// says.
    package static func rs256(jwk: JSONObject) throws(TokenError) -> JWTVerifier {
        let (key, keyID) = try JSONWebKey.parse(jwk)
        return JWTVerifier(key: key, keyID: keyID)
    }

    /// The claims of `token` if its signature and they hold at `now` (unix seconds).
    ///
    /// `leeway` (seconds, not negative) stretches `exp` and `nbf` for clocks that differ; `earliness`, when it is
    /// given, takes its place for `nbf`.
    package func verify(
        _ token: String, now: Int64, leeway: Int64 = 0, earliness: Int64? = nil, expectation: ClaimExpectation
    ) throws(TokenError) -> JSONObject {
        guard token.utf8.count <= Self.maxBytes else { throw .tooLarge }
        let bytes = Array(token.utf8)
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, let signature = Base64URL.decode(parts[2]) else { throw .malformed }
        try check(header: try Self.object(parts[0]))
        guard key.verifies(signature, of: Array(bytes[..<parts[1].endIndex])) else { throw .badSignature }
        let claims = try Self.object(parts[1])
        try expectation.check(claims, now: now, leeway: leeway, earliness: earliness ?? leeway)
        return claims
    }

    private func check(header: JSONObject) throws(TokenError) {
        guard header["alg"] == .string(key.algorithm.rawValue) else { throw .algorithmMismatch }
        // RFC 7515 section 4.1.11: what `crit` names must be understood, and nothing is.
        guard header["crit"] == nil else { throw .malformed }
        // RFC 7519 section 5.1; media types do not know case.
        if let type = header["typ"], type.stringValue?.lowercased() != "jwt" { throw .malformed }
        if let id = header["kid"] {
            guard let id = id.stringValue else { throw .malformed }
            if let keyID, id != keyID { throw .unknownKey }
        }
    }

    private static func object(_ part: ArraySlice<UInt8>) throws(TokenError) -> JSONObject {
        guard let bytes = Base64URL.decode(part),
            let value = try? JSON.parse(bytes, limits: JSONLimits(maxBytes: maxBytes, maxDepth: 16)),
            let object = value.objectValue
        else { throw .malformed }
        return object
    }
}
