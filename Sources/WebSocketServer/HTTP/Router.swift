package import HTTPTypes

/// Which handler answers which path. A value: built once, then handed to the server.
package struct Router: Sendable {
    package typealias Handler = @Sendable (Request) async -> Response
    /// Synchronous, on the loop that owns the connection: decide only what needs no store.
    package typealias Decide = @Sendable (Request, isolated EventLoop) -> UpgradeDecision

    struct Endpoint: Sendable {
        struct Action: Sendable {
            var method: HTTPRequest.Method
            var maxBody: Int
            var handler: Handler
        }

        var actions: [Action] = []
        var decide: Decide?
    }

    /// What a path and a method lead to.
    enum Resolution: Sendable {
        case handler(Handler, maxBody: Int)
        case fault(HTTPFault)
    }

    package static let defaultMaxBody = 256 * 1024

    /// Changes a request before anything looks at it, on the loop: who is at the other end when a proxy stands between.
    package var identify: @Sendable (inout Request) -> Void = { _ in }
    /// Asked for paths that no pattern matches.
    package var fallback: (@Sendable (Request) async -> Response)?
    /// Runs on the loop.
    package var renderFault: @Sendable (HTTPFault, Request?) -> Response = { fault, _ in Response(status: fault.status)
    }
    /// Runs on the loop on every response, faults and refusals included, before `Content-Length` is set.
    package var finish: @Sendable (Request?, inout Response) -> Void = { _, _ in }

    private var tree = RouteTree<Endpoint>()

    package init() {}

    /// `pattern` is `/` and segments: literal, `{name}` (any text), `{name:int}` (digits that fit an `Int64`). A literal
    /// wins over an integer, an integer over text. GET's handler answers HEAD too. A body over `maxBody` is answered 413.
    package mutating func add(
        _ method: HTTPRequest.Method, _ pattern: String, maxBody: Int = Router.defaultMaxBody,
        _ handler: @escaping Handler
    ) {
        tree.update(pattern, default: Endpoint()) { endpoint in
            precondition(!endpoint.actions.contains { $0.method == method }, "\(method) \(pattern) is routed twice")
            endpoint.actions.append(Endpoint.Action(method: method, maxBody: maxBody, handler: handler))
        }
    }

    /// WebSocket handshakes on `pattern` are answered as `decide` says.
    package mutating func upgrade(_ pattern: String, _ decide: @escaping Decide) {
        tree.update(pattern, default: Endpoint()) { endpoint in
            precondition(endpoint.decide == nil, "the upgrade of \(pattern) is routed twice")
            endpoint.decide = decide
        }
    }

    /// Every method and pattern that is routed, a handshake as GET, in no order. The fallback's paths are not among them.
    package var routes: [(method: HTTPRequest.Method, pattern: String)] {
        tree.entries.flatMap { pattern, endpoint in
            (endpoint.actions.map(\.method) + (endpoint.decide == nil ? [] : [.get])).map { ($0, pattern) }
        }
    }

    func upgrade(for segments: [String]) -> (decide: Decide, parameters: PathParameters)? {
        guard let match = tree.match(segments), let decide = match.value.decide else { return nil }
        return (decide, match.parameters)
    }

    func resolve(_ method: HTTPRequest.Method, _ segments: [String]) -> (Resolution, PathParameters) {
        guard let match = tree.match(segments) else {
            guard let fallback else { return (.fault(.notFound), PathParameters()) }
            return (.handler(fallback, maxBody: Router.defaultMaxBody), PathParameters())
        }
        let endpoint = match.value
        let action =
            endpoint.actions.first { $0.method == method }
            ?? (method == .head ? endpoint.actions.first { $0.method == .get } : nil)
        if let action { return (.handler(action.handler, maxBody: action.maxBody), match.parameters) }
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
            let (resolution, parameters) = resolve(method, target.segments)
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
