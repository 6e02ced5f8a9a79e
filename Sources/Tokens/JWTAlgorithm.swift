/// The algorithms of RFC 7518 that the hub takes. A key belongs to one of them for good.
package enum JWTAlgorithm: String, Sendable {
    /// HMAC with SHA-256.
    case hs256 = "HS256"
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    case rs256 = "RS256"
}
