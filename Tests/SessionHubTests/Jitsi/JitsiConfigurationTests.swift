import Testing

@testable import SessionHub

@Suite("Jitsi's profiles")
struct JitsiConfigurationTests {
    static let secret = "jX5vQ8rT2nL9wK4pZ7mC3bH6gF1dS0aY"

    func resolve(
        _ server: String = "https://meet.example.org", secret: String? = nil,
        profile: JitsiConfiguration.Profile? = nil, change: (inout JitsiConfiguration.Settings) -> Void = { _ in }
    ) throws(ConfigurationError) -> JitsiConfiguration {
        var settings = JitsiConfiguration.Settings()
        settings.serverURL = server
        settings.appSecret = secret
        settings.profile = profile
        change(&settings)
        return try JitsiConfiguration(settings)
    }

    @Test func `nothing configured is link-only on meet.jit.si, with a warning`() throws {
        let jitsi = try JitsiConfiguration(JitsiConfiguration.Settings())
        #expect(jitsi.profile == .linkOnly && jitsi.embedHost == "meet.jit.si" && jitsi.appSecret == nil)
        #expect(jitsi.scriptURL == nil && jitsi.origin == "https://meet.jit.si")
        #expect(jitsi.warnings.count == 1)
    }

    @Test(
        arguments: [
            ("https://meet.jit.si", nil, JitsiConfiguration.Profile.linkOnly),
            ("https://meet.jit.si", secret, .linkOnly),
            ("https://meet.example.org", nil, .linkOnly), ("https://meet.example.org", secret, .selfHosted),
        ] as [(String, String?, JitsiConfiguration.Profile)])
    func `the profile follows from server and secret`(
        server: String, secret: String?, profile: JitsiConfiguration.Profile
    ) throws {
        let jitsi = try resolve(server, secret: secret)
        #expect(jitsi.profile == profile)
        #expect((jitsi.appSecret != nil) == (profile == .selfHosted))
        #expect(jitsi.warnings.isEmpty == (profile == .selfHosted))
    }

    @Test func `an own server is its own domain, and its app id its audience`() throws {
        let jitsi = try resolve("https://Meet.example.org:8443/tenant/", secret: Self.secret)
        #expect(jitsi.embedHost == "meet.example.org:8443" && jitsi.audience == "mdsc-app")
        #expect(jitsi.address.xmppDomain == "meet.example.org")
        #expect(jitsi.serverURL == "https://meet.example.org:8443/tenant")
        #expect(jitsi.scriptURL == "https://meet.example.org:8443/external_api.js")
        let named = try resolve(secret: Self.secret) { settings in
            settings.domain = "meet.jitsi"
            settings.audience = "jitsi"
        }
        #expect(named.address.xmppDomain == "meet.jitsi" && named.audience == "jitsi")
        #expect(named.embedHost == "meet.example.org")
    }

    @Test func `a server that signs over http is warned about, but for one on this machine`() throws {
        #expect(try resolve("http://meet.example.org", secret: Self.secret).warnings.count == 1)
        #expect(try resolve("http://127.0.0.1:8000", secret: Self.secret).warnings.isEmpty)
    }

    @Test func `defect 3: link-only never signs, whatever secret there is`() throws {
        let service = try JitsiService(resolve(secret: Self.secret, profile: .linkOnly))
        let made = try service.generateJWT(
            room: "r", user: Person(id: 1, firstName: "A", lastName: "", avatar: nil), email: "", isModerator: true,
            mayRecord: true, now: Timestamp(seconds: 0)
        )
        #expect(made == nil)
    }

    @Test(
        arguments: [
            ("meet.example.org", nil, nil, "JITSI_SERVER_URL"),
            ("ftp://meet.example.org", nil, nil, "JITSI_SERVER_URL"),
            ("https://8x8.vc", secret, nil, "JITSI_PROFILE"), ("https://meet.example.org", nil, .jaas, "JITSI_PROFILE"),
            ("https://meet.jit.si", secret, .selfHosted, "JITSI_SERVER_URL"),
            ("https://meet.example.org", nil, .selfHosted, "JITSI_APP_SECRET"),
            ("https://meet.example.org", "your-secret-key", nil, "JITSI_APP_SECRET"),
            ("https://meet.jit.si", "your-secret-key", nil, "JITSI_APP_SECRET"),
            ("https://meet.example.org", "short", nil, "JITSI_APP_SECRET"),
        ] as [(String, String?, JitsiConfiguration.Profile?, String)])
    func `a refusal is a sentence that names the key and not the secret`(
        server: String, secret: String?, profile: JitsiConfiguration.Profile?, key: String
    ) {
        let error = #expect(throws: ConfigurationError.self) {
            try resolve(server, secret: secret, profile: profile)
        }
        #expect(error?.problems.count == 1 && error?.description.contains(key) == true)
        if let secret { #expect(error?.description.contains(secret) == false) }
    }

    @Test(arguments: ["", "a b", "été", "a/b", String(repeating: "a", count: 33)])
    func `a prefix that cannot stand in a room's name is refused`(prefix: String) {
        let error = #expect(throws: ConfigurationError.self) { try resolve { $0.roomPrefix = prefix } }
        #expect(error?.description.contains("JITSI_ROOM_PREFIX") == true)
    }
}
