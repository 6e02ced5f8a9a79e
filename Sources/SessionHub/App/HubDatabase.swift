import Database
import Foundation
package import Logging

/// A hub's database, held for this process alone and brought up to date.
package final class HubDatabase: Sendable {
    let database: any SQLDatabase
    /// Whether nobody else serves it.
    let isAlone: Bool
    /// Lets another process have it, once it is closed.
    private let release: @Sendable () -> Void
    /// Called by a hub that begins to serve: whoever served the database until now writes no more.
    let serve: @Sendable () async throws -> Void

    init(
        database: any SQLDatabase, isAlone: Bool = true, serve: @escaping @Sendable () async throws -> Void = {},
        release: @escaping @Sendable () -> Void
    ) {
        self.database = database
        self.isAlone = isAlone
        self.serve = serve
        self.release = release
    }

    /// Opens the database and applies the migrations that it lacks. A file is made (and its folder) when it is missing.
    ///
    /// Throws `InUse` when another process serves it, a `MigrationError` when it is newer than this program, a
    /// `ConfigurationError` when it cannot be used: on a full or failing disk opening fails, because it writes.
    ///
    /// - Parameter joins: whether a server's database may be served by other hubs as well.
    /// - Returns: the database, and the names of the migrations that were applied.
    package static func open(
        _ configuration: HubConfiguration, joins: Bool = false, logger: Logger
    ) async throws -> (HubDatabase, applied: [String]) {
        let migrations = try configuration.engineMigrations()
        return try await told(configuration) {
            let hub = try await hold(configuration, joins: joins, logger)
            do {
                if hub.isAlone { return (hub, try await prepare(hub.database, migrations)) }
                guard try await Migrator(directory: migrations).state(hub.database).pending.isEmpty else {
                    throw ConfigurationError(
                        "\(configuration.databaseName) is served by hubs of an older version: stop them all, "
                            + "then start this one first."
                    )
                }
                return (hub, [])
            } catch {
                try? hub.close()
                throw error
            }
        }
    }

    /// Opens the database as it is, with whatever schema it has or none. A file is made (and its folder) when it is
    /// missing. Throws `InUse` when another process serves it.
    static func hold(
        _ configuration: HubConfiguration, joins: Bool = false, _ logger: Logger
    ) async throws -> HubDatabase {
        switch configuration.place {
        case .file(let path): try openFile(path, logger)
        case .server(let url): try await openServer(url, configuration, joins: joins, logger)
        }
    }

    private static func openFile(_ path: String, _ logger: Logger) throws -> HubDatabase {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let locks = try DatabaseLocks(path, makesFile: true)
        try requireOneName(path)
        let database = try SQLiteDatabase(path: path, readers: readers, logger: logger)
        return HubDatabase(database: database, release: { locks.release() })
    }

    /// Brings a database up to date that nobody serves.
    ///
    /// - Returns: the names of the migrations that were applied.
    static func prepare(_ database: any SQLDatabase, _ migrations: String) async throws -> [String] {
        let applied = try await Migrator(directory: migrations).migrate(database)
        try await StoredText.clean(database)
        try await SearchText.fill(database)
        try await ImportStage.empty(database)
        return applied
    }

    /// Another process serves this database.
    package struct InUse: Error, CustomStringConvertible {
        /// As `HubConfiguration.databaseName` has it.
        package let name: String
        package let description: String
    }

    /// Refuses a file that has several names. SQLite keeps the log beside the name by which the file was opened, so
    /// that by another name its newest changes would be missing.
    static func requireOneName(_ path: String) throws {
        guard !DatabaseName(path).isFolder else {
            throw ConfigurationError("AMPHI_DATABASE: \(path) is a folder. Name a file, such as \(path)/amphi.db.")
        }
        let links = DatabaseName(path).links
        guard links > 1 else { return }
        throw ConfigurationError(
            "AMPHI_DATABASE: \(path) has \(links) names (hard links): its newest changes stand in a log beside one of them. "
                + "Keep that name and remove the others."
        )
    }

    /// Runs one change of the Directory in a transaction of its own. A database that nobody serves is first made and
    /// brought up to date. A hub that serves it sees the change at its next read.
    package static func change<Value: Sendable>(
        _ configuration: HubConfiguration, clock: HubClock, logger: Logger,
        _ work: @escaping @Sendable (JournalTransaction) throws -> Value
    ) async throws -> Value {
        func run(_ database: any SQLDatabase) async throws -> Value {
            // When this finds a step of the clock, the hub follows it at its next look or its next start.
            if let record = try await database.read({ try ClockStore.read(in: $0) }) { _ = clock.resume(record) }
            let journal = Journal(
                database: database, clock: clock, publisher: NobodyListens(), reader: .hub,
                log: CommitLog(database, node: CommitLog.command), logger: logger
            )
            return try await journal.write(.directory, work)
        }
        do {
            let hub = try await open(configuration, logger: logger).0
            let value = try await run(hub.database)
            try hub.close()
            return value
        } catch is InUse {
            let database = try await beside(configuration, logger: logger)
            defer { try? database.close() }
            let migrator = try Migrator(directory: configuration.engineMigrations())
            guard try await migrator.state(database).pending.isEmpty else {
                throw ConfigurationError(
                    "\(configuration.databaseName) is served by an older hub: restart it with this version first."
                )
            }
            return try await run(database)
        }
    }

    /// The database once more, beside the hub that serves it.
    static func beside(_ configuration: HubConfiguration, logger: Logger) async throws -> any SQLDatabase {
        switch configuration.place {
        case .file(let path): try SQLiteDatabase(path: path, readers: 1, logger: logger)
        case .server(let url): try await connect(url, as: "command", readers: 1, logger)
        }
    }

    /// Names the database in whatever the engine throws.
    static func told<Value>(
        _ configuration: HubConfiguration, _ work: () async throws -> Value
    ) async throws -> Value {
        do {
            return try await work()
        } catch let error as SQLError {
            throw ConfigurationError("AMPHI_DATABASE: \(configuration.databaseName) cannot be used: \(error).")
        }
    }

    /// One reader per core, and two at least, so that a long list does not hold up a short look-up.
    static var readers: Int { max(2, min(8, ProcessInfo.processInfo.activeProcessorCount)) }

    /// The same as `close`, without waiting for a disk that does not answer.
    ///
    /// - Returns: whether it is closed.
    func close(within time: Duration) async throws -> Bool {
        let (ends, end) = AsyncStream<Result<Bool, any Error>>.makeStream()
        Thread.detachNewThread {
            end.yield(
                Result {
                    try self.close()
                    return true
                })
        }
        let patience = Task {
            try await Task.sleep(for: time)
            end.yield(.success(false))
        }
        defer { patience.cancel() }
        for await result in ends { return try result.get() }
        return false
    }

    /// Waits for what was handed over. Afterwards another process may open the database. A second call does nothing.
    package func close() throws {
        defer { release() }
        try database.close()
    }
}
