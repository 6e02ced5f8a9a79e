import HTTPTypes

/// The one list of error codes, for REST and for the channel (Protocol.md).
enum ErrorCode: String, Sendable, CaseIterable {
    case invalidField = "invalid_field"
    case badJSON = "bad_json"
    case unknownType = "unknown_type"
    case unauthenticated
    case tokenExpired = "token_expired"
    case tokenRevoked = "token_revoked"
    case forbidden
    case notEnrolled = "not_enrolled"
    case sessionNotFound = "session_not_found"
    case courseNotFound = "course_not_found"
    case userNotFound = "user_not_found"
    case messageNotFound = "message_not_found"
    case eventNotFound = "event_not_found"
    case materialNotFound = "material_not_found"
    case identityConflict = "identity_conflict"
    case sessionNotStarted = "session_not_started"
    case notOpen = "not_open"
    case notLive = "not_live"
    case alreadyLive = "already_live"
    case sessionOver = "session_over"
    case sessionCancelled = "session_cancelled"
    case sessionFull = "session_full"
    case notJoined = "not_joined"
    case chatDisabled = "chat_disabled"
    case chatLocked = "chat_locked"
    case slowMode = "slow_mode"
    case muted
    case removed
    case banned
    case enrollmentClosed = "enrollment_closed"
    case courseFull = "course_full"
    case tooManyGuests = "too_many_guests"
    case rateLimited = "rate_limited"
    case tooLarge = "too_large"
    case notFound = "not_found"
    case methodNotAllowed = "method_not_allowed"
    case unsupportedMediaType = "unsupported_media_type"
    case upgradeRequired = "upgrade_required"
    case idempotencyMismatch = "idempotency_mismatch"
    case conflict
    case storeUnavailable = "store_unavailable"
    case `internal`

    /// The status on the seed's routes: state refusals are 400 there (RestAPI.md, Conventions).
    var status: HTTPResponse.Status {
        switch self {
        case .unauthenticated, .tokenExpired, .tokenRevoked: .unauthorized
        case .forbidden, .notEnrolled, .removed, .banned: .forbidden
        case .sessionNotFound, .courseNotFound, .userNotFound, .messageNotFound, .eventNotFound, .materialNotFound,
            .notFound:
            .notFound
        case .identityConflict, .conflict, .courseFull, .enrollmentClosed, .tooManyGuests: .conflict
        case .idempotencyMismatch: .unprocessableContent
        case .rateLimited: .tooManyRequests
        case .tooLarge: .contentTooLarge
        case .methodNotAllowed: .methodNotAllowed
        case .unsupportedMediaType: .unsupportedMediaType
        case .upgradeRequired: .init(code: 426, reasonPhrase: "Upgrade Required")
        case .storeUnavailable: .serviceUnavailable
        case .internal: .internalServerError
        default: .badRequest
        }
    }
}
