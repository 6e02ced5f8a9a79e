import Database
import HTTPTypes
import Logging
import StrictJSON
import WebSocketServer

/// Builds the router: which part answers what, and what every answer carries.
struct Routes {
    let configuration: HubConfiguration
    let jitsi: JitsiService
    let database: any SQLDatabase
    let journal: Journal
    let hub: Hub
    let counters: ServerCounterCells
    let sessions: SessionOperations
    let steering: RateLimit
    let votes: RateLimit
    let tokens: TokenService
    let identities: IdentityStore
    let passwords: PasswordWork
    let conflicts: IdentityConflicts
    let clock: HubClock
    let address: PublicAddress
    let logger: Logger

    func router() -> Router {
        var router = Router()
        let origins = OriginPolicy(allowedOrigins: configuration.allowedOrigins, own: address)
        prepare(&router, origins)
        let authenticator = Authenticator(
            tokens: tokens, database: database, journal: journal, clock: clock, identities: identities
        )
        let tokens = tokens
        var api = API(
            router: router, store: API.Store(database: database, journal: journal),
            authenticate: { try await authenticator.authenticate($0) },
            confirm: { [identities] in try identities.confirm($0, in: $1) },
            recognize: { request throws(HubError) in try authenticator.claimedCaller(request) },
            idempotency: Idempotency(
                database: database, journal: journal, clock: clock, logger: logger,
                fingerprint: { body throws(HubError) in try tokens.fingerprint(body) }
            ),
            limits: RequestLimits(configuration.limits, clock: clock), defaultLanguage: configuration.language,
            logger: logger
        )
        addPlatform(to: &api)
        addClasses(to: &api)
        router = api.router
        ChannelRoute(hub: hub, origins: origins).add(to: &router)
        if let root = configuration.webRoot { Pages(root: root, basePath: address.basePath).add(to: &router) }
        return router
    }

    private func addPlatform(to api: inout API) {
        HealthRoutes(database: database, journal: journal, configuration: configuration, jitsi: jitsi.configuration)
            .add(to: &api)
        StatusRoutes(
            database: database, journal: journal, hub: hub, counters: counters, clock: clock
        ).add(to: &api)
        addAccounts(to: &api)
        let room = CourseRoom(least: configuration.maxParticipants)
        let directory = DirectoryOperations(room: room)
        CourseRoutes(database: database, journal: journal, operations: directory).add(to: &api)
        EnrollmentRoutes(database: database, journal: journal, operations: directory).add(to: &api)
        ImportRoutes(database: database, journal: journal, limits: configuration.limits, room: room).add(to: &api)
    }

    private func addAccounts(to api: inout API) {
        let logins = LoginTokens(tokens: tokens, clock: clock)
        IdentityRoutes(
            database: database, journal: journal, logins: logins, conflicts: conflicts,
            guests: GuestLinks(tokens: tokens)
        ).add(to: &api)
        AccountRoutes(
            operations: AccountOperations(
                database: database, journal: journal, logins: logins, passwords: passwords,
                throttle: LoginThrottle(
                    limits: configuration.limits, clock: clock,
                    shared: journal.log.map { _ in
                        LoginDelayStore(journal: journal) { try tokens.seal(ofLogin: $0) }
                    })
            )
        ).add(to: &api)
        SignInLinkRoutes(journal: journal, address: address).add(to: &api)
        UserRoutes(database: database, journal: journal, passwords: passwords).add(to: &api)
    }

    private func addClasses(to api: inout API) {
        let windows = configuration.windows
        SessionRoutes(
            database: database, clock: clock, operations: sessions, steering: steering,
            jitsi: jitsi, windows: windows
        ).add(to: &api)
        ParticipantRoutes(
            clock: clock, operations: ParticipantOperations(windows: windows, address: address), jitsi: jitsi,
            channelTokens: ChannelTokens(tokens: tokens, clock: clock), address: address, windows: windows
        ).add(to: &api)
        let zones = configuration.zones
        AttendanceRoutes(clock: clock, zones: zones).add(to: &api)
        RollCallRoutes(clock: clock, operations: CorrectionOperations(), steering: steering).add(to: &api)
        ChatRoutes(reader: .hub).add(to: &api)
        PresenceRoutes(hub: hub).add(to: &api)
        QuestionRoutes(
            operations: QuestionOperations(windows: windows), votes: votes, steering: steering, zones: zones
        ).add(to: &api)
        GuestRoutes(
            operations: GuestOperations(windows: windows), links: GuestLinks(tokens: tokens), address: address,
            steering: steering
        ).add(to: &api)
        CohostRoutes(operations: CohostOperations(), steering: steering).add(to: &api)
        MaterialRoutes(operations: MaterialOperations(), steering: steering).add(to: &api)
        ModerationRoutes(operations: ModerationOperations(), steering: steering).add(to: &api)
        let calendar = CalendarOperations(zones: zones, windows: windows)
        CalendarRoutes(database: database, clock: clock, address: address, operations: calendar).add(to: &api)
        CalendarEventRoutes(journal: journal, operations: calendar).add(to: &api)
        MyCourseRoutes(database: database, clock: clock, windows: windows).add(to: &api)
    }

    /// Sets what the server answers by itself, in the hub's words, and the headers of every response.
    private func prepare(_ router: inout Router, _ origins: OriginPolicy) {
        let language = configuration.language
        let proxies = TrustedProxies(configuration.trustedProxies, header: configuration.proxyHeader)
        let doubts = ProxyDoubts(logger: logger)
        router.identify = { request in
            if let doubt = proxies.identify(&request) { doubts.tell(doubt) }
        }
        router.basePath = address.basePath.split(separator: "/").map(String.init)
        router.renderFault = { fault, request in
            if case .methodNotAllowed(let methods) = fault, let request,
                let preflight = origins.preflight(request, methods: methods)
            {
                return preflight
            }
            let reader = request?.headers[.acceptLanguage].flatMap(Language.init(acceptLanguage:)) ?? language
            return fault.response(in: reader, requestID: request?.id)
        }
        let security = SecurityHeaders(
            jitsiOrigin: jitsi.configuration.origin, own: address, frameAncestors: configuration.frameAncestors,
            usesTLS: configuration.usesTLS
        )
        router.finish = { request, response in
            security.apply(to: &response)
            if let request { origins.mark(&response, for: request) }
            // Something that could not even be read as a request gets an id, too.
            if let name = HTTPField.Name("X-Request-Id") { response.headers[name] = request?.id ?? RequestID.make() }
        }
    }
}

extension HTTPFault {
    /// The error envelope for what the server refuses before any route sees it.
    func response(in language: Language, requestID: String?) -> Response {
        let error =
            switch self {
            case .notFound: HubError(.notFound)
            case .methodNotAllowed: HubError(.methodNotAllowed)
            case .bodyTooLarge, .targetTooLong, .headersTooLarge: HubError(.tooLarge)
            case .encodedBody: HubError(.unsupportedMediaType, Self.encoded)
            case .upgradeRequired: HubError(.upgradeRequired)
            case .unavailable: HubError(.storeUnavailable, Self.busy, retryAfter: 1000)
            case .bodiesInTheWay: HubError(.storeUnavailable, Self.bodies, retryAfter: 1000)
            case .answersInTheWay: HubError(.storeUnavailable, Self.answers, retryAfter: 1000)
            case .failed: HubError(.internal, details: requestID.map { ["request_id": .string($0)] } ?? [:])
            case .timedOut: HubError(.invalidField, Self.late)
            case .malformed, .codingNotImplemented, .versionNotSupported:
                HubError(.invalidField, Self.malformed)
            }
        var response = error.response(in: language)
        response.status = status
        return response
    }

    private static let busy = Localized(
        en: "The hub has no room for another connection. Try again.",
        fr: "Le hub n’a plus de place pour une connexion. Réessayez."
    )
    private static let answers = Localized(
        en: "Too many large answers wait for you to read them. Read them, or ask for less.",
        fr: "Trop de grandes réponses attendent d’être lues. Lisez-les, ou demandez moins."
    )
    private static let bodies = Localized(
        en: "The hub is taking in too much at the moment. Try again.",
        fr: "Le hub reçoit trop de données en ce moment. Réessayez."
    )
    private static let encoded = Localized(
        en: "Send the body as it is, without Content-Encoding: the hub decompresses nothing.",
        fr: "Envoyez le corps tel quel, sans Content-Encoding : le hub ne décompresse rien."
    )
    private static let late = Localized(
        en: "The request did not come in time: it stopped, or came more slowly than 4 KiB a second.",
        fr: "La requête n’est pas arrivée à temps : elle s’est arrêtée, ou venait à moins de 4 Kio par seconde."
    )
    private static let malformed = Localized(
        en: "This is no HTTP request that can be answered.", fr: "Cette requête HTTP est inutilisable."
    )
}
