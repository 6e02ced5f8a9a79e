import Foundation
import StrictJSON

/// Reads the claims of a verified token with their types; every refusal names the claim.
struct TokenClaims {
    /// The most characters that the Directory keeps of a name.
    static let longestName = 255

    let object: JSONObject

    init(_ object: JSONObject) { self.object = object }

    static func refused(_ claim: String) -> HubError {
        HubError(
            .unauthenticated,
            Localized(
                en: "The token's claim \(claim) is missing or cannot be used.",
                fr: "Le champ \(claim) du jeton manque ou est inutilisable."
            )
        )
    }

    /// A positive integer, or the same as digits: some platforms keep their ids as text. None is larger than what
    /// browsers read exactly: two people would be one there.
    func userID() throws(HubError) -> Int64 {
        let id: Int64? =
            switch object["userId"] {
            case .integer(let id)?: id
            case .string(let digits)? where digits.utf8.allSatisfy({ (48...57).contains($0) }): Int64(digits)
            default: nil
            }
        guard let id, id > 0, id <= Fields.largest else { throw Self.refused("userId") }
        return id
    }

    /// Empty for a guest, who has none.
    func email(of role: Caller.Role) throws(HubError) -> String {
        guard role != .guest else { return "" }
        guard let email = object["email"]?.stringValue.map(Email.clean), Email.isPlausible(email) else {
            throw Self.refused("email")
        }
        return email
    }

    func role() throws(HubError) -> Caller.Role {
        guard let role = object["role"]?.stringValue.flatMap(Caller.Role.init(rawValue:)) else {
            throw Self.refused("role")
        }
        // Only this hub has guests.
        guard role != .guest || object["amphi_login"]?.stringValue == Login.Way.guest.rawValue else {
            throw Self.refused("role")
        }
        return role
    }

    /// Empty when the claim is absent or null.
    func name(_ claim: String) throws(HubError) -> String {
        guard let value = object[claim], !value.isNull else { return "" }
        guard let given = value.stringValue, let name = try? PlainText.clean(given, as: .line),
            name.characterCount <= Self.longestName
        else { throw Self.refused(claim) }
        return name
    }

    /// `exp` in whole seconds; `Tokens` has checked its type and range.
    func seconds(_ claim: String) -> Int64? { object[claim]?.numberValue.map { Int64($0.rounded(.down)) } }

    /// `iat` with its fraction: a token that is minted together with a revocation is as old as that to the millisecond.
    func issuedAt() -> Timestamp? {
        object["iat"]?.numberValue.map { Timestamp(milliseconds: Int64(($0 * 1000).rounded())) }
    }

    /// The service's name, by which it can be revoked: a service's token without one is refused.
    func service() throws(HubError) -> String {
        guard let name = object["service"]?.stringValue.map(ServiceTokens.clean), ServiceTokens.isPlausible(name) else {
            throw Self.refused("service")
        }
        return name
    }

    /// The sign-in that minted the token, nil for a token of the platform.
    func login() throws(HubError) -> Login? {
        guard let way = object["amphi_login"] else { return nil }
        guard let way = way.stringValue.flatMap(Login.Way.init(rawValue:)), let seconds = object["amphi_login_at"],
            let seconds = seconds.integerValue, abs(seconds) <= 1 << 40
        else { throw Self.refused("amphi_login") }
        return Login(way: way, at: Timestamp(seconds: seconds))
    }

    /// The session of a channel token; the audience and the claim must agree.
    func channel() throws(HubError) -> Int64? {
        let audiences = object["aud"]?.arrayValue?.compactMap(\.stringValue) ?? [object["aud"]?.stringValue ?? ""]
        let isChannelToken = audiences.contains(TokenService.channelAudience)
        guard let claim = object["channel"] else {
            guard !isChannelToken else { throw Self.refused("channel") }
            return nil
        }
        guard isChannelToken, let session = claim.integerValue, session > 0 else { throw Self.refused("channel") }
        return session
    }
}
