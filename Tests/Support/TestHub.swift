package import Logging
package import SessionHub

/// A hub in this process, on a port of its own and a database file of its own.
package final class TestHub: ReachableHub {
    /// Stands in the secrets and the chat texts that hubs of their own process get: `Tests/search_logs.py` looks for
    /// it.
    package static let mark = "never-in-a-log"
    /// Signs the platform's tokens in every test.
    package static let secret = "\(mark)-a-secret-for-tests-0123456789"

    package let application: HubApplication
    package let port: UInt16
    package let folder: TestFolder

    private init(application: HubApplication, port: UInt16, folder: TestFolder) {
        self.application = application
        self.port = port
        self.folder = folder
    }

    /// The file, where the tests' databases are files.
    package var database: String { folder.file("amphi.db") }

    /// Runs `body` with a running hub and stops it afterwards, also when it throws.
    ///
    /// - Parameters:
    ///   - folder: one that another hub has used: its database is opened again.
    ///   - clock: the machine's, unless a test has one of its own.
    ///   - configure: changes the configuration (`standard`) before the start.
    package static func with<Value: Sendable>(
        folder: TestFolder? = nil, clock: HubClock = HubClock(), logger: Logger = silence,
        _ configure: (inout HubConfiguration) throws -> Void = { _ in }, _ body: (TestHub) async throws -> Value
    ) async throws -> Value {
        let hub = try await start(folder: folder, clock: clock, logger: logger, configure)
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
        folder: TestFolder? = nil, clock: HubClock = HubClock(), logger: Logger = silence,
        _ configure: (inout HubConfiguration) throws -> Void = { _ in }
    ) async throws -> TestHub {
        let folder = try folder ?? TestFolder()
        var configuration = standard(database: try await TestDatabase.place(in: folder))
        try configure(&configuration)
        let application = try await HubApplication(
            configuration: configuration, clock: clock, driver: TestDatabase.driver, logger: logger
        )
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
        configuration.allowsUnsafeServer = true
        configuration.jwtSecret = secret
        configuration.migrations = PackageFolder.migrations
        configuration.webRoot = PackageFolder.pages
        configuration.limits.connectionsPerAddress = 0
        configuration.limits.openPerAddress = 0
        configuration.limits.requestsPerUser = 0
        configuration.limits.steeringPerUser = 0
        configuration.limits.steeringPerSession = 0
        configuration.limits.requestsPerAddress = 0
        // A test client answers pings only while it waits for something.
        configuration.limits.pingMilliseconds = 600_000
        // A busy machine takes its time over hundreds of clients.
        configuration.limits.helloMilliseconds = 60_000
        return configuration
    }

    package static let silence = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}
