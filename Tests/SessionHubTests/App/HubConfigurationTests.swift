import Foundation
import Logging
import StrictJSON
import Testing

@testable import SessionHub

@Suite("Configuration")
struct HubConfigurationTests {
    static let secret = "k3Qz8vN1xW6tB9rY4mL7cJ2pH5gF0dSa"

    func read(_ values: [String: String]) throws(ConfigurationError) -> HubConfiguration {
        try HubConfiguration { values[$0] }
    }

    @Test func `nothing set is the defaults`() throws {
        #expect(try read([:]) == HubConfiguration())
        #expect(try read(["AMPHI_PORT": " ", "AMPHI_HOST": ""]) == HubConfiguration())
    }

    // Found from outside, no. 33
    @Test(arguments: ["JITSI_APP_ID", "JITSI_AUDIENCE", "JITSI_ROOM_PREFIX", "AMPHI_WEB_ROOT"])
    func `a tab that came with a paste is refused, by name`(key: String) {
        for text in ["a\tb", "a\nb", "a\u{7}b", "a\u{85}b"] {
            let error = #expect(throws: ConfigurationError.self) { try read([key: text]) }
            #expect(error?.problems.first?.hasPrefix("\(key) ") == true)
        }
        #expect(throws: Never.self) { try read([key: " ab\t"]) }
    }

    @Test func `every key is read`() throws {
        let values = [
            "JWT_SECRET": Self.secret, "AMPHI_HOST": "::1", "AMPHI_PORT": "0", "AMPHI_DATABASE": "/srv/a.db",
            "AMPHI_NODE": "east-1",
            "AMPHI_LOOPS": "3", "AMPHI_TLS_CERT": "/c", "AMPHI_TLS_KEY": "/k",
            "AMPHI_PUBLIC_URL": "https://h.example/x",
            "AMPHI_TRUSTED_PROXIES": "10.0.0.0/8 ::1", "AMPHI_LIMIT_REQUESTS_PER_USER": "16",
            "AMPHI_LIMIT_REQUESTS_PER_ADDRESS": "17",
            "AMPHI_ALLOWED_ORIGINS": "https://a.example, http://b.example:81", "AMPHI_FRAME_ANCESTORS": "'none'",
            "AMPHI_LANGUAGE": "fr", "AMPHI_LOG_LEVEL": "Debug", "AMPHI_WEB_ROOT": "/w", "AMPHI_MIGRATIONS": "/m",
            "AMPHI_JOIN_WINDOW": "5m", "AMPHI_AFTERTALK": "1h", "AMPHI_GRACE": "500ms",
            "AMPHI_AUTO_END": "2h", "AMPHI_TIME_ZONE": "Africa/Dakar", "AMPHI_MAX_PARTICIPANTS": "80",
            "JITSI_SERVER_URL": "https://meet.example.org", "JITSI_APP_ID": "app", "JITSI_APP_SECRET": "s",
            "JITSI_DOMAIN": "d", "JITSI_PROFILE": "self-hosted", "JITSI_AUDIENCE": "aud", "JITSI_ROOM_PREFIX": "p",
            "JITSI_TOKEN_IN": "query", "AMPHI_LIMIT_POSTS_PER_USER": "0", "AMPHI_LIMIT_POSTS_BURST": "1",
            "AMPHI_LIMIT_POSTS_PER_SESSION": "2", "AMPHI_LIMIT_COMMANDS_PER_CONNECTION": "3",
            "AMPHI_LIMIT_CONNECTIONS_PER_USER": "4", "AMPHI_LIMIT_CONNECTIONS_PER_ADDRESS": "5",
            "AMPHI_LIMIT_CONNECTIONS": "6", "AMPHI_LIMIT_HELLO": "7s", "AMPHI_LIMIT_PING": "8",
            "AMPHI_LIMIT_PONG": "9s",
            "AMPHI_LIMIT_FRAME_BYTES": "2048", "AMPHI_LIMIT_TEXT": "11", "AMPHI_LIMIT_HISTORY": "12",
            "AMPHI_LIMIT_LOGIN_FAILURES": "13", "AMPHI_LIMIT_LOGIN_FAILURES_PER_ADDRESS": "14",
            "AMPHI_LIMIT_LOGIN_DELAY": "15s", "AMPHI_LIMIT_IMPORTS_PER_USER": "18", "AMPHI_LIMIT_IMPORTS": "19",
            "AMPHI_PROXY_HEADER": "forwarded", "AMPHI_LIMIT_OPEN_PER_ADDRESS": "20",
            "AMPHI_LIMIT_BODY_BYTES": "40000000",
            "AMPHI_LIMIT_STEERING_PER_USER": "22", "AMPHI_LIMIT_STEERING_PER_SESSION": "21",
        ]
        #expect(Set(values.keys) == Set(ConfigurationKey.all.map(\.name)))
        #expect(try read(values) == Self.everything)
    }

    static let everything: HubConfiguration = {
        var all = HubConfiguration()
        (all.jwtSecret, all.host, all.port, all.database, all.loops) = (secret, "::1", 0, "/srv/a.db", 3)
        all.node = "east-1"
        (all.tlsCertificate, all.tlsKey, all.publicURL) = ("/c", "/k", "https://h.example/x")
        all.allowedOrigins = ["https://a.example", "http://b.example:81"]
        (all.frameAncestors, all.language, all.logLevel) = (["'none'"], .french, .debug)
        (all.webRoot, all.migrations) = ("/w", "/m")
        all.maxParticipants = 80
        (all.windows.joinWindow, all.windows.aftertalk, all.windows.grace) = (300_000, 3_600_000, 500)
        (all.windows.autoEnd, all.timeZone) = (7_200_000, "Africa/Dakar")
        (all.jitsi.serverURL, all.jitsi.appID, all.jitsi.appSecret) = ("https://meet.example.org", "app", "s")
        (all.jitsi.domain, all.jitsi.profile, all.jitsi.audience) = ("d", .selfHosted, "aud")
        (all.jitsi.roomPrefix, all.jitsi.tokenPlace) = ("p", .query)
        (all.limits.postsPerUser, all.limits.postsPerUserBurst, all.limits.postsPerSession) = (0, 1, 2)
        (all.limits.commandsPerConnection, all.limits.connectionsPerUser, all.limits.connectionsPerAddress) = (3, 4, 5)
        (all.limits.connections, all.limits.helloMilliseconds, all.limits.pingMilliseconds) = (6, 7000, 8000)
        (all.limits.pongMilliseconds, all.limits.frameBytes, all.limits.textCharacters) = (9000, 2048, 11)
        (all.limits.history, all.limits.loginFailures, all.limits.loginFailuresPerAddress) = (12, 13, 14)
        all.limits.loginDelayMilliseconds = 15_000
        (all.limits.requestsPerUser, all.limits.requestsPerAddress) = (16, 17)
        (all.limits.importsPerUser, all.limits.imports) = (18, 19)
        (all.limits.openPerAddress, all.limits.bodyBytes) = (20, 40_000_000)
        (all.trustedProxies, all.proxyHeader) = (["10.0.0.0/8", "::1"], .forwarded)
        (all.limits.steeringPerUser, all.limits.steeringPerSession) = (22, 21)
        return all
    }()

    @Test(arguments: [
        ("AMPHI_PORT", "65536"), ("AMPHI_PORT", "-1"), ("AMPHI_PORT", "http"), ("AMPHI_LOOPS", "65"),
        ("AMPHI_PUBLIC_URL", "hub.example"), ("AMPHI_ALLOWED_ORIGINS", "https://a.example/path"),
        ("AMPHI_ALLOWED_ORIGINS", "null"), ("AMPHI_TRUSTED_PROXIES", "10.0.0.0/33"),
        ("AMPHI_FRAME_ANCESTORS", "everybody; script-src *"),
        ("AMPHI_LANGUAGE", "de"), ("AMPHI_LOG_LEVEL", "loud"), ("AMPHI_GRACE", "10 minutes"), ("AMPHI_GRACE", "-1s"),
        ("AMPHI_LIMIT_HELLO", "0"), ("AMPHI_JOIN_WINDOW", "999999999h"), ("JITSI_PROFILE", "public"),
        ("JITSI_TOKEN_IN", "cookie"), ("AMPHI_LIMIT_TEXT", "0"), ("AMPHI_LIMIT_POSTS_PER_USER", "1.5"),
        ("AMPHI_PUBLIC_URL", "https://h.example/a?b"), ("AMPHI_PROXY_HEADER", "x-real-ip"),
        ("AMPHI_LIMIT_OPEN_PER_ADDRESS", "-1"), ("AMPHI_LIMIT_BODY_BYTES", "1024"),
    ])
    func `a value that cannot be used is answered by a sentence that names its key`(key: String, value: String) {
        let error = #expect(throws: ConfigurationError.self) { try read([key: value]) }
        #expect(error?.problems.count == 1 && error?.description.hasPrefix(key) == true)
    }

    @Test func `all bad values are told at once`() {
        let error = #expect(throws: ConfigurationError.self) {
            try read(["AMPHI_PORT": "x", "AMPHI_LANGUAGE": "x"])
        }
        #expect(error?.problems.count == 2)
    }

    @Test(arguments: [
        (["JWT_SECRET": secret], []), ([:], ["JWT_SECRET"]), (["JWT_SECRET": "short"], ["JWT_SECRET"]),
        (["JWT_SECRET": "your-secret-key-your-secret-key-your"], ["JWT_SECRET"]),
        (["JWT_SECRET": secret, "JITSI_APP_SECRET": secret], ["JITSI_APP_SECRET"]),
        (["JWT_SECRET": secret, "AMPHI_TLS_CERT": "/c"], ["AMPHI_TLS_CERT"]),
        (["JWT_SECRET": "x", "JITSI_APP_SECRET": "y"], ["JWT_SECRET", "JITSI_APP_SECRET"]),
    ])
    func `what keeps a hub from serving is told, and never the secret`(values: [String: String], keys: [String]) throws
    {
        let problems = try read(values).problems
        #expect(problems.map { $0.prefix { $0 != " " } } == keys.map { $0[...] })
        #expect(!problems.contains { $0.contains(Self.secret) })
    }

    @Test(arguments: [("500ms", 500), ("90s", 90_000), ("90", 90_000), ("10m", 600_000), ("2h", 7_200_000), ("0", 0)])
    func `times have units`(text: String, milliseconds: Int64) {
        #expect(DurationText.milliseconds(text) == milliseconds)
        #expect(DurationText.milliseconds(DurationText.text(milliseconds)) == milliseconds)
    }

    @Test func `secrets are marked and show no default`() {
        #expect(ConfigurationKey.all.filter(\.isSecret).map(\.name) == ["JWT_SECRET", "JITSI_APP_SECRET"])
        #expect(Set(ConfigurationKey.all.map(\.name)).count == ConfigurationKey.all.count)
        #expect(ConfigurationKey.markdownTable.contains("| `AMPHI_PORT` | 0-65535 | `8080` |  | Port to listen on"))
    }

    @Test func `the guide's table is the table of the keys`() throws {
        let top = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardizedFileURL
        let guide = top.appending(path: "Sources/SessionHub/Documentation.docc/Configuration.md")
        #expect(
            try String(contentsOf: guide, encoding: .utf8).contains(ConfigurationKey.markdownTable),
            "\(ConfigurationKey.markdownTable)")
    }

    // Found from outside, no. 20a
    @Test func `what systemd passes to another process is left alone, and forgotten`() throws {
        let names = ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"]
        for name in names { setenv(name, "1", 1) }
        var configuration = HubConfiguration()
        try configuration.takeActivationSocket { ["LISTEN_PID": "1", "LISTEN_FDS": "1"][$0] }
        #expect(configuration == HubConfiguration())
        #expect(names.allSatisfy { getenv($0) == nil })
    }

    // Found from outside, no. A4
    @Test(arguments: [(nil, 16_384, 4096), (nil, 2, 1), (0, 100, 0), (7, 100, 7)] as [(Int?, Int, Int)])
    func `an address may have a quarter of all connections, unless it is said otherwise`(set: Int?, all: Int, most: Int)
    {
        var limits = HubLimits()
        (limits.openPerAddress, limits.connections) = (set, all)
        #expect(limits.mostOpenPerAddress == most)
    }

    @Test func `limits are told to clients as the protocol says`() {
        #expect(
            HubLimits().json == [
                "frame_bytes": 65_536, "connections_per_user": 8, "posts_per_user": ["per_second": 5, "burst": 10],
                "posts_per_session": ["per_second": 200], "commands_per_connection": ["per_second": 200],
                "steering_per_user": ["per_second": 10], "steering_per_session": ["per_second": 20],
                "connections_per_address": ["per_second": 100, "at_once": 4096],
                "requests_per_user": ["per_second": 20],
                "requests_per_address": ["per_second": 500],
                "imports_per_user": ["per_hour": 60, "at_once": 1], "imports": ["at_once": 4], "hello_ms": 5000,
                "ping_ms": 20_000, "pong_ms": 8000,
                "text_characters": 4000, "history": 200,
            ]
        )
    }
}
