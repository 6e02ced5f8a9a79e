package import Logging

/// Everything that can be set about a hub, read once at the edge and passed down. The keys stand in
/// `ConfigurationKey.all`.
package struct HubConfiguration: Sendable, Equatable {
    package var host = "127.0.0.1"
    /// With 0 the system chooses a free port.
    package var port: UInt16 = 8080
    /// A listening socket that takes the place of `host` and `port` (`takeActivationSocket`). No key sets it.
    var inheritedSocket: Int32?
    package var database = "data/amphi.db"
    /// The name of this process among those that share a PostgreSQL database.
    package var node = "amphi"
    /// The number of event loops. With 0 there is one per core, but at most `mostLoops`.
    package var loops = 0
    package var tlsCertificate: String?
    package var tlsKey: String?
    var publicURL: String?
    /// Origins besides the hub's own, which is always allowed; `*` stands for every one.
    package var allowedOrigins: [String] = []
    /// Addresses and CIDR blocks.
    var trustedProxies: [String] = []
    var proxyHeader = ProxyHeader.either
    var frameAncestors: [String] = ["'self'"]
    var language = Language.english
    var windows = ClassWindows()
    /// Where plain dates count when a course says nothing; a name that this machine knows, by `ConfigurationKey`.
    var timeZone = "UTC"
    /// The least room of a class for which nobody has said how many may attend (`CourseRoom`).
    var maxParticipants = CourseRoom.standard
    package var logLevel = Logger.Level.info
    package var limits = HubLimits()
    package var jwtSecret: String?
    package var jitsi = JitsiConfiguration.Settings()
    /// The two folders; one that is nil is looked for where the command line says.
    package var webRoot: String?
    package var migrations: String?
    /// Whether this is the hub of `serve --demo`, which the page tells. No key sets it.
    package var isDemo = false

    /// Whether a PostgreSQL server is taken that may lose commits. No key sets it: it is for tests, whose server need
    /// not wait for a disk.
    package var allowsUnsafeServer = false

    static let mostLoops = 4

    package init() {}

    /// Reads every key. Nil and empty values leave the default.
    ///
    /// Throws one sentence for every key whose value cannot be used, all at once.
    package init(reading value: (String) -> String?) throws(ConfigurationError) {
        var problems: [String] = []
        for key in ConfigurationKey.all {
            guard let text = value(key.name)?.trimmed, !text.isEmpty else { continue }
            do throws(ConfigurationError) {
                try key.apply(text, &self)
            } catch {
                problems += error.problems
            }
        }
        guard problems.isEmpty else { throw ConfigurationError(problems) }
    }
}

extension HubConfiguration {
    /// What keeps a hub from serving with this configuration: sentences that say what to do.
    package var problems: [String] {
        var problems: [String] = []
        if let jwtSecret {
            if let weakness = SecretStrength.weakness(of: jwtSecret) { problems.append("JWT_SECRET \(weakness)") }
            if jwtSecret == jitsi.appSecret {
                problems.append(
                    "JITSI_APP_SECRET is the same as JWT_SECRET: whoever may enter a room could then use the API. Set another one."
                )
            }
        } else {
            problems.append(
                "JWT_SECRET is not set: set it to the secret with which your platform signs its tokens, "
                    + "or make one with `openssl rand -hex 32` (or try `amphi serve --demo`)."
            )
        }
        if (tlsCertificate == nil) != (tlsKey == nil) {
            problems.append("AMPHI_TLS_CERT and AMPHI_TLS_KEY belong together: set both or none.")
        }
        do throws(ConfigurationError) {
            _ = try JitsiConfiguration(jitsi)
        } catch {
            problems += error.problems
        }
        return problems
    }

    var zones: TimeZones { TimeZones(named: timeZone) ?? .utc }

    package var usesTLS: Bool { tlsCertificate != nil && tlsKey != nil }
}
