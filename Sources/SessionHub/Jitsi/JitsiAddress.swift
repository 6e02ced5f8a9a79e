/// The two faces of a Jitsi server: the public address that browsers open (JITSI_SERVER_URL, with port and tenant), and
/// the XMPP domain that its Prosody serves (JITSI_DOMAIN).
///
/// Everything that Jitsi or a page is told about a room follows from here (`room`), so that no two places can disagree.
package struct JitsiAddress: Sendable, Equatable {
    /// Scheme, host and port: the one foreign source of the page's Content-Security-Policy.
    package let origin: WebOrigin
    /// The one segment of the address's path, in lower case as Prosody compares it; nil when there is none.
    package let tenant: String?
    /// The domain without a port, because Prosody knows none.
    package let xmppDomain: String

    /// - Parameter domain: JITSI_DOMAIN; nil stands for the host of the address.
    init(serverURL: String, domain: String?) throws(ConfigurationError) {
        var problems: [String] = []
        if let problem = Self.serverProblem(serverURL) { problems.append("JITSI_SERVER_URL \(problem)") }
        if let domain, let problem = Self.domainProblem(domain) { problems.append("JITSI_DOMAIN \(problem)") }
        guard problems.isEmpty, let origin = WebOrigin(serverURL) else { throw ConfigurationError(problems) }
        self.origin = origin
        let path = Self.path(serverURL)
        tenant = path.isEmpty ? nil : path.lowercased()
        xmppDomain = domain?.lowercased() ?? origin.host
    }

    /// The address as people write it, without a slash at its end.
    var serverURL: String { tenant.map { "\(origin.text)/\($0)" } ?? origin.text }

    /// Jitsi's IFrame API. It lies at the top for every tenant.
    var scriptURL: String { "\(origin.text)/external_api.js" }
}

/// One room, as its token, its page and its join URL must name it.
struct JitsiRoom: Sendable, Equatable {
    /// The claim `sub` of a token: the tenant where there is one, else the XMPP domain. A Prosody that verifies domains
    /// compares it.
    let sub: String
    /// The claim `room` of a token.
    let claim: String
    /// The IFrame API's first argument: host and port.
    let embedHost: String
    /// The IFrame API's `roomName`: `tenant/room` where there is a tenant.
    let embedName: String
    /// The address at which a browser opens the room, still without query and fragment.
    let url: String
    /// The address of the IFrame API.
    let scriptURL: String
}

extension JitsiAddress {
    func room(_ name: String) -> JitsiRoom {
        JitsiRoom(
            sub: tenant ?? xmppDomain, claim: name.lowercased(), embedHost: origin.hostAndPort,
            embedName: tenant.map { "\($0)/\(name)" } ?? name, url: "\(serverURL)/\(name)", scriptURL: scriptURL
        )
    }
}

// MARK: - What cannot be used

extension JitsiAddress {
    /// The rest of a sentence for a JITSI_SERVER_URL that will not do. It does not repeat the value, which may hold a
    /// password.
    static func serverProblem(_ text: String) -> String? {
        guard !text.contains("?"), !text.contains("#") else {
            return "must have no query and no fragment: the hub adds them for each person."
        }
        guard !text.contains("@") else { return "must have no user name: browsers would show it to everybody." }
        guard let origin = WebOrigin(text), HostName.isValid(origin.host) else {
            return "must be an address such as https://meet.example.org or https://meet.example.org:8443/tenant."
        }
        let path = path(text)
        guard path.isEmpty || isTenant(path) else {
            return "may have one word after the host, the tenant: letters, digits, hyphens and underscores."
        }
        return nil
    }

    /// The rest of a sentence for a JITSI_DOMAIN that will not do.
    static func domainProblem(_ text: String) -> String? {
        guard !text.contains("://") else {
            return "is a domain such as meet.example.org, without a scheme: the address is JITSI_SERVER_URL."
        }
        guard !HostName.hasPort(text) else {
            return "is the XMPP domain, which has no port: the port belongs into JITSI_SERVER_URL."
        }
        guard HostName.isValid(text.lowercased()) else {
            return "must be the XMPP domain of Jitsi's Prosody, such as meet.example.org or meet.jitsi."
        }
        return nil
    }

    /// What follows the host, without the slashes around it.
    private static func path(_ text: String) -> String {
        let parts = text.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let slash = parts[2].firstIndex(of: "/") else { return "" }
        return String(parts[2][parts[2].index(after: slash)...]).withoutTrailingSlash
    }

    /// Whether a text can be a tenant. Prosody finds a tenant between two dots, and Jitsi removes other characters from
    /// a path.
    private static func isTenant(_ text: String) -> Bool {
        (1...63).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                HostName.isLetterOrDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
            }
    }
}
