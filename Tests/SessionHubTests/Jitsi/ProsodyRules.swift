import StrictJSON
import Tokens

@testable import SessionHub

/// What Jitsi's token plugins of Prosody ask of a token and of the room that its bearer enters, as strictly as with
/// domain verification on, which is the plugins' default.
struct ProsodyRules {
    let secret: String
    /// app_id, which is the accepted issuer.
    let appID: String
    let audience: String
    /// The VirtualHost.
    let domain: String

    /// The address of the room that Jitsi's page enters when a browser opens `url`.
    func roomAddress(of url: String) -> String {
        let path = url.prefix { $0 != "#" && $0 != "?" }.split(separator: "/").dropFirst(2).map { $0.lowercased() }
        let (tenant, room) = (path.count == 2 ? path[0] : nil, path.last ?? "")
        return tenant.map { "[\($0)]\(room)@conference.\(domain)" } ?? "\(room)@conference.\(domain)"
    }

    /// Why the bearer may not enter, or nil.
    func refusal(_ token: String, entering address: String, now: Int64) -> String? {
        let parts = token.split(separator: ".").map(String.init)
        guard parts.count == 3, let header = object(parts[0]), let claims = object(parts[1]) else { return "format" }
        guard header["typ"] == "JWT", header["alg"] == "HS256" else { return "header" }
        guard
            (try? JWTVerifier.hs256(secret: Array(secret.utf8)).verify(
                token, now: now, expectation: ClaimExpectation(audience: [audience], issuer: appID)
            )) != nil
        else { return "signature" }
        guard let exp = claims["exp"]?.integerValue, now < exp else { return "exp" }
        guard let nbf = claims["nbf"]?.integerValue, now >= nbf else { return "nbf" }
        guard claims["iss"] == .string(appID), claims["aud"] == .string(audience) else { return "iss, aud" }
        guard let room = claims["room"]?.stringValue, let sub = claims["sub"]?.stringValue else { return "room, sub" }
        guard room != "*", sub != "*" else { return "wildcard" }
        guard let user = claims["context"]?["user"]?.objectValue,
            user.members.allSatisfy({ $0.value.stringValue.map(Self.isXMLText) == true })
        else { return "context.user" }
        // A room of a tenant has its name before the room's; any other must lie on the domain that the token names.
        let expected =
            address.hasPrefix("[")
            ? "[\(sub.lowercased())]\(room.lowercased())@conference.\(domain)"
            : "\(room.lowercased())@conference.\(sub.lowercased())"
        return address == expected ? nil : "room \(address), not \(expected)"
    }

    private func object(_ part: String) -> JSONObject? {
        Base64URL.decode(part).flatMap { try? JSON.parse($0, limits: .request).objectValue }
    }

    /// Char of XML 1.0, 2.2.
    static func isXMLText(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            switch scalar.value {
            case 0x9, 0xA, 0xD, 0x20...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: true
            default: false
            }
        }
    }
}
