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
    /// 413
    case bodyTooLarge(limit: Int)
    /// 414
    case targetTooLong
    /// 415: a body that is compressed (`Content-Encoding`).
    case encodedBody
    /// 426: no WebSocket handshake, or not version 13.
    case upgradeRequired
    /// 431
    case headersTooLarge
    /// 500
    case failed
    /// 501: a `Transfer-Encoding` beside chunked.
    case codingNotImplemented
    /// 503: more connections than `maxConnections` or than an address may have, or stopping.
    case unavailable
    /// 503: too many bytes of bodies are in memory.
    case bodiesInTheWay
    /// 503: too many bytes of answers wait for their readers.
    case answersInTheWay
    /// 505
    case versionNotSupported

    package var status: HTTPResponse.Status {
        switch self {
        case .malformed: .badRequest
        case .notFound: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .timedOut: .requestTimeout
        case .bodyTooLarge: .contentTooLarge
        case .targetTooLong: .uriTooLong
        case .encodedBody: .unsupportedMediaType
        case .upgradeRequired: .upgradeRequired
        case .headersTooLarge: .requestHeaderFieldsTooLarge
        case .failed: .internalServerError
        case .codingNotImplemented: .notImplemented
        case .unavailable, .bodiesInTheWay, .answersInTheWay: .serviceUnavailable
        case .versionNotSupported: .httpVersionNotSupported
        }
    }

    /// Headers that the status calls for; the server sets them whatever `renderFault` makes.
    var requiredHeaders: HTTPFields {
        switch self {
        case .methodNotAllowed(let allowed): [.allow: allowed.map(\.rawValue).joined(separator: ", ")]
        case .upgradeRequired: [.upgrade: "websocket", .secWebSocketVersion: "13"]
        // RFC 9110, 15.5.16: an unsupported content coding is told by what would do.
        case .encodedBody: [.acceptEncoding: "identity"]
        case .unavailable, .bodiesInTheWay, .answersInTheWay: [.retryAfter: "1"]
        default: [:]
        }
    }
}
