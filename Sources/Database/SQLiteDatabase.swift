import Foundation
import GRDB
import Glibc
package import Logging
import Synchronization

/// SQLite in WAL mode on GRDB's `DatabasePool`: one writer that syncs every commit, and a pool of readers.
package final class SQLiteDatabase: SQLDatabase {
    package let path: String
    let pool: DatabasePool
    let logger: Logger
    private let registry = Mutex(Registry())
    private let keeper: LogKeeper

    /// How long SQLite waits for another process's lock.
    static let busyMilliseconds: Int32 = 5000

    private struct Registry {
        /// New calls are refused.
        var isClosing = false
        /// Every connection lent from now on is dead.
        var isClosed = false
        var caches: [ObjectIdentifier: StatementCache] = [:]
    }

    /// Opens or creates the file.
    /// - Parameter readers: how many reads may run at once, at least 1.
    package convenience init(path: String, readers: Int, logger: Logger) throws(SQLError) {
        try self.init(path: path, readers: readers, log: LogKeeper.Limits(), logger: logger)
    }

    /// - Parameter log: when the write-ahead log is copied and emptied.
    init(path: String, readers: Int, log: LogKeeper.Limits, logger: Logger) throws(SQLError) {
        self.path = path
        self.logger = logger
        Self.createForOwner(path)
        do {
            pool = try DatabasePool(path: path, configuration: Self.configuration(readers: readers))
            try pool.writeWithoutTransaction { try Self.makeDurable($0) }
            keeper = try LogKeeper(path: path, limits: log, logger: logger)
            pool.writeWithoutTransaction { keeper.watch($0) }
        } catch {
            throw SQLError(error)
        }
    }

    @discardableResult
    package func read<T: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> T
    ) async throws -> T {
        try checkOpen()
        return try await withCheckedThrowingContinuation { continuation in
            pool.asyncRead { reader in
                continuation.resume(
                    with: Result {
                        do {
                            let database = try reader.get()
                            return try self.access(database) { try body($0) }
                        } catch let error as DatabaseError {
                            throw SQLError(error)
                        }
                    })
            }
        }
    }

    @discardableResult
    package func write<T: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> T
    ) async throws -> T {
        try checkOpen()
        return try await withCheckedThrowingContinuation { continuation in
            pool.asyncWriteWithoutTransaction { database in
                let result = Result { try self.access(database) { try $0.transaction { try body($0) } } }
                continuation.resume(with: result)
                self.keeper.relieve(database)
            }
        }
    }

    package func withWriter(_ body: @escaping @Sendable (any SQLConnection) -> Void) {
        pool.asyncWriteWithoutTransaction { database in
            self.access(database) { connection in
                body(connection)
                if connection.rollBack() {
                    self.logger.error("a closure on the writer left its transaction open; rolled back")
                }
            }
            self.keeper.relieve(database)
        }
    }

    package func close() throws {
        let isFirst = registry.withLock { registry in
            defer { registry.isClosing = true }
            return !registry.isClosing
        }
        guard isFirst else { return }
        do {
            // No reader runs inside the barrier, and everything that was handed to the writer before has run: nobody
            // else uses the statements. `sqlite3_close` wants them finalized.
            try pool.barrierWriteWithoutTransaction { database in
                let caches = registry.withLock { registry in
                    defer { registry.caches = [:] }
                    registry.isClosed = true
                    return registry.caches
                }
                for cache in caches.values { cache.removeAll() }
                try keeper.close()
                // GRDB closes the writer before the readers, so that SQLite does not empty the WAL by itself.
                _ = try? database.checkpoint(.truncate)
            }
            try pool.close()
        } catch {
            throw SQLError(error)
        }
    }

    func checkOpen() throws(SQLError) {
        if registry.withLock({ $0.isClosing }) { throw .closed }
    }

    /// Lends the connection to `body`. On a closed database `body` gets one on which every statement throws.
    func access<R>(_ database: Database, _ body: (SQLiteAccess) throws -> R) rethrows -> R {
        let statements = registry.withLock { registry -> StatementCache? in
            if registry.isClosed { return nil }
            if let cache = registry.caches[ObjectIdentifier(database)] { return cache }
            let cache = StatementCache(for: database)
            registry.caches[ObjectIdentifier(database)] = cache
            return cache
        }
        let access = SQLiteAccess(database, statements)
        defer { access.invalidate() }
        return try body(access)
    }
}

// MARK: - Settings

extension SQLiteDatabase {
    /// A new file is its owner's only, whatever the umask; SQLite gives the log the same mode. One that exists stays as
    /// it is, and what fails here is told when SQLite opens it.
    package static func createForOwner(_ path: String) {
        let descriptor = unsafe Glibc.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor >= 0 { _ = Glibc.close(descriptor) }
    }

    private static func configuration(readers: Int) -> Configuration {
        var configuration = Configuration()
        configuration.label = "amphi.database"
        configuration.foreignKeysEnabled = true
        configuration.maximumReaderCount = max(1, readers)
        // Only other processes (the command line, a backup tool) can make us wait.
        configuration.busyMode = .timeout(TimeInterval(Self.busyMilliseconds) / 1000)
        configuration.prepareDatabase { database in
            // 16 MiB for each connection. No mmap: with it a failing disk is a SIGBUS instead of an error.
            try database.execute(sql: "PRAGMA cache_size = -16384")
            try database.execute(sql: "PRAGMA temp_store = MEMORY")
            try database.execute(sql: "PRAGMA trusted_schema = OFF")
            if !database.configuration.readonly {
                try database.execute(sql: "PRAGMA journal_size_limit = 67108864")
                // What is deleted leaves the file: "SQLite overwrites deleted content with zeros"
                // (https://www.sqlite.org/pragma.html#pragma_secure_delete). Not every build does so by itself.
                try database.execute(sql: "PRAGMA secure_delete = ON")
            }
        }
        return configuration
    }

    /// A commit is on the disk when it returns. GRDB sets NORMAL after `prepareDatabase`, so this comes after the pool
    /// is open: with NORMAL "WAL mode does lose durability" (https://www.sqlite.org/pragma.html#pragma_synchronous).
    private static func makeDurable(_ database: Database) throws {
        try database.execute(sql: "PRAGMA synchronous = FULL")
        for (pragma, expected) in [("synchronous", "2"), ("journal_mode", "wal"), ("foreign_keys", "1")] {
            let value = try String.fetchOne(database, sql: "PRAGMA \(pragma)") ?? "nothing"
            guard value == expected else {
                throw SQLError(.other, "PRAGMA \(pragma) is \(value), it must be \(expected)")
            }
        }
    }
}
