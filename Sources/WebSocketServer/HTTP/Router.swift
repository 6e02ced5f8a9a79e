package import HTTPTypes

/// Which handler answers which path. A value: built once, then handed to the server.
package struct Router: Sendable {
    package typealias Handler = @Sendable (Request) async -> Response
    /// Synchronous, on the loop that owns the connection: decide only what needs no store.
    package typealias Decide = @Sendable (Request, isolated EventLoop) -> UpgradeDecision
    /// What the head of a request alone can refute, before any of its body is read: nil, or the refusal. Synchronous,
    /// on the loop: it may check a token's signature and its expiry, and must ask no store. Whoever passes counts as
    /// known, and the bytes of the body as those of the request's `holder`, which it may set. It is not asked when
    /// there is no body. When the whole body is here already its refusal does not count: the handler checks in any
    /// case.
    package typealias CheckHead = @Sendable (inout Request) -> Response?

    struct Endpoint: Sendable {
        struct Action: Sendable {
            var method: HTTPRequest.Method
            var body: BodyRule
            var handler: Handler
        }

        var actions: [Action] = []
        var decide: Decide?
    }

    /// Whose bodies a route takes, and how large ones.
    struct BodyRule: Sendable {
        var maxBytes: Int
        /// Nil: the route is open, so it takes little from anybody.
        var checkHead: CheckHead?
        /// Nobody reads it: it is thrown away as it comes, so that the connection can stay.
        var isDropped = false

        static let none = BodyRule(maxBytes: BodyBudget.small, isDropped: true)
    }

    /// What a path and a method lead to.
    enum Resolution: Sendable {
        case handler(Handler, BodyRule)
        case fault(HTTPFault)

        var body: BodyRule {
            switch self {
            case .handler(_, let rule): rule
            case .fault: .none
            }
        }
    }

    package static let defaultMaxBody = 256 * 1024

    /// Changes a request before anything looks at it, on the loop: who is at the other end when a proxy stands between.
    package var identify: @Sendable (inout Request) -> Void = { _ in }
    /// The path under which browsers see the hub, in segments: a proxy may pass it on or cut it off. Empty: none.
    package var basePath: [String] = []
    /// Asked for paths that no pattern matches.
    package var fallback: (@Sendable (Request) async -> Response)?
    /// Runs on the loop.
    package var renderFault: @Sendable (HTTPFault, Request?) -> Response = { fault, _ in Response(status: fault.status)
    }
    /// Runs on the loop on every response, faults and refusals included, before `Content-Length` is set.
    package var finish: @Sendable (Request?, inout Response) -> Void = { _, _ in }

    private var tree = RouteTree<Endpoint>()

    package init() {}

    /// `pattern` is `/` and segments: literal, `{name}` (any text), `{name:int}` (digits that fit an `Int64`). A
    /// literal wins over an integer, an integer over text. GET's handler answers HEAD too, and gets no body.
    ///
    /// - Parameters:
    ///   - maxBody: a longer body is answered 413. Without `checkHead` never more than 64 KiB: everybody may send it.
    ///   - checkHead: refuses before the body is read, and says whose body it is.
    package mutating func add(
        _ method: HTTPRequest.Method, _ pattern: String, maxBody: Int = Router.defaultMaxBody,
        checkHead: CheckHead? = nil, _ handler: @escaping Handler
    ) {
        let limit = checkHead == nil ? min(maxBody, BodyBudget.small) : maxBody
        let body = BodyRule(maxBytes: limit, checkHead: checkHead, isDropped: method == .get)
        tree.update(pattern, default: Endpoint()) { endpoint in
            precondition(!endpoint.actions.contains { $0.method == method }, "\(method) \(pattern) is routed twice")
            endpoint.actions.append(Endpoint.Action(method: method, body: body, handler: handler))
        }
    }

    /// WebSocket handshakes on `pattern` are answered as `decide` says.
    package mutating func upgrade(_ pattern: String, _ decide: @escaping Decide) {
        tree.update(pattern, default: Endpoint()) { endpoint in
            precondition(endpoint.decide == nil, "the upgrade of \(pattern) is routed twice")
            endpoint.decide = decide
        }
    }

    /// Every method and pattern that is routed, a handshake as GET, in no order. The fallback's paths are not among
    /// them.
    package var routes: [(method: HTTPRequest.Method, pattern: String)] {
        tree.entries.flatMap { pattern, endpoint in
            (endpoint.actions.map(\.method) + (endpoint.decide == nil ? [] : [.get])).map { ($0, pattern) }
        }
    }

    /// Takes the base path off a request that was passed on with it. A path that is routed as it is stays.
    func takeBasePath(off request: inout Request) {
        guard !basePath.isEmpty, request.segments.starts(with: basePath), tree.match(request.segments) == nil else {
            return
        }
        let rest = Array(request.segments.dropFirst(basePath.count))
        request.segments = rest.isEmpty ? [""] : rest
        request.path = RequestTarget.path(request.segments)
    }

    func upgrade(for segments: [String]) -> (decide: Decide, parameters: PathParameters)? {
        guard let match = tree.match(segments), let decide = match.value.decide else { return nil }
        return (decide, match.parameters)
    }

    func resolve(_ method: HTTPRequest.Method, _ segments: [String]) -> (Resolution, PathParameters) {
        guard let match = tree.match(segments) else {
            guard let fallback else { return (.fault(.notFound), PathParameters()) }
            return (.handler(fallback, .none), PathParameters())
        }
        let endpoint = match.value
        let action =
            endpoint.actions.first { $0.method == method }
            ?? (method == .head ? endpoint.actions.first { $0.method == .get } : nil)
        if let action { return (.handler(action.handler, action.body), match.parameters) }
        if endpoint.decide != nil, method == .get { return (.fault(.upgradeRequired), match.parameters) }
        var allowed = endpoint.actions.map(\.method)
        if endpoint.decide != nil { allowed.append(.get) }
        if allowed.contains(.get), !allowed.contains(.head), endpoint.decide == nil { allowed.append(.head) }
        return (.fault(.methodNotAllowed(allowed: allowed)), match.parameters)
    }
}

extension Router {
    /// The answer without a socket, as a connection would send it; a body may have any size.
    ///
    /// - Parameter target: path and query, as in a request line.
    package func answer(
        _ method: HTTPRequest.Method, _ target: String, headers: HTTPFields, body: [UInt8]
    ) async -> Response {
        var request = Request(method: method, path: "/", headers: headers, body: body)
        var response: Response
        do throws(HTTPFault) {
            let target = try RequestTarget(target)
            (request.path, request.segments, request.query) = (target.path, target.segments, target.query)
            takeBasePath(off: &request)
            let (resolution, parameters) = resolve(method, request.segments)
            request.parameters = parameters
            switch resolution {
            case .handler(let handler, _): response = await handler(request)
            case .fault(let fault): throw fault
            }
        } catch {
            response = renderFault(error, request)
        }
        finish(request, &response)
        return response
    }
}

/// What a WebSocket handshake is answered with.
package enum UpgradeDecision {
    /// 101. `subprotocol` is echoed; it should be one that the client offered. The handler is made on the loop when the
    /// handshake is done, right before its `opened`.
    case accept(subprotocol: String?, (WebSocketConnection) -> any WebSocketHandler)
    /// Any other status, with headers and body; the connection is closed after it.
    case refuse(Response)
}
