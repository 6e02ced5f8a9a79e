import StrictJSON

/// What one person, one session, one connection and one address may ask of the hub; told to clients in `welcome.limits`
/// and by `GET /api/config`.
///
/// 0 switches a rate limit or a count off. Times are in milliseconds.
package struct HubLimits: Sendable, Equatable {
    /// Messages per second and person, and how many at once (AMPHI_LIMIT_POSTS_PER_USER, AMPHI_LIMIT_POSTS_BURST).
    var postsPerUser = 5
    var postsPerUserBurst = 10
    /// Messages per second in one session.
    var postsPerSession = 200
    /// Frames of any kind per second of one person in one session, over all their connections, and as many at once.
    var commandsPerConnection = 200
    /// Starts, ends and changes of classes per second, by one person and in one session. Two seconds' worth may come at
    /// once.
    package var steeringPerUser = 10
    package var steeringPerSession = 20
    /// Open channels of one person in one session.
    var connectionsPerUser = 8
    /// New connections per second from one address; faster ones wait.
    package var connectionsPerAddress = 100
    /// Connections of one address at once. 0 means no limit, nil a quarter of `connections`.
    package var openPerAddress: Int?
    /// REST requests per second and person. Three seconds' worth may come at once. Services are not limited.
    package var requestsPerUser = 20
    /// REST requests per second and address; faster ones wait up to two seconds.
    package var requestsPerAddress = 500
    /// Imports of one person in an hour; one at a time. Services are not limited.
    var importsPerUser = 60
    /// Imports in all: one is worked on, the others wait their turn.
    var imports = 4
    /// Connections in all.
    var connections = 16_384
    /// Bytes of request bodies in memory, all together.
    var bodyBytes = 64 * 1024 * 1024
    package var helloMilliseconds: Int64 = 5000
    package var pingMilliseconds: Int64 = 20_000
    var pongMilliseconds: Int64 = 8000
    var frameBytes = 65_536
    var textCharacters = 4000
    /// Events in one answer of `history`, at most.
    var history = 200
    /// Failed sign-ins of one account, and from one address, before the next one has to wait.
    var loginFailures = 5
    var loginFailuresPerAddress = 100
    /// The longest such wait; it doubles from a second on.
    var loginDelayMilliseconds: Int64 = 300_000

    init() {}

    var mostOpenPerAddress: Int { openPerAddress ?? max(1, connections / 4) }

    var json: JSON {
        [
            "frame_bytes": .integer(Int64(frameBytes)),
            "connections_per_user": .integer(Int64(connectionsPerUser)),
            "posts_per_user": [
                "per_second": .integer(Int64(postsPerUser)), "burst": .integer(Int64(postsPerUserBurst)),
            ],
            "posts_per_session": ["per_second": .integer(Int64(postsPerSession))],
            "commands_per_connection": ["per_second": .integer(Int64(commandsPerConnection))],
            "steering_per_user": ["per_second": .integer(Int64(steeringPerUser))],
            "steering_per_session": ["per_second": .integer(Int64(steeringPerSession))],
            "connections_per_address": [
                "per_second": .integer(Int64(connectionsPerAddress)), "at_once": .integer(Int64(mostOpenPerAddress)),
            ],
            "requests_per_user": ["per_second": .integer(Int64(requestsPerUser))],
            "requests_per_address": ["per_second": .integer(Int64(requestsPerAddress))],
            "imports_per_user": ["per_hour": .integer(Int64(importsPerUser)), "at_once": 1],
            "imports": ["at_once": .integer(Int64(imports))],
            "hello_ms": .integer(helloMilliseconds),
            "ping_ms": .integer(pingMilliseconds),
            "pong_ms": .integer(pongMilliseconds),
            "text_characters": .integer(Int64(textCharacters)),
            "history": .integer(Int64(history)),
        ]
    }
}
