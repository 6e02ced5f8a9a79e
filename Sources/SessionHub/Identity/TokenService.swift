import StrictJSON
package import Tokens

/// Proves who a bearer token names, and mints such tokens: HS256 with JWT_SECRET, as the learning platform signs them.
///
/// Pure and synchronous, so that it may run on a loop's thread. It knows one key and refuses what other keys, other
/// audiences and other purposes made: a Jitsi token (`room`), a token for another service (`aud`), a channel token
/// whose audience and `channel` do not agree.
package struct TokenService: Sendable {
    /// The `aud` of tokens that Amphi mints; a platform's token may leave it out.
    static let audience = "amphi"
    /// The `aud` of a `channel_token`: it opens one live session's channel and nothing else.
    static let channelAudience = "amphi:channel"

    private let signer: JWTSigner
    private let verifier: JWTVerifier
    private let expectation = ClaimExpectation(audience: [audience, channelAudience])

    package init(secret: String) throws(TokenError) {
        signer = try JWTSigner.hs256(secret: Array(secret.utf8))
        verifier = signer.verifier
    }

    /// A keyed hash of a request's body, which may hold a password: its plain hash could be searched for.
    func fingerprint(_ body: [UInt8]) throws(HubError) -> String {
        do {
            return Hex.encode(try signer.fingerprint(body, for: "idempotency"))
        } catch {
            throw HubError(.internal)
        }
    }

    /// Whether two hubs have the same secret, without any word of it.
    func keyCheck() throws(TokenError) -> String { Hex.encode(try signer.fingerprint([], for: "nodes")) }

    /// What hides from everybody but the hubs with the same secret what one tells the others (`ToldCommit`).
    func hintBox() throws(TokenError) -> SecretBox { SecretBox(key: try signer.fingerprint([], for: "hint")) }

    /// Hides whose sign-ins have failed from whoever reads the table (`LoginDelayStore`).
    func seal(ofLogin name: String) throws(TokenError) -> String {
        Hex.encode(try signer.fingerprint(Array(name.utf8), for: "login"))
    }

    /// What only this hub can compute of a guest's link, so that nobody else can make one (`GuestLink`).
    func seal(ofGuestLink text: String) throws(HubError) -> [UInt8] {
        do {
            return try signer.fingerprint(Array(text.utf8), for: "guest link")
        } catch {
            throw HubError(.internal)
        }
    }

    /// The caller whom `token` names, as the token has them: the Directory's word comes later (`IdentityStore`).
    ///
    /// - Parameters:
    ///   - nowSeconds: the time by the wall clock (`HubClock.wallSeconds`).
    ///   - latestIssue: the latest time that the wall clock has shown. The clock may have been set back since, and a
    ///     token from before that is not from the future.
    func caller(
        from token: String, nowSeconds: Int64, latestIssue: Int64 = .min
    ) throws(HubError) -> Caller {
        let claims: JSONObject
        do {
            claims = try verifier.verify(
                token, now: nowSeconds, earliness: Caller.clockTolerance / 1000, expectation: expectation
            )
        } catch {
            throw Self.refusal(error)
        }
        return try Self.caller(TokenClaims(claims), nowSeconds: max(nowSeconds, latestIssue))
    }

    /// A token for a person or a service (`role` service, `userID` 0).
    ///
    /// - Parameters:
    ///   - issuedAt: seconds since 1970.
    ///   - expiresAt: seconds since 1970.
    package func mint(
        userID: Int64, email: String, role: Caller.Role, firstName: String = "", lastName: String = "",
        service: String? = nil, issuedAt: Int64, expiresAt: Int64
    ) throws(TokenError) -> String {
        var claims: JSONObject = [
            "userId": .integer(userID), "email": .string(email), "role": .string(role.rawValue),
            "aud": .string(Self.audience), "iat": .integer(issuedAt), "exp": .integer(expiresAt),
        ]
        if !firstName.isEmpty { claims["first_name"] = .string(firstName) }
        if !lastName.isEmpty { claims["last_name"] = .string(lastName) }
        if let service { claims["service"] = .string(service) }
        return try signer.sign(claims)
    }

    func sign(_ claims: JSONObject) throws(TokenError) -> String { try signer.sign(claims) }

    private static func caller(_ claims: TokenClaims, nowSeconds: Int64) throws(HubError) -> Caller {
        guard claims.object["room"] == nil else { throw refused("This is a Jitsi token.", "C’est un jeton Jitsi.") }
        let role = try claims.role()
        let issuedAt = claims.issuedAt()
        guard issuedAt.map({ $0 <= Timestamp(seconds: nowSeconds) + Caller.clockTolerance }) ?? true else {
            throw refused("The token was issued in the future.", "Le jeton a été émis dans le futur.")
        }
        let channel = try claims.channel()
        guard role != .service || channel == nil else { throw HubError(.unauthenticated) }
        return Caller(
            userID: role == .service ? 0 : try claims.userID(),
            role: role,
            email: role == .service ? "" : try claims.email(of: role),
            firstName: try claims.name("first_name"),
            lastName: try claims.name("last_name"),
            issuedAt: issuedAt,
            expiresAt: Timestamp(seconds: claims.seconds("exp") ?? 0),
            channelSession: channel,
            login: try claims.login(),
            service: role == .service ? try claims.service() : nil
        )
    }

    private static func refusal(_ error: TokenError) -> HubError {
        switch error {
        case .expired: HubError(.tokenExpired)
        case .missingClaim("exp"): refused("The token has no exp claim.", "Le jeton n’a pas de champ exp.")
        case .wrongAudience: refused("The token is for another service.", "Le jeton est pour un autre service.")
        case .notYetValid: refused("The token is not valid yet.", "Le jeton n’est pas encore valable.")
        case .missingClaim(let name), .badClaim(let name): TokenClaims.refused(name)
        default: refused("The token is not valid.", "Le jeton n’est pas valable.")
        }
    }

    private static func refused(_ english: String, _ french: String) -> HubError {
        HubError(.unauthenticated, Localized(en: english, fr: french))
    }
}
