import StrictJSON

/// What the claims of a token must say: the one place where they are checked.
///
/// `exp`, `nbf`, `iat` (NumericDate, fractions allowed), `aud` (a string or an array of strings) and `iss` must have
/// their types whenever they are present.
package struct ClaimExpectation: Sendable {
    /// Who we are: an `aud` in the token must name one of these. Nil takes any `aud`; a token without one is for
    /// everybody unless `requiresAudience`.
    package var audience: [String]?
    package var requiresAudience: Bool
    /// The one issuer whose tokens count; nil takes any, and tokens without `iss`.
    package var issuer: String?
    package var requiresExpiry: Bool

    package init(
        audience: [String]?, requiresAudience: Bool = false, issuer: String? = nil, requiresExpiry: Bool = true
    ) {
        self.audience = audience
        self.requiresAudience = requiresAudience
        self.issuer = issuer
        self.requiresExpiry = requiresExpiry
    }

    func check(_ claims: JSONObject, now: Int64, leeway: Int64, earliness: Int64) throws(TokenError) {
        for seconds in [leeway, earliness] {
            precondition(0...Self.latest ~= seconds, "leeway is in seconds, and not negative")
        }
        _ = try Self.date("iat", of: claims)
        // RFC 7519 section 4.1.4: refused "on or after" the time.
        if let expiry = try Self.date("exp", of: claims) {
            guard now < expiry + leeway else { throw .expired(at: expiry) }
        } else if requiresExpiry {
            throw .missingClaim("exp")
        }
        if let start = try Self.date("nbf", of: claims), now < start - earliness { throw .notYetValid }
        try checkAudience(try Self.audience(of: claims))
        try checkIssuer(try Self.text("iss", of: claims))
    }

    private func checkAudience(_ found: [String]?) throws(TokenError) {
        guard let found else {
            if requiresAudience { throw .missingClaim("aud") }
            return
        }
        guard let audience else { return }
        guard found.contains(where: audience.contains) else { throw .wrongAudience }
    }

    private func checkIssuer(_ found: String?) throws(TokenError) {
        guard let issuer else { return }
        guard let found else { throw .missingClaim("iss") }
        guard found == issuer else { throw .wrongIssuer }
    }

    /// Far beyond any date, and far from overflow: where whole seconds stop being exact in a double.
    private static let latest: Int64 = 1 << 53

    /// A NumericDate in whole seconds, rounded up: with a clock of whole seconds both `exp` and `nbf` then mean what
    /// they say.
    private static func date(_ name: String, of claims: JSONObject) throws(TokenError) -> Int64? {
        guard let claim = claims[name] else { return nil }
        guard let seconds = claim.numberValue, abs(seconds) <= Double(latest) else { throw .badClaim(name) }
        let whole = Int64(seconds)
        return Double(whole) < seconds ? whole + 1 : whole
    }

    private static func text(_ name: String, of claims: JSONObject) throws(TokenError) -> String? {
        guard let claim = claims[name] else { return nil }
        guard let text = claim.stringValue else { throw .badClaim(name) }
        return text
    }

    private static func audience(of claims: JSONObject) throws(TokenError) -> [String]? {
        guard case .array(let elements)? = claims["aud"] else { return try text("aud", of: claims).map { [$0] } }
        let names = elements.compactMap(\.stringValue)
        guard names.count == elements.count else { throw .badClaim("aud") }
        return names
    }
}
