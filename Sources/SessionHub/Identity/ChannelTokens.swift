import StrictJSON
import Tokens

/// Mints the `channel_token` of a join answer: it opens one live session's channel for one person, so that a class
/// survives the expiry of the platform's token. REST refuses it.
struct ChannelTokens: Sendable {
    private let tokens: TokenService
    private let clock: HubClock

    init(tokens: TokenService, clock: HubClock) {
        self.tokens = tokens
        self.clock = clock
    }

    /// - Parameters:
    ///   - login: the sign-in at this hub by which the person came, if any: the token can do no more than that sign-in.
    ///   - expiresAt: the end of the session and its aftertalk, as far as it is known.
    func mint(
        userID: Int64, email: String, role: Caller.Role, login: Login? = nil, session: Int64, expiresAt: Timestamp
    ) throws(TokenError) -> String {
        var claims: JSONObject = [
            "userId": .integer(userID), "email": .string(email), "role": .string(role.rawValue),
            "aud": .string(TokenService.channelAudience), "channel": .integer(session),
            // The time has its milliseconds, because a revocation, a sign-in and this token may follow each other
            // within a second.
            "iat": clock.now.numericDate, "exp": .integer(expiresAt.seconds),
        ]
        for claim in login?.claims.members ?? [] { claims[claim.name] = claim.value }
        return try tokens.sign(claims)
    }
}
