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
