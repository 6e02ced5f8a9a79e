import HTTPTypes
import WebSocketServer

/// Which sites' pages may open channels and call the API from a browser (AMPHI_ALLOWED_ORIGINS).
///
/// The hub's own pages always may: their origin is the public address, or the host that the request itself names.
/// Programs send no Origin and are not concerned; what protects the data is the token.
struct OriginPolicy: Sendable {
    private let allowed: Set<WebOrigin>
    private let allowsAll: Bool
    private let own: PublicAddress

    init(allowedOrigins: [String], own: PublicAddress) {
        allowsAll = allowedOrigins.contains("*")
        allowed = Set(allowedOrigins.compactMap { WebOrigin($0) })
        self.own = own
    }

    /// Whether this request may open a channel, or read an answer.
    func allows(_ request: Request) -> Bool {
        guard let header = request.headers[.origin] else { return true }
        if allowsAll { return true }
        // Also refuses `null`, the origin of sandboxed frames and local files.
        guard let origin = WebOrigin(header) else { return false }
        if allowed.contains(origin) || own.origin == origin { return true }
        // A proxy may end TLS in front of the hub, so the scheme is the page's word.
        return Self.host(request.headers).flatMap { WebOrigin(scheme: origin.scheme, authority: $0) } == origin
    }

    /// Adds the CORS headers (Fetch standard, 3.2) to an answer for a page of an allowed origin.
    func mark(_ response: inout Response, for request: Request) {
        guard let origin = request.headers[.origin], allows(request) else { return }
        response.headers[.accessControlAllowOrigin] = origin
        response.headers[.vary] = "Origin"
        response.headers[.accessControlExposeHeaders] = "X-Request-Id, Retry-After"
    }

    /// The answer to a preflight for a path with these methods; nil when the request is none, or not allowed.
    func preflight(_ request: Request, methods: [HTTPRequest.Method]) -> Response? {
        guard request.method == .options, request.headers[.origin] != nil, allows(request),
            request.headers[.accessControlRequestMethod] != nil
        else { return nil }
        return Response(
            status: .noContent,
            headers: [
                .accessControlAllowMethods: methods.map(\.rawValue).joined(separator: ", "),
                .accessControlAllowHeaders: "Authorization, Content-Type, Idempotency-Key, Accept-Language",
                .accessControlMaxAge: "600",
            ]
        )
    }

    /// HTTPTypes keeps its own `Host` for HTTP/2's `:authority`; libwebsockets speaks HTTP/1.1 here.
    private static let hostName = HTTPField.Name("Host")

    private static func host(_ headers: HTTPFields) -> String? { hostName.flatMap { headers[$0] } }
}
