import Database
import HTTPTypes
import Logging
import StrictJSON
import WebSocketServer

/// The one place where a REST route meets its caller: authentication, language, errors and the envelope, the same for
/// all.
struct API {
    /// Proves the caller of a request; throws `unauthenticated` and its kin.
    typealias Authenticate = @Sendable (Request) async throws -> Caller
    /// Who sends a request, by its head alone: what a token's signature and times say, without a look into the store.
    /// It returns nil when callers cannot be told from each other, and throws the refusal.
    typealias Recognize = @Sendable (Request) throws(HubError) -> Caller?
    /// The caller as they are in this transaction; throws the refusal of a token that counts no more.
    typealias Confirm = @Sendable (Caller, JournalTransaction) throws -> Caller
    typealias Handler = @Sendable (Call) async throws -> Reply

    /// Who may ask for a route that is about no course and no class in particular (`Belonging` for those).
    enum Callers: Sendable {
        /// Whoever has a good token, guests of a class included: for what everybody may know of themselves, and for
        /// routes that look at the class or the course themselves.
        case anybody
        /// Everybody but guests: the people of the platform, and its services.
        case platform
        /// The people of the platform.
        case people
        /// Administrators and the platform's services: the Directory is theirs.
        case administrators

        func includes(_ caller: Caller) -> Bool {
            switch self {
            case .anybody: true
            case .platform: caller.role != .guest
            case .people: caller.role != .service && caller.role != .guest
            case .administrators: caller.isAdministrator
            }
        }
    }

    /// Where routes read and write.
    struct Store: Sendable {
        let database: any SQLDatabase
        let journal: Journal
    }

    /// The most bytes of a body, unless a route says otherwise.
    static let usualBody = 256 * 1024

    private(set) var router: Router
    private let store: Store
    private let authenticate: Authenticate
    private let confirm: Confirm
    private let recognize: Recognize
    private let idempotency: Idempotency?
    private let limits: RequestLimits?
    private let defaultLanguage: Language
    private let logger: Logger

    init(
        router: Router, store: Store, authenticate: @escaping Authenticate,
        confirm: @escaping Confirm, recognize: @escaping Recognize = { _ throws(HubError) in nil },
        idempotency: Idempotency? = nil,
        limits: RequestLimits? = nil, defaultLanguage: Language, logger: Logger
    ) {
        self.router = router
        self.store = store
        self.authenticate = authenticate
        self.confirm = confirm
        self.recognize = recognize
        self.idempotency = idempotency
        self.limits = limits
        self.defaultLanguage = defaultLanguage
        self.logger = logger
    }

    /// A route for a proved caller. A POST may carry an Idempotency-Key. Whoever has no good token is refused before a
    /// body is read, and whoever has none any more, or is no longer one of `callers`, when something is written.
    ///
    /// - Parameters:
    ///   - callers: who may ask.
    ///   - maxBody: bytes of a body, from people with a good token. A larger one than usual is read only from those
    ///     whose token itself says that they may ask.
    ///   - answersAnew: the route takes no account of that key: its answer carries a token or a password and is
    ///     never stored, or to do it again comes to the same.
    mutating func add(
        _ method: HTTPRequest.Method, _ pattern: String, for callers: Callers,
        maxBody: Int = API.usualBody, answersAnew: Bool = false, _ handler: @escaping Handler
    ) {
        let (authenticate, confirm, limits) = (authenticate, confirm, limits)
        let checkHead = headCheck(administratorsOnly: callers == .administrators && maxBody > Self.usualBody)
        let idempotency = method == .post && !answersAnew ? idempotency : nil
        route(method, pattern, maxBody: maxBody, checkHead: checkHead, limits: limits) { request, language in
            try await RequestWeight.$bytes.withValue(request.body.count) {
                let call = Call(request: request, caller: try await authenticate(request), language: language)
                try limits?.admit(call.caller)
                guard callers.includes(call.caller) else { throw HubError(.forbidden) }
                let check = WriterCheck { transaction in
                    let current = try confirm(call.caller, transaction)
                    guard callers.includes(current) else { throw HubError(.forbidden) }
                    guard current.role == call.caller.role else { throw HubError(.conflict, Self.changed) }
                }
                let checked: @Sendable () async throws -> Reply = {
                    try await WriterCheck.$current.withValue(check) { try await handler(call) }
                }
                guard let idempotency else { return try await checked() }
                return Reply(raw: try await idempotency.answer(call, checked))
            }
        }
    }

    /// A route that is about one course or one class, and for whoever is to it what `belonging` says.
    ///
    /// - Parameters:
    ///   - limit: how often it may be asked for; looked at when the request was read, before the store is asked.
    ///   - handler: reads the request, enters the store by its `Entrance`, and answers.
    mutating func add<Access: Sendable>(
        _ method: HTTPRequest.Method, _ pattern: String, for belonging: Belonging<Access>, limit: RateLimit? = nil,
        maxBody: Int = API.usualBody, answersAnew: Bool = false,
        _ handler: @escaping @Sendable (Call, Entrance<Access>) async throws -> Reply
    ) {
        let store = store
        add(method, pattern, for: .anybody, maxBody: maxBody, answersAnew: answersAnew) { call in
            try await handler(call, Entrance(call, belonging, limit: limit, store: store))
        }
    }

    /// A route for everybody: the page's configuration, health, the exchange of a sign-in code.
    ///
    /// - Parameters:
    ///   - maxBody: bytes of a body, 64 KiB at most: everybody may send it.
    ///   - isUnlimited: for what watches the hub and must hear from it in a flood, too.
    mutating func addOpen(
        _ method: HTTPRequest.Method, _ pattern: String, maxBody: Int = 4096, isUnlimited: Bool = false,
        _ handler: @escaping @Sendable (Request, Language) async throws -> Reply
    ) {
        route(
            method, pattern, maxBody: maxBody, checkHead: nil, limits: isUnlimited ? nil : limits, handler
        )
    }

    private func headCheck(administratorsOnly: Bool) -> Router.CheckHead {
        let (recognize, defaultLanguage) = (recognize, defaultLanguage)
        return { request in
            do throws(HubError) {
                let caller = try recognize(request)
                guard caller?.isAdministrator ?? true || !administratorsOnly else {
                    throw HubError(.forbidden, Self.administrators)
                }
                request.holder = caller?.bodyHolder
                return nil
            } catch {
                return error.response(in: Self.language(of: request, else: defaultLanguage))
            }
        }
    }

    private static let administrators = Localized(
        en: "This is for administrators. If you have become one since you signed in, sign in again.",
        fr: "C’est réservé à l’administration. Si vous en faites partie depuis peu, reconnectez-vous."
    )

    private static let changed = Localized(
        en: "Your role was changed while this request was under way: nothing was done, send it again.",
        fr: "Votre rôle a changé pendant cette requête : rien n’a été fait, renvoyez-la."
    )

    private static func language(of request: Request, else standard: Language) -> Language {
        request.headers[.acceptLanguage].flatMap(Language.init(acceptLanguage:)) ?? standard
    }

    private mutating func route(
        _ method: HTTPRequest.Method, _ pattern: String, maxBody: Int, checkHead: Router.CheckHead?,
        limits: RequestLimits?, _ handler: @escaping @Sendable (Request, Language) async throws -> Reply
    ) {
        let (defaultLanguage, logger) = (defaultLanguage, logger)
        router.add(method, pattern, maxBody: maxBody, checkHead: checkHead) { request in
            let language = Self.language(of: request, else: defaultLanguage)
            do {
                try await limits?.admit(source: request.source)
                return try await handler(request, language).response(in: language)
            } catch var error as HubError {
                // The writer, from which this error comes, does not know the request.
                if error.code == .internal { error.details["request_id"] = .string(request.id) }
                return error.response(in: language)
            } catch let error as SQLError where error.code == .unavailable {
                // The journal's outage is in the log already, and it was no request's fault.
                logger.debug("request failed", metadata: ["request.id": "\(request.id)", "error": "\(error)"])
                return HubError(.storeUnavailable, retryAfter: 1000).response(in: language)
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

extension Caller {
    /// The name under which the bytes of request bodies are counted: that of a person or of a service.
    var bodyHolder: String { service.map { "service \($0)" } ?? "person \(userID)" }
}
