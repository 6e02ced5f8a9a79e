/// Which Jitsi server holds the classes, and whether the hub signs its tokens (JITSI_PROFILE).
package struct JitsiConfiguration: Sendable, Equatable {
    package enum Profile: String, Sendable, CaseIterable {
        /// The hub signs no token, and the server decides who enters. This is for the public meet.jit.si, which wants a
        /// login from whoever opens a room.
        case linkOnly = "link-only"
        /// A server of one's own, whose Prosody checks our HS256 tokens.
        case selfHosted = "self-hosted"
        /// The service of 8x8. This version knows no RS256 keys, so that the name is refused with a sentence.
        case jaas
    }

    /// Where the token stands in a join URL. A fragment reaches no server and therefore no log; `query` is for old
    /// servers.
    enum TokenPlace: String, Sendable, CaseIterable {
        case fragment, query
    }

    package static let publicServer = "meet.jit.si"

    package let profile: Profile
    package let address: JitsiAddress
    package let appID: String
    /// The secret that signs tokens; nil with a profile that signs none.
    let appSecret: String?
    package let audience: String
    let roomPrefix: String
    let tokenPlace: TokenPlace
    /// What the operator should know at every start.
    package let warnings: [String]

    /// Scheme, host and port, which the page's Content-Security-Policy must let in.
    var origin: String { address.origin.text }
    package var serverURL: String { address.serverURL }
    /// Host and port of what the page embeds, and names when it cannot be reached.
    package var embedHost: String { address.origin.hostAndPort }

    /// The address of the IFrame API; nil where a class opens in a tab of its own, because meet.jit.si ends embedded
    /// calls after 5 minutes.
    var scriptURL: String? { profile == .selfHosted ? address.scriptURL : nil }
}

extension JitsiConfiguration {
    /// The keys as they stand in the environment; a nil key is not set.
    package struct Settings: Sendable, Equatable {
        var serverURL = "https://meet.jit.si"
        var appID = "mdsc-app"
        package var appSecret: String?
        var domain: String?
        var profile: Profile?
        var audience: String?
        var roomPrefix = "mdsc"
        var tokenPlace = TokenPlace.fragment

        init() {}
    }

    /// The rules of the profiles (Operations.md, Jitsi). Every refusal is a sentence that names the key.
    package init(_ settings: Settings) throws(ConfigurationError) {
        let address = try JitsiAddress(serverURL: settings.serverURL, domain: settings.domain)
        let host = address.origin.host
        let profile = settings.profile ?? Self.profile(host: host, hasSecret: settings.appSecret != nil)
        if let problem = Self.problem(settings, profile: profile, host: host) {
            throw ConfigurationError(problem)
        }
        self.profile = profile
        self.address = address
        appID = settings.appID
        appSecret = profile == .selfHosted ? settings.appSecret : nil
        audience = settings.audience ?? settings.appID
        roomPrefix = settings.roomPrefix.lowercased()
        tokenPlace = settings.tokenPlace
        warnings = Self.warnings(settings, profile: profile, origin: address.origin)
    }

    private static func profile(host: String, hasSecret: Bool) -> Profile {
        if host == publicServer { return .linkOnly }
        if host == "8x8.vc" || host.hasSuffix(".8x8.vc") { return .jaas }
        return hasSecret ? .selfHosted : .linkOnly
    }

    private static func problem(_ settings: Settings, profile: Profile, host: String) -> String? {
        if let secret = settings.appSecret, let weakness = SecretStrength.weakness(of: secret) {
            return "JITSI_APP_SECRET \(weakness)"
        }
        guard settings.roomPrefix.isRoomPrefix else {
            return "JITSI_ROOM_PREFIX may have letters, digits and hyphens, 1 to 32 of them."
        }
        switch profile {
        case .linkOnly: return nil
        case .jaas:
            return
                "JITSI_PROFILE jaas is not supported yet: set JITSI_PROFILE=link-only, or JITSI_SERVER_URL to an own server."
        case .selfHosted:
            guard host != publicServer else {
                return "JITSI_PROFILE self-hosted needs JITSI_SERVER_URL: meet.jit.si takes no tokens of ours."
            }
            guard settings.appSecret != nil else {
                return "JITSI_PROFILE self-hosted needs JITSI_APP_SECRET, the app_secret of the server's Prosody."
            }
            return nil
        }
    }

    private static func warnings(_ settings: Settings, profile: Profile, origin: WebOrigin) -> [String] {
        let host = origin.host
        guard profile == .linkOnly else {
            guard origin.scheme == "http", !["localhost", "127.0.0.1", "[::1]"].contains(host) else { return [] }
            return [
                "JITSI_SERVER_URL is http: Jitsi's IFrame API embeds over https, and browsers give camera and microphone to https only."
            ]
        }
        if host == publicServer {
            let ignored = settings.appSecret == nil ? "" : " JITSI_APP_SECRET is not used."
            return [
                "meet.jit.si takes no tokens of ours and wants a login to open a room; classes open in a tab of their own."
                    + ignored + " Name an own server with JITSI_SERVER_URL and JITSI_APP_SECRET."
            ]
        }
        if settings.appSecret == nil {
            return [
                "JITSI_APP_SECRET is not set: \(host) gets no tokens, so it decides by itself who enters and who moderates."
            ]
        }
        return []
    }
}

extension String {
    fileprivate var isRoomPrefix: Bool {
        (1...32).contains(utf8.count)
            && utf8.allSatisfy { byte in
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 45
            }
    }
}
