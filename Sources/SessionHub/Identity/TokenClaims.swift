import Foundation
import StrictJSON

/// Reads the claims of a verified token with their types; every refusal names the claim.
struct TokenClaims {
    /// What the Directory keeps of a name.
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

    /// A positive integer, or the same as digits: some platforms keep their ids as text.
    func userID() throws(HubError) -> Int64 {
        let id: Int64? =
            switch object["userId"] {
            case .integer(let id)?: id
            case .string(let digits)? where digits.utf8.allSatisfy({ (48...57).contains($0) }): Int64(digits)
            default: nil
            }
        guard let id, id > 0 else { throw Self.refused("userId") }
        return id
    }

    func email() throws(HubError) -> String {
        guard let email = object["email"]?.stringValue.map(Email.clean), Email.isPlausible(email) else {
            throw Self.refused("email")
        }
        return email
    }

    func role() throws(HubError) -> Caller.Role {
        guard let role = object["role"]?.stringValue.flatMap(Caller.Role.init(rawValue:)) else {
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

    /// By this name a service is revoked, so each has one.
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

/// What counts as an e-mail address here, and when two are the same.
package enum Email {
    /// RFC 5321, 4.5.3.1.3, less the angle brackets.
    private static let longest = 254

    /// As it is stored and shown: composed (NFC), without white space at its ends and without what nobody sees.
    package static func clean(_ email: String) -> String { PlainText.withoutInvisible(email) }

    /// One `@` with something on both sides, no white space or control characters, no link and no name around it: more only a
    /// mail server knows.
    package static func isPlausible(_ email: String) -> Bool {
        let parts = email.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && email.utf8.count <= longest
            && !email.contains(where: { $0.isWhitespace || "<>".contains($0) }) && !email.hasControlCharacters
            && !email.lowercased().hasPrefix("mailto:")
    }

    /// Two addresses with one key belong to one person. Composed again after the change of case: the store compares bytes, and
    /// Swift what is written.
    package static func key(_ email: String) -> String {
        clean(email).lowercased().precomposedStringWithCanonicalMapping
    }
}

extension String {
    /// Of any kind, line breaks and tabs included.
    var hasControlCharacters: Bool {
        do throws(PlainText.ControlCharacter) {
            _ = try PlainText.clean(self, as: .exact)
            return false
        } catch {
            return true
        }
    }
}
