/// What the engine shall do: made by the set-up, read by the engine.
struct SessionPlan: Sendable {
    let id: Int64
    /// Where its connections are opened.
    let path: String
    var clients: [ClientPlan]
    /// The first so many clients post.
    let senderCount: Int
    /// Who teaches the class, where there is one; connects only where a run says so.
    var host: ClientPlan?
}

struct ClientPlan: Sendable {
    /// Number within the run; stands in the marker of the posts.
    let number: Int
    let userID: Int64
    let token: String
    /// The local address to connect from, nil for the system's choice.
    let source: SocketAddress?
    /// Nil for what the way allows.
    var segmentBytes: Int32?
}

/// How posts are paced.
enum Pace: Sendable, Equatable {
    case idle
    /// So many a second in all, whatever the answers do.
    case rate(Double)
    /// So many in flight in each session.
    case inFlight(Int, until: Completion)

    /// When a post counts as done.
    enum Completion: String, Sendable, CaseIterable {
        case acknowledged = "ack"
        /// All clients of the session have it.
        case delivered
    }
}

/// Where the hub is.
struct HubAddress: Sendable {
    let socket: SocketAddress
    /// For the Host field.
    let host: String
    let port: UInt16

    /// `http://host[:port]`, nothing after it.
    init(url: String) throws {
        guard url.hasPrefix("http://") else { throw SetupError("\(url): only http:// is spoken here") }
        var authority = url.dropFirst("http://".count)
        if authority.hasSuffix("/") { authority = authority.dropLast() }
        guard !authority.isEmpty, !authority.contains("/") else { throw SetupError("\(url): no path, please") }
        var name = authority
        var port: UInt16 = 80
        if let colon = authority.lastIndex(of: ":"), !authority.hasSuffix("]") {
            guard let number = UInt16(authority[authority.index(after: colon)...]) else {
                throw SetupError("\(url): no such port")
            }
            port = number
            name = authority[..<colon]
        }
        if name.hasPrefix("["), name.hasSuffix("]") { name = name.dropFirst().dropLast() }
        host = String(authority)
        self.port = port
        socket = try SocketAddress(host: String(name), port: port)
    }
}
