import HTTPTypes
import WebSocketServer

/// The headers that every response carries, so that a browser does with it only what the page needs.
struct SecurityHeaders: Sendable {
    private let jitsiOrigin: String
    private let own: PublicAddress
    private let frameAncestors: String
    private let fixed: [HTTPField]

    /// - Parameter jitsiOrigin: the one foreign site that may run a script and a frame in the page.
    init(jitsiOrigin: String, own: PublicAddress, frameAncestors: [String], usesTLS: Bool) {
        self.jitsiOrigin = jitsiOrigin
        self.own = own
        self.frameAncestors = frameAncestors.joined(separator: " ")
        let media = "(self \"\(jitsiOrigin)\")"
        let features = ["camera", "microphone", "display-capture", "autoplay", "fullscreen", "clipboard-write"]
        var fields = [
            HTTPField(name: .xContentTypeOptions, value: "nosniff"),
            // Jitsi's frame must learn the origin that embeds it, and nobody the path, which names a class.
            Self.field("Referrer-Policy", "strict-origin-when-cross-origin"),
            Self.field(
                "Permissions-Policy",
                features.map { "\($0)=\(media)" }.joined(separator: ", ") + ", geolocation=(), payment=(), usb=()"
            ),
        ].compactMap(\.self)
        if usesTLS || own.httpBase.hasPrefix("https:") {
            fields.append(HTTPField(name: .strictTransportSecurity, value: "max-age=31536000"))
        }
        fixed = fields
    }

    /// Sets what the response does not set itself.
    func apply(to response: inout Response) {
        for field in fixed where response.headers[field.name] == nil { response.headers[field.name] = field.value }
        if response.headers[.contentSecurityPolicy] == nil {
            response.headers[.contentSecurityPolicy] = contentSecurityPolicy
        }
    }

    var contentSecurityPolicy: String {
        // 'self' covers the channel of the same host only in browsers that follow CSP 3; Safari learned it late.
        let channel = own.origin.map { " \($0.webSocketText)" } ?? ""
        return [
            "default-src 'none'", "script-src 'self' \(jitsiOrigin)", "style-src 'self'", "img-src 'self' data:",
            "font-src 'self'", "connect-src 'self'\(channel)", "frame-src \(jitsiOrigin)", "base-uri 'none'",
            "form-action 'self'", "frame-ancestors \(frameAncestors)",
        ].joined(separator: "; ")
    }

    private static func field(_ name: String, _ value: String) -> HTTPField? {
        HTTPField.Name(name).map { HTTPField(name: $0, value: value) }
    }
}
