package import Logging
package import SessionHub
package import StrictJSON

/// A hub in this process, on a port of its own and a database file of its own.
package final class TestHub: Sendable {
    /// Signs the platform's tokens in every test.
    package static let secret = "a-secret-for-tests-only-0123456789abcdef"

    package let application: HubApplication
    package let port: UInt16
    package let http: HTTPTestClient
    package let folder: TestFolder

    private init(application: HubApplication, port: UInt16, folder: TestFolder) {
        self.application = application
        self.port = port
        self.folder = folder
        http = HTTPTestClient(port: port)
    }

    package var database: String { folder.file("amphi.db") }

    /// Runs `body` with a running hub and stops it afterwards, also when it throws.
    ///
    /// - Parameters:
    ///   - folder: one that another hub has used: its database is opened again.
    ///   - configure: changes the configuration (`standard`) before the start.
    package static func with<Value: Sendable>(
        folder: TestFolder? = nil, _ configure: (inout HubConfiguration) -> Void = { _ in },
        _ body: (TestHub) async throws -> Value
    ) async throws -> Value {
        let hub = try await start(folder: folder, configure)
        do {
            let value = try await body(hub)
            await hub.stop()
            return value
        } catch {
            await hub.stop()
            throw error
        }
    }

    /// For tests that stop the hub themselves.
    package static func start(
        folder: TestFolder? = nil, _ configure: (inout HubConfiguration) -> Void = { _ in }
    ) async throws -> TestHub {
        let folder = try folder ?? TestFolder()
        var configuration = standard(database: folder.file("amphi.db"))
        configure(&configuration)
        let application = try await HubApplication(configuration: configuration, logger: silence)
        let port = try await application.start()
        return TestHub(application: application, port: port, folder: folder)
    }

    package func stop() async { await application.stop() }

    /// Port 0, one loop, no limit on connections per address, quick answers to what needs no person.
    package static func standard(database: String) -> HubConfiguration {
        var configuration = HubConfiguration()
        configuration.port = 0
        configuration.loops = 1
        configuration.database = database
        configuration.jwtSecret = secret
        configuration.migrations = PackageFolder.migrations
        configuration.webRoot = PackageFolder.pages
        configuration.limits.connectionsPerAddress = 0
        return configuration
    }

    package static let silence = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    // MARK: - Tokens

    /// As the platform would mint it.
    ///
    /// - Parameter lifetime: seconds from now; negative for one that has expired.
    package func token(
        _ user: Int64, role: Caller.Role = .student, email: String? = nil, lifetime: Int64 = 3600
    ) throws -> String {
        let now = application.clock.wallSeconds
        return try application.tokens.mint(
            userID: user, email: email ?? Self.email(user), role: role, issuedAt: min(now, now + lifetime),
            expiresAt: now + lifetime
        )
    }

    /// Of a service of the platform: may use the Directory and manage sessions.
    package func serviceToken() throws -> String {
        let now = application.clock.wallSeconds
        return try application.tokens.mint(
            userID: 0, email: "", role: .service, service: "tests", issuedAt: now, expiresAt: now + 3600
        )
    }

    package static func email(_ user: Int64) -> String { "user\(user)@school.example" }

    // MARK: - Channels

    package static func channelPath(_ session: Int64) -> String { "/api/live-sessions/\(session)/channel" }

    /// A connection to the session's channel that has not said hello.
    package func open(
        _ session: Int64, headers: [(String, String)] = [], subprotocol: String? = "amphi.v1",
        receiveBuffer: Int32? = nil
    ) async throws -> WebSocketTestClient {
        try await WebSocketTestClient.open(
            port: port, path: Self.channelPath(session), headers: headers, subprotocol: subprotocol,
            receiveBuffer: receiveBuffer
        )
    }

    /// A connection past its welcome.
    package func join(
        _ session: Int64, as person: TestPerson, resume: (seq: Int64, epoch: String)? = nil, receiveBuffer: Int32? = nil
    ) async throws -> (client: WebSocketTestClient, welcome: JSON) {
        let client = try await open(session, receiveBuffer: receiveBuffer)
        return (client, try await client.hello(person.token, resume: resume))
    }
}
