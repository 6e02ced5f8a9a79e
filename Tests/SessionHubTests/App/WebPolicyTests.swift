import HTTPTypes
import Testing
import WebSocketServer

@testable import SessionHub

@Suite("Origins, addresses and security headers")
struct WebPolicyTests {
    let own = PublicAddress(httpBase: "https://hub.example")

    func request(origin: String?, host: String = "127.0.0.1:8080", method: HTTPRequest.Method = .get) -> Request {
        var headers = HTTPFields()
        if let origin { headers[.origin] = origin }
        if let name = HTTPField.Name("Host") { headers[name] = host }
        return Request(method: method, path: "/", headers: headers)
    }

    @Test(
        arguments: [
            (nil, true), ("https://hub.example", true), ("https://hub.example:443", true),
            ("HTTPS://Hub.Example", true),
            ("http://127.0.0.1:8080", true), ("https://127.0.0.1:8080", true), ("https://school.example", true),
            ("http://school.example", false), ("https://school.example:8443", false), ("https://evil.example", false),
            ("https://hub.example.evil.example", false), ("null", false), ("", false), ("file://", false),
            ("http://127.0.0.1", false), ("https://hub.example@evil.example", false),
        ] as [(String?, Bool)])
    func `an origin is ours, or on the list, or refused`(origin: String?, allowed: Bool) {
        let policy = OriginPolicy(allowedOrigins: ["https://school.example"], own: own)
        #expect(policy.allows(request(origin: origin)) == allowed)
    }

    @Test func `a star allows every origin`() {
        let policy = OriginPolicy(allowedOrigins: ["*"], own: own)
        #expect(policy.allows(request(origin: "https://evil.example")) && policy.allows(request(origin: "null")))
    }

    @Test func `CORS headers go to allowed origins only`() {
        let policy = OriginPolicy(allowedOrigins: ["https://school.example"], own: own)
        var marked = Response(status: .ok)
        policy.mark(&marked, for: request(origin: "https://school.example"))
        #expect(
            marked.headers == [
                .accessControlAllowOrigin: "https://school.example", .vary: "Origin",
                .accessControlExposeHeaders: "X-Request-Id, Retry-After",
            ]
        )
        var unmarked = Response(status: .ok)
        policy.mark(&unmarked, for: request(origin: "https://evil.example"))
        policy.mark(&unmarked, for: request(origin: nil))
        #expect(unmarked.headers == [:])
    }

    @Test func `a preflight is answered for allowed origins only`() {
        let policy = OriginPolicy(allowedOrigins: ["https://school.example"], own: own)
        var preflight = request(origin: "https://school.example", method: .options)
        #expect(policy.preflight(preflight, methods: [.get]) == nil)
        preflight.headers[.accessControlRequestMethod] = "PUT"
        let answer = policy.preflight(preflight, methods: [.get, .put])
        #expect(answer?.status == .noContent && answer?.headers[.accessControlAllowMethods] == "GET, PUT")
        preflight.headers[.origin] = "https://evil.example"
        #expect(policy.preflight(preflight, methods: [.get]) == nil)
    }

    @Test func `the policy lets in Jitsi's origin and the own channel, and nothing else`() {
        let headers = SecurityHeaders(
            jitsiOrigin: "https://meet.example.org", own: own, frameAncestors: ["'self'", "https://school.example"],
            usesTLS: false
        )
        var response = Response(status: .ok)
        headers.apply(to: &response)
        #expect(
            response.headers[.contentSecurityPolicy] == """
                default-src 'none'; script-src 'self' https://meet.example.org; style-src 'self'; img-src 'self' data:; \
                font-src 'self'; connect-src 'self' wss://hub.example; frame-src https://meet.example.org; \
                base-uri 'none'; form-action 'self'; frame-ancestors 'self' https://school.example
                """
        )
        #expect(response.headers[.xContentTypeOptions] == "nosniff")
        #expect(response.headers[.strictTransportSecurity] == "max-age=31536000")
        let referrer = HTTPField.Name("Referrer-Policy").flatMap { response.headers[$0] }
        #expect(referrer == "strict-origin-when-cross-origin")
        let permissions = HTTPField.Name("Permissions-Policy").flatMap { response.headers[$0] }
        #expect(permissions?.hasPrefix(#"camera=(self "https://meet.example.org"), "#) == true)
    }

    @Test func `HSTS goes with TLS only, and a response's own headers stay`() {
        let plain = SecurityHeaders(
            jitsiOrigin: "https://meet.jit.si", own: PublicAddress(httpBase: "http://127.0.0.1:8080"),
            frameAncestors: ["'none'"], usesTLS: false
        )
        var response = Response(status: .ok, headers: [.contentSecurityPolicy: "sandbox"])
        plain.apply(to: &response)
        #expect(response.headers[.strictTransportSecurity] == nil)
        #expect(response.headers[.contentSecurityPolicy] == "sandbox")
    }

    @Test func `every address starts with the public one`() {
        let address = PublicAddress(httpBase: "https://hub.example/live/")
        #expect(address.classPage(7) == "https://hub.example/live/class/7")
        #expect(address.channel(7) == "wss://hub.example/live/api/live-sessions/7/channel")
        #expect(
            address.signInLink(code: "c", next: "/class/7") == "https://hub.example/live/sign-in#code=c&next=/class/7"
        )
    }

    @Test(arguments: [
        ("127.0.0.1", "http://127.0.0.1:9000"), ("0.0.0.0", "http://127.0.0.1:9000"), ("::", "http://[::1]:9000"),
        ("fe80::1", "http://[fe80::1]:9000"), ("hub.local", "http://hub.local:9000"),
    ])
    func `without AMPHI_PUBLIC_URL it is where the socket listens`(host: String, base: String) {
        var configuration = HubConfiguration()
        configuration.host = host
        configuration.port = 0
        let address = PublicAddress(configuration)
        address.listening(on: 9000)
        #expect(address.httpBase == base)
        configuration.publicURL = "https://hub.example/"
        let named = PublicAddress(configuration)
        named.listening(on: 9000)
        #expect(named.httpBase == "https://hub.example")
    }
}
