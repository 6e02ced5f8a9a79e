import StrictJSON

/// What one person needs to enter a class's room. Only the answers of join, start and jitsi-token hold it.
struct JitsiEntry: Sendable, Equatable {
    /// The token; nil with the profile link-only.
    let jwt: String?
    let joinURL: String
    /// When the token ends; nil without one.
    let expiresAt: Timestamp?
    let room: JitsiRoom
    let serverURL: String
    /// The IFrame API's `configOverwrite`, which says the same as the fragment of the join URL.
    let config: JSONObject
}

extension JitsiService {
    /// Makes `https://host[:port]/[tenant/]room#jwt=...&config.x=...`. The token stands in the fragment, so that it
    /// reaches no server's log.
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
        // In a query the token stands as it is.
        case (let token?, .query): url += "?jwt=\(token)"
        case (nil, _): break
        }
        return "\(url)#\(fragment.joined(separator: "&"))"
    }
}
