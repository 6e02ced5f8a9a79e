package import HTTPTypes
package import Logging
import StrictJSON
package import WebSocketServer

/// The one place where a REST route meets its caller: authentication, language, errors and the envelope, the same for all.
package struct API {
    /// Proves the caller of a request; throws `unauthenticated` and its kin.
    package typealias Authenticate = @Sendable (Request) async throws -> Caller
    package typealias Handler = @Sendable (Call) async throws -> Reply

    package private(set) var router: Router
    private let authenticate: Authenticate
    private let defaultLanguage: Language
    private let logger: Logger

    package init(router: Router, authenticate: @escaping Authenticate, defaultLanguage: Language, logger: Logger) {
        self.router = router
        self.authenticate = authenticate
        self.defaultLanguage = defaultLanguage
        self.logger = logger
    }

    /// A route for a proved caller.
    package mutating func add(
        _ method: HTTPRequest.Method, _ pattern: String, maxBody: Int = 256 * 1024, _ handler: @escaping Handler
    ) {
        let authenticate = authenticate
        addOpen(method, pattern, maxBody: maxBody) { request, language in
            let caller = try await authenticate(request)
            return try await handler(Call(request: request, caller: caller, language: language))
        }
    }

    /// A route for everybody: the page's configuration, health, the exchange of a sign-in code.
    package mutating func addOpen(
        _ method: HTTPRequest.Method, _ pattern: String, maxBody: Int = 256 * 1024,
        _ handler: @escaping @Sendable (Request, Language) async throws -> Reply
    ) {
        let (defaultLanguage, logger) = (defaultLanguage, logger)
        router.add(method, pattern, maxBody: maxBody) { request in
            let language = request.headers[.acceptLanguage].flatMap(Language.init(acceptLanguage:)) ?? defaultLanguage
            do {
                return try await handler(request, language).response(in: language)
            } catch var error as HubError {
                // From the writer, which knows no request.
                if error.code == .internal { error.details["request_id"] = .string(request.id) }
                return error.response(in: language)
            } catch {
                logger.error(
                    "request failed",
                    metadata: ["request.id": "\(request.id)", "route": "\(pattern)", "error": "\(error)"]
                )
                return HubError(.internal, details: ["request_id": .string(request.id)]).response(in: language)
            }
        }
    }
}
