import StrictJSON

/// What one person needs to enter a class's room: in answers of join, start and jitsi-token only.
struct JitsiEntry: Sendable, Equatable {
    /// Nil with the profile link-only.
    let jwt: String?
    let joinURL: String
    /// When the token ends; nil without one.
    let expiresAt: Timestamp?
    let room: JitsiRoom
    let serverURL: String
    /// For the IFrame API's `configOverwrite`: what the join URL sets in its fragment.
    let config: JSONObject
}

extension JitsiService {
    /// `https://host[:port]/[tenant/]room#jwt=...&config.x=...`: in the fragment, so that no token reaches a server's
    /// log.
    func generateJoinURL(room: String, token: String?, subject: String, isModerator: Bool) -> String {
        joinURL(
            room: room, token: token,
            settings: JitsiCallSettings(subject: subject, isModerator: isModerator, hasToken: token != nil)
        )
    }

    func joinURL(room: String, token: String?, settings: JitsiCallSettings) -> String {
        var fragment = settings.fragment
        var url = configuration.address.room(room).url
        switch (token, configuration.tokenPlace) {
        // In a fragment the token is JSON like every other value: Jitsi ignores one without its quotes.
        case (let token?, .fragment): fragment.insert("jwt=\(JitsiText.fragmentValue(.string(token)))", at: 0)
        // In a query it is not.
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
