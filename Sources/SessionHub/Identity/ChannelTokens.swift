import StrictJSON
package import Tokens

/// Mints the `channel_token` of a join answer: it opens one live session's channel for one person, so that a class
/// survives the expiry of the platform's token. REST refuses it.
package struct ChannelTokens: Sendable {
    private let tokens: TokenService
    private let clock: HubClock

    package init(tokens: TokenService, clock: HubClock) {
        self.tokens = tokens
        self.clock = clock
    }

    /// - Parameter expiresAt: the end of the session and its aftertalk, as far as it is known.
    package func mint(
        userID: Int64, email: String, role: Caller.Role, session: Int64, expiresAt: Timestamp
    ) throws(TokenError) -> String {
        try tokens.sign([
            "userId": .integer(userID), "email": .string(email), "role": .string(role.rawValue),
            "aud": .string(TokenService.channelAudience), "channel": .integer(session),
            "iat": .integer(clock.wallSeconds), "exp": .integer(expiresAt.seconds),
        ])
    }
}
