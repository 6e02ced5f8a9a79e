package import HTTPTypes

/// Why the server answers a request itself. `Router.renderFault` turns it into a response.
package enum HTTPFault: Error, Sendable, Equatable {
    /// 400; the text is for people and never contains what the client sent.
    case malformed(String)
    case notFound
    /// 405; `Allow` names these.
    case methodNotAllowed(allowed: [HTTPRequest.Method])
    /// 408: the request did not arrive in time.
    case timedOut
    /// 411: the body came without a length (`Transfer-Encoding`).
    case lengthRequired
    /// 413
    case bodyTooLarge(limit: Int)
    /// 414
    case targetTooLong
    /// 426: no WebSocket handshake, or not version 13.
    case upgradeRequired
    /// 431
    case headersTooLarge
    /// 500
    case failed
    /// 503: more connections than `maxConnections`, or stopping.
    case unavailable
    /// 505
    case versionNotSupported

    package var status: HTTPResponse.Status {
        switch self {
        case .malformed: .badRequest
        case .notFound: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .timedOut: .requestTimeout
        case .lengthRequired: .lengthRequired
        case .bodyTooLarge: .contentTooLarge
        case .targetTooLong: .uriTooLong
        case .upgradeRequired: .upgradeRequired
        case .headersTooLarge: .requestHeaderFieldsTooLarge
        case .failed: .internalServerError
        case .unavailable: .serviceUnavailable
        case .versionNotSupported: .httpVersionNotSupported
        }
    }

    /// Headers that the status calls for; the server sets them whatever `renderFault` makes.
    var requiredHeaders: HTTPFields {
        switch self {
        case .methodNotAllowed(let allowed): [.allow: allowed.map(\.rawValue).joined(separator: ", ")]
        case .upgradeRequired: [.upgrade: "websocket", .secWebSocketVersion: "13"]
        default: [:]
        }
    }
}
