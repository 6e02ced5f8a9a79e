import StrictJSON
package import Tokens

/// What one person needs to enter a class's room: in answers of join, start and jitsi-token only.
package struct JitsiEntry: Sendable, Equatable {
    /// Nil with the profile link-only.
    package let jwt: String?
    package let joinURL: String
    /// When the token ends; nil without one.
    package let expiresAt: Timestamp?
    package let domain: String
    package let roomName: String
    package let serverURL: String
}

extension JitsiService {
    /// The way in for `access.user`, as host or participant by the hub's own word.
    package func entry(
        session: LiveSession, access: SessionAccess, email: String, now: Timestamp
    ) throws(TokenError) -> JitsiEntry {
        let made = try generateJWT(
            room: session.roomName, user: access.user, email: email, isModerator: access.isHost,
            mayRecord: session.isRecordingEnabled, now: now
        )
        return JitsiEntry(
            jwt: made?.token,
            joinURL: generateJoinURL(
                room: session.roomName, token: made?.token, subject: session.title, isModerator: access.isHost
            ),
            expiresAt: made?.expiresAt,
            domain: configuration.domain,
            roomName: session.roomName,
            serverURL: configuration.serverURL
        )
    }

    /// `https://host/[tenant/]room#jwt=...&config.x=...`: in the fragment, so that no token reaches a server's log.
    ///
    /// Values are JSON, then percent-encoded, as Jitsi reads them.
    package func generateJoinURL(room: String, token: String?, subject: String, isModerator: Bool) -> String {
        let config: [(String, JSON)] = [
            ("subject", .string(subject)),
            ("prejoinConfig.enabled", false),
            ("startWithAudioMuted", .bool(!isModerator)),
            ("disableInviteFunctions", true),
            token == nil ? ("requireDisplayName", true) : ("readOnlyName", true),
        ]
        var fragment = config.map { "config.\($0.0)=\(PercentEncoding.component($0.1.text))" }
        var url = "\(configuration.serverURL)/\(room)"
        switch (token, configuration.tokenPlace) {
        case (let token?, .fragment): fragment.insert("jwt=\(token)", at: 0)
        case (let token?, .query): url += "?jwt=\(token)"
        case (nil, _): break
        }
        return "\(url)#\(fragment.joined(separator: "&"))"
    }
}

/// Percent-encoding of RFC 3986, section 2.1.
enum PercentEncoding {
    private static let unreserved = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
    private static let digits = Array("0123456789ABCDEF".utf8)

    /// `text` as one component: everything but the unreserved characters is encoded.
    static func component(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if unreserved.contains(byte) {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
