/// Everything that can be set about a server. Times have the default of `Protocol.md` and are short in tests.
package struct WebServerConfiguration: Sendable {
    /// PEM files.
    package struct TLS: Sendable {
        package var certificatePath: String
        package var keyPath: String

        package init(certificatePath: String, keyPath: String) {
            self.certificatePath = certificatePath
            self.keyPath = keyPath
        }
    }

    /// A literal IPv4 or IPv6 address, or a name.
    package var host = "127.0.0.1"
    /// 0: any free port; `start()` returns it.
    package var port: UInt16 = 0
    /// A listening socket that was inherited (systemd's LISTEN_FDS), in place of `host` and `port`.
    package var inheritedSocket: Int32?
    package var tls: TLS?
    /// A Unix socket for programs of this user on this machine: plain HTTP, whatever the TCP socket speaks. Nil: none.
    package var controlSocket: String?
    /// Connections in all, those that wait included. For more, the longest idle HTTP connection makes room; when none
    /// is idle they are answered 503.
    package var maxConnections = 16_384
    /// Connections of one address at once, those that wait included; more are answered 503. 0 = off.
    package var maxConnectionsPerAddress = 0
    /// New connections per second and source address; what comes faster is delayed, not refused. 0 = off.
    package var connectionsPerSecondPerAddress = 100
    /// Whether the limits per address do not count one (a reverse proxy).
    package var isUnlimited: @Sendable (String) -> Bool = { _ in false }

    /// Request line and headers together.
    package var maxHeadBytes = 16 * 1024
    /// Request bodies in memory, all together (`BodyBudget`); more are answered 503.
    package var maxBodyBytesInAll = 64 * 1024 * 1024
    /// Answers in memory until their readers have taken them, all together: half of it for those over 64 KiB, a
    /// sixteenth of that for one reader (`BodyBudget`); more are answered 503. Smaller answers do not count.
    package var maxAnswerBytesInAll = 256 * 1024 * 1024
    /// From the first byte of a request to the end of its headers.
    package var headTimeout: Duration = .seconds(10)
    /// From the headers to the end of the body; longer for whoever is known, while it comes no slower than
    /// `slowestBody`.
    package var bodyTimeout: Duration = .seconds(30)
    /// Bytes a second, beyond `bodyTimeout`.
    package var slowestBody = 4096
    /// Without a request in flight.
    package var keepAliveTimeout: Duration = .seconds(60)
    /// Without any progress while a response is being sent.
    package var writeTimeout: Duration = .seconds(20)
    /// For what a client still sends after a refusal, so that it can read the answer: silence ends it, `bodyTimeout` at
    /// the latest.
    package var lingerTimeout: Duration = .seconds(2)

    /// One WebSocket message; more closes with 1009.
    package var maxMessageBytes = 64 * 1024
    /// What lws hands over at once, and allocates for each WebSocket. A command of a chat fits; what is longer arrives
    /// in pieces.
    package var receiveBufferBytes = 256
    /// The first ping after a random time from this range, so that connections of one moment do not ping together.
    package var firstPing: ClosedRange<Duration> = .seconds(10)...(.seconds(20))
    package var pingInterval: Duration = .seconds(20)
    /// Silence after a ping has arrived until the connection counts as dead.
    package var pongTimeout: Duration = .seconds(8)
    /// A peer whose kernel takes no more need not answer, but must take something once in this time. A program that
    /// reads 64 KB a minute makes its kernel ask for more every second minute: it opens its window when a large part of
    /// its buffer is free.
    package var readStall: Duration = .seconds(150)
    /// The close code that a handler hears for a dead peer.
    package var deadPeerCode: UInt16 = 4002
    /// From our Close frame until the connection is dropped.
    package var closeTimeout: Duration = .seconds(3)
    /// SO_SNDBUF of accepted sockets; nil leaves it to the kernel, which grants each slow reader up to 4 MB (tcp_wmem)
    /// that no figure of the process shows. A reader that is behind costs this much, and is caught up from the ring and
    /// the journal.
    package var sendBufferBytes: Int32? = 262_144

    package init() {}
}

/// What a server counts. Totals since the start, except `open...`.
package struct ServerCounters: Sendable, Equatable {
    package var openConnections = 0
    package var totalConnections = 0
    /// Answered with 503 because of `maxConnections` or `maxConnectionsPerAddress`.
    package var refusedConnections = 0
    package var requests = 0
    package var openWebSockets = 0
    package var totalWebSockets = 0
    /// Payload bytes, after TLS and without WebSocket frame headers.
    package var bytesReceived = 0
    package var bytesSent = 0

    package init() {}
}
