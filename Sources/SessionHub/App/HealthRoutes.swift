import Database
import HTTPTypes
import StrictJSON
import WebSocketServer

/// Whether the hub lives and can work, and what a page must know before anybody has signed in.
struct HealthRoutes: Sendable {
    private let database: any SQLDatabase
    private let journal: Journal
    private let configuration: HubConfiguration
    private let jitsi: JitsiConfiguration

    init(
        database: any SQLDatabase, journal: Journal, configuration: HubConfiguration, jitsi: JitsiConfiguration
    ) {
        self.database = database
        self.journal = journal
        self.configuration = configuration
        self.jitsi = jitsi
    }

    func add(to api: inout API) {
        api.addOpen(.get, "/livez", isUnlimited: true) { _, _ in Reply(["status": "ok"]) }
        api.addOpen(.get, "/readyz", isUnlimited: true, readiness)
        let page = Reply(pageConfiguration)
        api.addOpen(.get, "/api/config") { _, _ in page }
    }

    /// Ready means that reading works and that writing works: something was written a moment ago, or this request
    /// writes it. A hub where nobody writes would otherwise not notice that its disk fails.
    private func readiness(_: Request, _: Language) async throws -> Reply {
        do {
            try await database.read { try HubStore.touch(in: $0) }
        } catch {
            throw HubError(.storeUnavailable, retryAfter: 1000)
        }
        if !journal.hasWritten(within: 2000) {
            try await journal.write(.hub) { try HubStore.probe(in: $0.connection) }
        }
        return Reply(["status": "ready"])
    }

    private var pageConfiguration: JSON {
        [
            "languages": .array(Language.allCases.map { .string($0.rawValue) }),
            "language": .string(configuration.language.rawValue),
            "jitsi": [
                "profile": .string(jitsi.profile.rawValue),
                "domain": .string(jitsi.embedHost),
                "server_url": .string(jitsi.serverURL),
                "script_url": jitsi.scriptURL.map { .string($0) } ?? .null,
            ],
            "version": .string(HubVersion.text),
            "demo": .bool(configuration.isDemo),
            "limits": configuration.limits.json,
            "login": configuration.limits.loginJSON,
        ]
    }
}
