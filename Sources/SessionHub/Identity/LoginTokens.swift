import StrictJSON
import Tokens

/// Mints the tokens of sign-ins at this hub. It is the one place where such a token is made.
struct LoginTokens: Sendable {
    /// How long one token lasts: longer than a class, so that a phone may sleep through one.
    private static let lifetime: Int64 = 4 * 3_600_000

    private let tokens: TokenService
    private let clock: HubClock

    init(tokens: TokenService, clock: HubClock) {
        self.tokens = tokens
        self.clock = clock
    }

    /// The wall clock's time in whole seconds, which everything about tokens uses.
    var now: Timestamp { Timestamp(seconds: clock.wallSeconds) }

    /// - Parameters:
    ///   - login: the sign-in that a refresh goes on with; nil for a new one.
    ///   - limit: the end of a guest's stay; nil for everybody else.
    ///   - moment: a time, of `now`, from before `account` was read, so that a revocation after it ends the token; nil
    ///     inside the transaction that has read it.
    func sign(
        _ account: PasswordStore.Account, way: Login.Way, login: Login? = nil, until limit: Timestamp? = nil,
        at moment: Timestamp? = nil
    ) throws -> SignedIn {
        let now = moment ?? now
        let login = login ?? Login(way: way, at: now)
        let end = min(login.end, limit ?? login.end)
        let expiresAt = min(now + Self.lifetime, end)
        // A token must not look older than the last revocation, which may be within this second or a little ahead of
        // the clock.
        let issuedAt = max(now, account.tokensAfter ?? now)
        let token = try tokens.mint(account.user, login: login, issuedAt: issuedAt, expiresAt: expiresAt)
        return SignedIn(
            user: account.user, token: token, expiresAt: expiresAt, lifetime: expiresAt - now, refreshUntil: end
        )
    }
}

/// Somebody who has signed in, with the token that says so.
struct SignedIn: Sendable {
    let user: DirectoryUser
    let token: String
    let expiresAt: Timestamp
    /// In milliseconds, for clients whose clock is wrong.
    let lifetime: Int64
    let refreshUntil: Timestamp

    /// What a route answers. It must not keep that anywhere: the token is in it.
    var json: JSONObject {
        [
            "token": .string(token), "expires_at": .string(expiresAt.text), "expires_in": .integer(lifetime / 1000),
            "refresh_until": .string(refreshUntil.text), "user": user.ownJSON,
        ]
    }
}

extension TokenService {
    /// A token of a sign-in at this hub: the platform's claims, and how and when its holder signed in.
    func mint(
        _ user: DirectoryUser, login: Login, issuedAt: Timestamp, expiresAt: Timestamp
    ) throws(TokenError) -> String {
        var claims: JSONObject = [
            "userId": .integer(user.id), "email": .string(user.email), "role": .string(user.role.rawValue),
            "first_name": .string(user.firstName.limited(to: TokenClaims.longestName)),
            "last_name": .string(user.lastName.limited(to: TokenClaims.longestName)),
            "aud": .string(Self.audience), "iat": issuedAt.numericDate, "exp": .integer(expiresAt.seconds),
        ]
        for claim in login.claims.members { claims[claim.name] = claim.value }
        return try sign(claims)
    }
}

extension Login {
    /// The claims from which `TokenClaims.login` reads the sign-in again.
    var claims: JSONObject {
        ["amphi_login": .string(way.rawValue), "amphi_login_at": .integer(at.seconds)]
    }
}

extension Timestamp {
    /// Seconds since 1970, with a fraction only where there is one (RFC 7519, NumericDate).
    var numericDate: JSON {
        milliseconds % 1000 == 0 ? .integer(seconds) : .number(Double(milliseconds) / 1000)
    }
}

extension DirectoryUser {
    /// What a person is told about themselves.
    var ownJSON: JSON {
        [
            "id": .integer(id), "email": .string(email), "first_name": .string(firstName),
            "last_name": .string(lastName), "role": .string(role.rawValue),
        ]
    }
}
