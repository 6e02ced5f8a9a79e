package import Database
import Foundation
import HTTPTypes
package import Logging
package import ServiceLifecycle
import StrictJSON
import Synchronization
import WebSocketServer

/// A running hub: everything wired together, started and stopped in order.
package final class HubApplication: Service {
    package let configuration: HubConfiguration
    package let clock: HubClock
    package let tokens: TokenService
    package let journal: Journal
    package let address: PublicAddress
    package var database: any SQLDatabase { store.database }

    private let store: HubDatabase
    private let server: WebServer
    private let logger: Logger
    private let isRunning = Mutex(false)

    /// Opens the database and wires the parts; nothing listens yet.
    ///
    /// Throws a `ConfigurationError` with everything that keeps a hub from serving.
    package init(configuration: HubConfiguration, logger: Logger) async throws {
        let problems = configuration.problems
        guard problems.isEmpty, let secret = configuration.jwtSecret, let migrations = configuration.migrations else {
            throw ConfigurationError(problems.isEmpty ? ["AMPHI_MIGRATIONS: the folder was not found."] : problems)
        }
        self.configuration = configuration
        self.logger = logger
        clock = HubClock()
        tokens = try TokenService(secret: secret)
        address = PublicAddress(configuration)
        let opened = try await HubDatabase.open(configuration.database, migrations: migrations, logger: logger)
        store = opened.0
        journal = Journal(database: store.database, clock: clock, publisher: NobodyListens(), logger: logger)
        let parts = RouterParts(
            configuration: configuration, jitsi: try JitsiConfiguration(configuration.jitsi), database: store.database,
            journal: journal, tokens: tokens, clock: clock, address: address, logger: logger
        )
        server = WebServer(
            configuration: WebServerConfiguration(configuration),
            loops: EventLoopGroup(count: configuration.loopCount), router: parts.router(), logger: logger
        )
    }

    /// Listens; returns the bound port.
    package func start() async throws -> UInt16 {
        let port = try await server.start()
        address.listening(on: port)
        isRunning.withLock { $0 = true }
        return port
    }

    /// Stops accepting, lets answers finish, closes the database. Idempotent.
    package func stop() async {
        guard isRunning.exchange(false) else { return }
        server.stopAccepting()
        await server.stop(within: .seconds(5))
        do {
            try store.close()
        } catch {
            logger.error("database not closed", metadata: ["error": "\(error)"])
        }
    }

    /// Starts if need be and stays until a graceful shutdown or a cancellation, then stops.
    package func run() async throws {
        if !isRunning.withLock(\.self) { _ = try await start() }
        // A cancelled wait is a stop like any other.
        try? await gracefulShutdown()
        await stop()
    }
}

extension Mutex where Value == Bool {
    fileprivate borrowing func exchange(_ value: Bool) -> Bool {
        withLock { current in
            defer { current = value }
            return current
        }
    }
}

extension HubConfiguration {
    /// As configured, or one per core, at most `mostLoops`.
    package var loopCount: Int {
        loops > 0 ? loops : max(1, min(Self.mostLoops, ProcessInfo.processInfo.activeProcessorCount))
    }
}

extension WebServerConfiguration {
    fileprivate init(_ configuration: HubConfiguration) {
        self.init()
        host = configuration.host
        port = configuration.port
        if let certificate = configuration.tlsCertificate, let key = configuration.tlsKey {
            tls = TLS(certificatePath: certificate, keyPath: key)
        }
        let limits = configuration.limits
        maxConnections = limits.connections
        connectionsPerSecondPerAddress = limits.connectionsPerAddress
        maxMessageBytes = limits.frameBytes
        pingInterval = .milliseconds(limits.pingMilliseconds)
        firstPing = .milliseconds(limits.pingMilliseconds / 2)...(.milliseconds(limits.pingMilliseconds))
        pongTimeout = .milliseconds(limits.pongMilliseconds)
        deadPeerCode = CloseCode.noPong.rawValue
    }
}
