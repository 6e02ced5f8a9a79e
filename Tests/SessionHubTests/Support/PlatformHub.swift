import Foundation
import HTTPTypes
import Logging
import StrictJSON
import Synchronization
import TestSupport
import Tokens

@testable import Database
@testable import SessionHub
@testable import WebSocketServer

/// The platform half of the hub on a real file database, without sockets: its routes are called as the server would.
final class PlatformHub: JournalPublisher {
    /// 2026-03-15T10:00:00Z, where the clock stands.
    static let now = Timestamp(seconds: 1_773_568_800)
    static let secret = "k3Qz8vN1xW6tB9rY4mL7cJ2pH5gF0dSa"

    let database: SQLiteDatabase
    let clock = HubClock { PlatformHub.now }
    let tokens: TokenService
    let conflicts = IdentityConflicts()
    let identities: IdentityStore
    let jitsi = JitsiConfiguration.Settings()
    private let router = Mutex(Router())
    private let writer = Mutex<Journal?>(nil)
    private let published = Mutex<[HubSignal]>([])

    private init(_ database: SQLiteDatabase) throws {
        self.database = database
        tokens = try TokenService(secret: Self.secret)
        identities = IdentityStore(conflicts: conflicts, clock: clock)
    }

    static func run(_ body: (PlatformHub) async throws -> Void) async throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("amphi-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: url) }
        let database = try SQLiteDatabase(path: url.path + "/hub.db", readers: 2, logger: Logger(label: "test"))
        defer { try? database.close() }
        _ = try await Migrator(directory: migrations).migrate(database)
        let hub = try PlatformHub(database)
        try hub.wire()
        try await body(hub)
    }

    static let migrations = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../migrations").standardizedFileURL.path

    private func wire() throws {
        let logger = Logger(label: "test")
        let journal = Journal(
            database: database, clock: clock, publisher: self, reader: .hub, driver: ContractDriver(), logger: logger
        )
        let authenticator = Authenticator(
            tokens: tokens, database: database, journal: journal, clock: clock, identities: identities
        )
        var api = API(
            router: Router(), store: API.Store(database: database, journal: journal),
            authenticate: { try await authenticator.authenticate($0) }, defaultLanguage: .english, logger: logger
        )
        HealthRoutes(
            database: database, journal: journal, configuration: HubConfiguration(),
            jitsi: try JitsiConfiguration(jitsi)
        ).add(to: &api)
        IdentityRoutes(
            database: database, journal: journal, logins: LoginTokens(tokens: tokens, clock: clock),
            conflicts: conflicts
        ).add(to: &api)
        UserRoutes(database: database, journal: journal, passwords: PasswordWork()).add(to: &api)
        let directory = DirectoryOperations(room: CourseRoom())
        CourseRoutes(database: database, journal: journal, operations: directory).add(to: &api)
        EnrollmentRoutes(database: database, journal: journal, operations: directory).add(to: &api)
        ImportRoutes(database: database, journal: journal, limits: HubLimits(), room: CourseRoom()).add(to: &api)
        let built = api.router
        router.withLock { $0 = built }
        writer.withLock { $0 = journal }
    }

    func publish(_ events: [ServerEvent], _ signals: [HubSignal]) { published.withLock { $0 += signals } }
    var signals: [HubSignal] { published.withLock { $0 } }

    var journal: Journal {
        guard let journal = writer.withLock({ $0 }) else { preconditionFailure("wire() comes first") }
        return journal
    }

    // MARK: - Tokens

    func service() throws -> String {
        try tokens.mint(
            userID: 0, email: "", role: .service, service: "lms", issuedAt: Self.now.seconds,
            expiresAt: Self.now.seconds + 3600
        )
    }

    func token(
        _ id: Int64, _ role: Caller.Role, email: String? = nil, firstName: String = "", lastName: String = "",
        issuedAt: Int64 = PlatformHub.now.seconds
    ) throws -> String {
        try tokens.mint(
            userID: id, email: email ?? "user\(id)@school.example", role: role, firstName: firstName,
            lastName: lastName, issuedAt: issuedAt, expiresAt: Self.now.seconds + 3600
        )
    }

    // MARK: - Requests

    struct Answer {
        let status: Int
        let json: JSON

        var data: JSON { json["data"] ?? .null }
        var code: String? { json["code"]?.stringValue }
    }

    /// - Parameter path: with its query.
    func send(
        _ method: HTTPRequest.Method, _ path: String, token: String? = nil, body: String = "",
        type: String = "application/json"
    ) async throws -> Answer {
        let parts = path.split(separator: "?", maxSplits: 1).map(String.init)
        var request = Request(method: method, path: parts[0], query: Self.query(parts.dropFirst().first ?? ""))
        request.body = Array(body.utf8)
        if !body.isEmpty { request.headers[.contentType] = type }
        if let token { request.headers[.authorization] = "Bearer \(token)" }
        let (resolution, parameters) = router.withLock { $0 }.resolve(method, request.segments)
        request.parameters = parameters
        guard case .handler(let handler, _) = resolution else { return Answer(status: 404, json: .null) }
        let response = await handler(request)
        return Answer(
            status: Int(response.status.code),
            json: try JSON.parse(response.body.bytes, limits: JSONLimits(maxBytes: 1 << 20))
        )
    }

    private static func query(_ text: String) -> QueryItems {
        QueryItems(
            text.split(separator: "&").map { item in
                let pair = item.split(separator: "=", maxSplits: 1).map(String.init)
                return (name: pair[0], value: pair.count > 1 ? pair[1] : "")
            }
        )
    }
}

/// The `HubError` that `body` throws, or nil.
func hubError<T>(_ body: () async throws -> T) async throws -> HubError? {
    do {
        _ = try await body()
        return nil
    } catch let error as HubError {
        return error
    }
}
