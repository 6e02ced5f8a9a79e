import Database
import Foundation
import HTTPTypes
package import Logging
import ServiceLifecycle
import StrictJSON
import Synchronization
import WebSocketServer

/// A running hub: everything wired together, started and stopped in order.
package final class HubApplication: Service {
    package let configuration: HubConfiguration
    let clock: HubClock
    package let tokens: TokenService
    let passwords = PasswordWork()
    let journal: Journal
    package let address: PublicAddress
    let sessions: SessionOperations
    package let logger: Logger
    var database: any SQLDatabase { store.database }

    private let store: HubDatabase
    private let hub: Hub
    private let server: WebServer
    /// The routes, which are handed to the server.
    let router: Router
    private let isRunning = Mutex(false)
    private let isCloseStuck = Mutex(false)

    /// Opens the database and wires the parts; nothing listens yet.
    ///
    /// Throws a `ConfigurationError` with everything that keeps a hub from serving.
    ///
    /// - Parameters:
    ///   - clock: of stored times and of tokens; tests move one.
    ///   - publisher: is told of every commit in the hub's place, by tests of a hub that does not listen.
    ///   - driver: of the journal; nil but in tests.
    ///   - joins: whether to serve a server's database beside other hubs; otherwise it must be this hub's alone.
    package init(
        configuration: HubConfiguration, clock: HubClock = HubClock(), driver: (any JournalDriver)? = nil,
        joins: Bool = true, logger: Logger, publisher: (any JournalPublisher)? = nil
    ) async throws {
        let problems = configuration.problems
        guard problems.isEmpty, let secret = configuration.jwtSecret, configuration.migrations != nil else {
            throw ConfigurationError(problems.isEmpty ? ["AMPHI_MIGRATIONS: the folder was not found."] : problems)
        }
        self.configuration = configuration
        self.clock = clock
        self.logger = logger
        tokens = try TokenService(secret: secret)
        address = PublicAddress(configuration)
        let jitsi = try JitsiService(JitsiConfiguration(configuration.jitsi))
        sessions = SessionOperations(
            jitsi: jitsi, windows: configuration.windows, room: CourseRoom(least: configuration.maxParticipants)
        )
        let steering = RateLimit.steering(configuration.limits, clock: clock)
        let votes = RateLimit.votes(clock: clock)
        store = try await HubDatabase.open(configuration, joins: joins, logger: logger).0
        try await StoredDates.settle(store.database, configuration.zones)
        let loops = EventLoopGroup(count: configuration.loopCount)
        // Who is alone may find hubs in the table that have ended without a word.
        if !store.isAlone { try await Self.requireSameKey(tokens.keyCheck(), store.database, configuration) }
        let epoch = try await store.database.write { try HubStore.epoch(in: $0) }
        try await Self.compareClocks(clock, store.database, configuration, logger)
        try await Self.resume(clock, store, logger)
        let log = CommitLog(store.database, node: configuration.node, box: try tokens.hintBox())
        let conflicts = IdentityConflicts()
        let identities = IdentityStore(conflicts: conflicts, clock: clock)
        hub = Hub(
            services: Hub.Services(
                database: store.database, clock: clock, windows: configuration.windows, limits: configuration.limits,
                register: StoredRegister(
                    tokens: tokens, identities: identities, clock: clock, windows: configuration.windows,
                    places: log.map { PlaceStore(node: $0.node) }),
                chores: [sessions.endingChore(clock: clock), ParticipantOperations.unseatingChore(clock: clock)]
                    + (log == nil
                        ? [] : [LoginDelayStore.forgettingChore(limits: configuration.limits, clock: clock)]),
                language: configuration.language,
                identity: NodeIdentity(
                    node: configuration.node, version: HubVersion.text, keyCheck: try tokens.keyCheck()),
                logger: logger
            ),
            reader: .hub,
            commands: Commands(
                limits: configuration.limits, windows: configuration.windows, sessions: sessions, steering: steering,
                votes: votes, clock: clock
            ).channel(),
            epoch: epoch, loops: loops.loops
        )
        journal = Journal(
            database: store.database, clock: clock, publisher: publisher ?? hub, reader: .hub, driver: driver,
            foresight: ChatForesight(), log: log, logger: logger
        )
        hub.attach(journal)
        let counters = ServerCounterCells()
        let routes = Routes(
            configuration: configuration, jitsi: jitsi, database: store.database, journal: journal, hub: hub,
            counters: counters, sessions: sessions, steering: steering, votes: votes,
            tokens: tokens, identities: identities, passwords: passwords, conflicts: conflicts, clock: clock,
            address: address,
            logger: logger
        )
        router = routes.router()
        server = WebServer(
            configuration: WebServerConfiguration(configuration), loops: loops, router: router, counters: counters,
            logger: logger
        )
    }

    /// Lets the clock go on where that of the process before stopped.
    private static func resume(_ clock: HubClock, _ store: HubDatabase, _ logger: Logger) async throws {
        let isAlone = store.isAlone
        let step = try await store.database.write { connection -> HubClock.Step? in
            guard let record = try ClockStore.read(in: connection), let step = clock.resume(record) else { return nil }
            // Beside others it is a difference between two machines, and no step.
            guard isAlone else { return nil }
            try ClockStore.follow(step, record: clock.record, in: connection)
            return step
        }
        guard let step else { return }
        logger.notice("the machine's clock was set meanwhile", metadata: ["clock.step.ms": "\(step.by)"])
    }

    /// Answers one request of a service without a socket, for a command line that works on a file which nobody serves:
    /// it meets the same routes as one that talks to a running hub.
    ///
    /// - Parameters:
    ///   - target: path and query.
    ///   - type: the body's media type.
    package func answer(
        _ method: String, _ target: String, token: String, type: String, body: [UInt8]
    ) async -> (status: Int, body: [UInt8]) {
        guard let method = HTTPRequest.Method(method) else { preconditionFailure("\(method) is no HTTP method") }
        let response = await router.answer(
            method, target, headers: [.authorization: "Bearer \(token)", .contentType: type], body: body
        )
        return (Int(response.status.code), response.body.bytes)
    }

    /// Closes the database of a hub that has not served. A second call does nothing.
    package func close() throws { try store.close() }

    /// Listens; returns the bound port.
    package func start() async throws -> UInt16 {
        try await store.serve()
        do throws(HubError) {
            try await hub.start()
        } catch {
            throw ConfigurationError(
                "AMPHI_DATABASE: \(configuration.databaseName) cannot be written; the log says why."
            )
        }
        let port: UInt16
        do throws(WebServerError) {
            port = try await server.start()
        } catch {
            throw ConfigurationError(error, configuration)
        }
        address.listening(on: port)
        if let problem = Pages.problem(in: configuration.webRoot) { logger.warning("\(problem)") }
        isRunning.withLock { $0 = true }
        return port
    }

    /// Reads the certificate again, for connections from now on. When the file cannot be used, that is logged and the
    /// old certificate stays.
    package func reloadCertificate() async {
        guard configuration.usesTLS else { return }
        do throws(WebServerError) {
            try await server.reloadCertificate()
            logger.notice("certificate read again")
        } catch {
            logger.error(
                "the certificate cannot be used, the old one stays",
                metadata: ["error": "\(ConfigurationError(error, configuration))"]
            )
        }
    }

    /// Stops accepting, says bye, lets answers finish and closes the database. A second call does nothing.
    package func stop() async {
        guard isRunning.exchange(false) else { return }
        server.stopAccepting()
        await hub.stop()
        await server.stop(within: .seconds(5))
        do {
            guard try await store.close(within: Self.closing) else {
                isCloseStuck.withLock { $0 = true }
                logger.error("database not closed: the disk does not answer")
                return
            }
        } catch {
            logger.error("database not closed", metadata: ["error": "\(error)"])
        }
    }

    /// Whether a thread hangs in the disk. The process must not wait for it, in whatever way it ends.
    package var isStuck: Bool { isCloseStuck.withLock(\.self) || journal.isStalled }

    /// How long closing the database may take. The hub takes one second for its last heartbeat and the server five, so
    /// that all of it stays within ten.
    private static let closing: Duration = .seconds(2)

    /// Starts if need be and stays until a graceful shutdown or a cancellation, then stops.
    ///
    /// Throws a `ConfigurationError` when the database is not this hub's any more, or not the one that it knows: then
    /// only a new start tells what is there.
    func run() async throws {
        if !isRunning.withLock(\.self) { _ = try await start() }
        let reason = await withTaskGroup(of: String?.self) { group in
            group.addTask {
                // A cancelled wait is a stop like any other.
                try? await gracefulShutdown()
                return nil
            }
            group.addTask { [journal] in
                for await reason in journal.fences { return reason }
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
        await stop()
        if let reason {
            throw ConfigurationError("AMPHI_DATABASE: \(configuration.databaseName): \(reason). Start the hub again.")
        }
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
    /// The number of loops that is configured, or else one per core, but at most `mostLoops`.
    var loopCount: Int {
        loops > 0 ? loops : max(1, min(Self.mostLoops, ProcessInfo.processInfo.activeProcessorCount))
    }
}

extension WebServerConfiguration {
    fileprivate init(_ configuration: HubConfiguration) {
        self.init()
        host = configuration.host
        port = configuration.port
        controlSocket = configuration.controlSocket
        if let certificate = configuration.tlsCertificate, let key = configuration.tlsKey {
            tls = TLS(certificatePath: certificate, keyPath: key)
        }
        inheritedSocket = configuration.inheritedSocket
        let proxies = TrustedProxies(configuration.trustedProxies)
        isUnlimited = { proxies.contains($0) }
        let limits = configuration.limits
        maxConnections = limits.connections
        maxConnectionsPerAddress = limits.mostOpenPerAddress
        maxBodyBytesInAll = limits.bodyBytes
        connectionsPerSecondPerAddress = limits.connectionsPerAddress
        maxMessageBytes = limits.frameBytes
        pingInterval = .milliseconds(limits.pingMilliseconds)
        firstPing = .milliseconds(limits.pingMilliseconds / 2)...(.milliseconds(limits.pingMilliseconds))
        pongTimeout = .milliseconds(limits.pongMilliseconds)
        deadPeerCode = CloseCode.noPong.rawValue
    }
}
