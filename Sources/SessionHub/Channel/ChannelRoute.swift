import HTTPTypes
import WebSocketServer

/// `GET /api/live-sessions/{sessionId}/channel`: accepts or refuses the upgrade by what needs no store.
struct ChannelRoute: Sendable {
    static let subprotocol = "amphi.v1"

    private let hub: Hub
    private let origins: OriginPolicy

    init(hub: Hub, origins: OriginPolicy) {
        self.hub = hub
        self.origins = origins
    }

    func add(to router: inout Router) {
        let route = self
        router.upgrade("/api/live-sessions/{sessionId:int}/channel") { request, loop in
            route.decide(request, on: loop)
        }
    }

    /// Refuses a foreign Origin with 403 and a wrong token in the header with 401. The hello gets the answer to
    /// everything else.
    func decide(_ request: Request, on loop: isolated EventLoop) -> UpgradeDecision {
        let language = request.headers[.acceptLanguage].flatMap(Language.init(acceptLanguage:)) ?? hub.services.language
        let session = request.parameters.integer("sessionId")
        guard session > 0 else {
            return .refuse(HubError(.notFound).response(in: language))
        }
        guard origins.allows(request) else {
            let sentence = Localized(
                en: "This Origin may not open a channel here (AMPHI_ALLOWED_ORIGINS).",
                fr: "Cette origine ne peut pas ouvrir de canal ici (AMPHI_ALLOWED_ORIGINS)."
            )
            return .refuse(HubError(.forbidden, field: "Origin", sentence).response(in: language))
        }
        do throws(HubError) {
            let caller = try headerCaller(request)
            let offered = Self.offered(request)
            let isUnsupported = !offered.isEmpty && !offered.contains(Self.subprotocol)
            return .accept(subprotocol: offered.contains(Self.subprotocol) ? Self.subprotocol : nil) { connection in
                ClientSocket(
                    connection: connection, session: session, hub: hub, headerCaller: caller, language: language,
                    isUnsupportedVersion: isUnsupported
                )
            }
        } catch {
            return .refuse(error.response(in: language))
        }
    }

    private func headerCaller(_ request: Request) throws(HubError) -> Caller? {
        guard let header = request.headers[.authorization] else { return nil }
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { throw HubError(.unauthenticated) }
        return try hub.services.register.caller(from: String(parts[1]).trimmed)
    }

    private static func offered(_ request: Request) -> [String] {
        (request.headers[.secWebSocketProtocol] ?? "").split(separator: ",").map(\.trimmed)
    }
}
