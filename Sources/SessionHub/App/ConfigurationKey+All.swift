import Logging

extension ConfigurationKey {
    /// Every key. Parsing, `amphi serve --help-keys`, `amphi doctor` and Configuration.md's table are made from it.
    package static let all: [ConfigurationKey] = serving + classes + jitsi + limits

    private static let serving: [ConfigurationKey] = [
        .optionalText(
            "JWT_SECRET", \.jwtSecret, secret: true,
            "Signs the platform's tokens (HS256); 32 bytes or more. Required by `serve`, but for `--demo`."
        ),
        .text("AMPHI_HOST", \.host, "Address to listen on."),
        .number("AMPHI_PORT", \.port, 0...65_535, "Port to listen on; 0 takes any free one."),
        .text(
            "AMPHI_DATABASE", \.database,
            "The SQLite file, made when missing; or `postgres://USER@HOST/NAME`, in a build with PostgreSQL."
        ),
        .text(
            "AMPHI_NODE", \.node,
            "With PostgreSQL: this hub's name among those of its database, and of its control socket `NAME.sock`.",
            check: { name in
                let isName =
                    name.utf8.count <= 40 && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
                return isName ? nil : "must be at most 40 letters, digits and hyphens."
            }
        ),
        .number("AMPHI_LOOPS", \.loops, 0...64, defaultText: "cores, at most 4", "Event loops (threads)."),
        .optionalText("AMPHI_TLS_CERT", \.tlsCertificate, type: "path", "Certificate chain, PEM; with AMPHI_TLS_KEY."),
        .optionalText("AMPHI_TLS_KEY", \.tlsKey, type: "path", "Private key, PEM."),
        .optionalText(
            "AMPHI_PUBLIC_URL", \.publicURL, type: "URL", defaultText: "the listening address",
            "Where browsers reach the hub, perhaps with a path; links, pages and channel addresses start with it.",
            check: PublicAddress.problem
        ),
        .list(
            "AMPHI_ALLOWED_ORIGINS", \.allowedOrigins, type: "origins, or *",
            "Origins of other sites whose pages may call the hub; its own is always allowed.",
            check: { origin in
                origin == "*" || WebOrigin(origin)?.text == origin.lowercased()
                    ? nil : "must list origins such as https://school.example, not \"\(origin)\"."
            }
        ),
        .list(
            "AMPHI_TRUSTED_PROXIES", \.trustedProxies, type: "addresses, CIDR",
            "Proxies whose word about their clients' addresses is believed.", check: TrustedProxies.problem
        ),
        .word(
            "AMPHI_PROXY_HEADER", \.proxyHeader,
            "Where they say it: X-Forwarded-For, or Forwarded; `either` takes Forwarded when the other is missing."
        ),
        .list(
            "AMPHI_FRAME_ANCESTORS", \.frameAncestors, type: "origins, 'self' or 'none'",
            "Sites that may show the hub's pages in a frame.",
            check: { source in
                ["'self'", "'none'"].contains(source) || WebOrigin(source)?.text == source.lowercased()
                    ? nil : "must list origins, 'self' or 'none', not \"\(source)\"."
            }
        ),
        .word("AMPHI_LANGUAGE", \.language, "Language for clients that name none."),
        .word("AMPHI_LOG_LEVEL", \.logLevel, "Least level that is logged."),
        .optionalText(
            "AMPHI_WEB_ROOT", \.webRoot, type: "path", defaultText: "public",
            "The page's files: looked for in the working directory, beside the executable, in /usr/share/amphi."
        ),
        .optionalText(
            "AMPHI_MIGRATIONS", \.migrations, type: "path", defaultText: "migrations",
            "The database's migrations; looked for in the same places."
        ),
    ]

    private static let classes: [ConfigurationKey] = [
        .text(
            "AMPHI_TIME_ZONE", \.timeZone, "Where plain dates of a calendar count when a course has no `time_zone`.",
            check: { name in
                TimeZones(named: name) == nil
                    ? "must be a zone such as Africa/Dakar that this machine's tzdata knows, not \"\(name)\"." : nil
            }
        ),
        .duration("AMPHI_JOIN_WINDOW", \.windows.joinWindow, "How long before its start a class opens."),
        .duration("AMPHI_AFTERTALK", \.windows.aftertalk, "How long after its end the channel stays open."),
        .duration(
            "AMPHI_AUTO_END", \.windows.autoEnd,
            "A class ends by itself so long after its scheduled end without a host; 0 leaves it to the 12 hours."
        ),
        .number(
            "AMPHI_MAX_PARTICIPANTS", \.maxParticipants, 1...CourseRoom.most,
            "Least room of a class for which nobody has said how many may attend; it grows with its course."
        ),
        .duration("AMPHI_GRACE", \.windows.grace, "How long a place is kept when a connection breaks."),
    ]

    private static let jitsi: [ConfigurationKey] = [
        .text(
            "JITSI_SERVER_URL", \.jitsi.serverURL,
            "Where browsers reach Jitsi, with its port; one word after the host is the tenant.",
            check: JitsiAddress.serverProblem
        ),
        .text("JITSI_APP_ID", \.jitsi.appID, "`iss` of Jitsi tokens: Prosody's app_id."),
        .optionalText(
            "JITSI_APP_SECRET", \.jitsi.appSecret, secret: true,
            "Signs Jitsi tokens: Prosody's app_secret; 32 bytes or more, not JWT_SECRET."
        ),
        .optionalText(
            "JITSI_DOMAIN", \.jitsi.domain, type: "domain", defaultText: "the server's host",
            "The XMPP domain of its Prosody (`meet.jitsi` in docker): `sub` of Jitsi tokens, where no tenant is.",
            check: JitsiAddress.domainProblem
        ),
        .optionalWord(
            "JITSI_PROFILE", \.jitsi.profile, "How rooms are entered; chosen by server and secret when not set."),
        .optionalText("JITSI_AUDIENCE", \.jitsi.audience, defaultText: "JITSI_APP_ID", "`aud` of Jitsi tokens."),
        .text("JITSI_ROOM_PREFIX", \.jitsi.roomPrefix, "First part of room names."),
        .word(
            "JITSI_TOKEN_IN", \.jitsi.tokenPlace, "Where a join URL carries the token; `query` for old servers only."),
    ]

    private static let limits: [ConfigurationKey] = [
        .switchable("AMPHI_LIMIT_POSTS_PER_USER", \.limits.postsPerUser, "Messages per second and person"),
        .number("AMPHI_LIMIT_POSTS_BURST", \.limits.postsPerUserBurst, 1...most, "Messages of one person at once."),
        .switchable("AMPHI_LIMIT_POSTS_PER_SESSION", \.limits.postsPerSession, "Messages per second in one session"),
        .switchable(
            "AMPHI_LIMIT_COMMANDS_PER_CONNECTION", \.limits.commandsPerConnection,
            "Commands per second of one person in one session, of any kind, over all their connections"
        ),
        .switchable(
            "AMPHI_LIMIT_STEERING_PER_USER", \.limits.steeringPerUser,
            "Starts, ends and changes of classes per second and person"
        ),
        .switchable(
            "AMPHI_LIMIT_STEERING_PER_SESSION", \.limits.steeringPerSession, "The same in one session"
        ),
        .switchable(
            "AMPHI_LIMIT_CONNECTIONS_PER_USER", \.limits.connectionsPerUser,
            "Channels of one person in one session"
        ),
        .switchable(
            "AMPHI_LIMIT_CONNECTIONS_PER_ADDRESS", \.limits.connectionsPerAddress,
            "New connections per second and address; faster ones wait"
        ),
        .optionalNumber(
            "AMPHI_LIMIT_OPEN_PER_ADDRESS", \.limits.openPerAddress, 0...most,
            defaultText: "a quarter of AMPHI_LIMIT_CONNECTIONS",
            "Connections of one address at once, waiting ones included; more get 503; 0 is off."
        ),
        .switchable(
            "AMPHI_LIMIT_REQUESTS_PER_USER", \.limits.requestsPerUser,
            "REST requests per second and person; more get 429"
        ),
        .switchable(
            "AMPHI_LIMIT_REQUESTS_PER_ADDRESS", \.limits.requestsPerAddress,
            "The same per address; faster ones wait, beyond 2 s they get 429"
        ),
        .number(
            "AMPHI_LIMIT_IMPORTS_PER_USER", \.limits.importsPerUser, 0...most,
            "Imports per hour and person, dry runs included; more get 429; 0 is off. One at a time in any case."
        ),
        .number(
            "AMPHI_LIMIT_IMPORTS", \.limits.imports, 1...100,
            "Imports in all: one is worked on, the others wait; more get 429."
        ),
        .number(
            "AMPHI_LIMIT_CONNECTIONS", \.limits.connections, 1...most,
            "Connections in all; for more the longest idle makes room, else they get 503."
        ),
        .number(
            "AMPHI_LIMIT_BODY_BYTES", \.limits.bodyBytes, 33_554_432...1_099_511_627_776,
            "Bytes of request bodies in memory, all together; more get 503."
        ),
        .duration("AMPHI_LIMIT_HELLO", \.limits.helloMilliseconds, atLeast: 10, "For a channel's first frame."),
        .duration("AMPHI_LIMIT_PING", \.limits.pingMilliseconds, atLeast: 10, "Between two pings of the server."),
        .duration("AMPHI_LIMIT_PONG", \.limits.pongMilliseconds, atLeast: 10, "For the answer to a ping."),
        .number("AMPHI_LIMIT_FRAME_BYTES", \.limits.frameBytes, 1024...16_777_216, "Largest frame from a client."),
        .number("AMPHI_LIMIT_TEXT", \.limits.textCharacters, 1...16_000, "Longest message, in characters."),
        .number("AMPHI_LIMIT_HISTORY", \.limits.history, 1...1000, "Events in one page of the history."),
        .switchable(
            "AMPHI_LIMIT_LOGIN_FAILURES", \.limits.loginFailures,
            "Failed sign-ins of one account before the next has to wait"
        ),
        .number(
            "AMPHI_LIMIT_LOGIN_FAILURES_PER_ADDRESS", \.limits.loginFailuresPerAddress, 0...most,
            "The same from one address; 0 is off, as behind a proxy."
        ),
        .duration(
            "AMPHI_LIMIT_LOGIN_DELAY", \.limits.loginDelayMilliseconds, atLeast: 1000,
            "The longest such wait of an account; of an address 10 s."
        ),
    ]

    private static let most = 1_000_000

    /// A limit that 0 switches off.
    private static func switchable<Number: FixedWidthInteger & Sendable>(
        _ name: String, _ path: any Path<Number>, _ text: String
    ) -> ConfigurationKey {
        .number(name, path, 0...Number(most), "\(text); 0 is off.")
    }
}
