/// Why a channel was closed (Protocol.md): 4000-4499 come back, 4500-4999 do not.
enum CloseCode: UInt16, Sendable, CaseIterable {
    case normal = 1000
    case restart = 4000
    case slowHandshake = 4001
    case noPong = 4002
    case tokenExpired = 4003
    case tooManyRequests = 4004
    case resyncNeeded = 4005
    case storeUnavailable = 4010
    case notOpenYet = 4011
    case badToken = 4500
    case noHello = 4501
    case permissionDenied = 4502
    case removed = 4503
    case banned = 4504
    case sessionGone = 4505
    case tooManyConnections = 4506
    case unsupportedVersion = 4507
    case sessionFull = 4508
    case noSuchSession = 4509
    case sessionOver = 4510

    /// Whether the client should come back by itself.
    var reconnects: Bool { (4000..<4500).contains(rawValue) }

    /// The word in `bye.reason` and in the Close frame.
    var reason: String {
        switch self {
        case .normal: "done"
        case .restart: "restart"
        case .slowHandshake: "slow_handshake"
        case .noPong: "no_pong"
        case .tokenExpired: "token_expired"
        case .tooManyRequests: "too_many_requests"
        case .resyncNeeded: "resync_needed"
        case .storeUnavailable: "store_unavailable"
        case .notOpenYet: "not_open"
        case .badToken: "bad_token"
        case .noHello: "no_hello"
        case .permissionDenied: "permission_denied"
        case .removed: "removed"
        case .banned: "banned"
        case .sessionGone: "session_gone"
        case .tooManyConnections: "too_many_connections"
        case .unsupportedVersion: "unsupported_version"
        case .sessionFull: "session_full"
        case .noSuchSession: "session_not_found"
        case .sessionOver: "session_over"
        }
    }

    /// The close that follows a refused `hello`, by the code of its error reply.
    init(refusing code: ErrorCode) {
        self =
            switch code {
            case .unauthenticated, .tokenRevoked, .identityConflict: .badToken
            case .tokenExpired: .tokenExpired
            case .forbidden, .notEnrolled: .permissionDenied
            case .sessionNotFound, .courseNotFound: .noSuchSession
            case .notOpen, .sessionNotStarted: .notOpenYet
            case .sessionOver: .sessionOver
            case .sessionCancelled: .sessionGone
            case .sessionFull: .sessionFull
            case .removed: .removed
            case .banned: .banned
            case .rateLimited: .tooManyRequests
            case .storeUnavailable, .internal: .storeUnavailable
            default: .noHello
            }
    }
}
