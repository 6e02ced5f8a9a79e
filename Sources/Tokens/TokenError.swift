/// Why a token or a key was refused. Nothing in it is secret, and nothing of the token is in it.
package enum TokenError: Error, Equatable {
    /// No JSON Web Token as this module takes it: three strict base64url parts, strict JSON, no header that it must not
    /// ignore.
    case malformed
    /// Longer than `JWTVerifier.maxBytes`.
    case tooLarge
    /// The header names another algorithm than the key's own.
    case algorithmMismatch
    /// The header names another key than the verifier's.
    case unknownKey
    case badSignature
    /// `exp` has come; unix seconds, rounded up.
    case expired(at: Int64)
    case notYetValid
    case wrongAudience
    case wrongIssuer
    case missingClaim(String)
    /// A claim has the wrong type or is out of range.
    case badClaim(String)
    /// A key cannot be used, or OpenSSL failed; a sentence for the operator.
    case crypto(String)
}
