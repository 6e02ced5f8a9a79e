import Database
import Foundation
package import Logging

/// A hub's database file, locked for this process and brought up to date.
package final class HubDatabase: Sendable {
    let database: SQLiteDatabase
    private let locks: DatabaseLocks

    /// Opens the file, makes it (and its folder) when it is missing, and applies the migrations that it lacks.
    ///
    /// Throws `InUse` when another process serves it, a `MigrationError` when it is newer than this program, a
    /// `ConfigurationError` when SQLite cannot use it: on a full or failing disk opening fails, because it writes.
    ///
    /// - Returns: the database, and the names of the migrations that were applied.
    package static func open(
        _ name: String, migrations: String, logger: Logger
    ) async throws -> (HubDatabase, applied: [String]) {
        let path = DatabaseName(name).path
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let locks = try DatabaseLocks(path, makesFile: true)
        try requireOneName(path)
        do {
            let database = try SQLiteDatabase(path: path, readers: readers, logger: logger)
            let hub = HubDatabase(database: database, locks: locks)
            let applied = try await Migrator(directory: migrations).migrate(database)
            try await StoredText.clean(database)
            try await SearchText.fill(database)
            try await ImportStage.empty(database)
            return (hub, applied)
        } catch let error as SQLError {
            throw ConfigurationError("AMPHI_DATABASE: \(path) cannot be used: \(error).")
        }
    }

    /// Another process serves this database.
    package struct InUse: Error, CustomStringConvertible {
        package let path: String
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

    /// Runs one change of the Directory in a transaction of its own. A file that nobody serves is first made and
    /// brought up to date. A hub that serves the file sees the change at its next read.
    package static func change<Value: Sendable>(
        _ path: String, migrations: String, clock: HubClock, logger: Logger,
        _ work: @escaping @Sendable (JournalTransaction) throws -> Value
    ) async throws -> Value {
        func run(_ database: SQLiteDatabase) async throws -> Value {
            // When this finds a step of the clock, the hub follows it at its next look or its next start.
            if let record = try await database.read({ try ClockStore.read(in: $0) }) { _ = clock.resume(record) }
            let journal = Journal(
                database: database, clock: clock, publisher: NobodyListens(), reader: .hub, logger: logger
            )
            return try await journal.write(.directory, work)
        }
        do {
            let hub = try await open(path, migrations: migrations, logger: logger).0
            let value = try await run(hub.database)
            try hub.close()
            return value
        } catch is InUse {
            let database = try SQLiteDatabase(path: path, readers: 1, logger: logger)
            guard try await Migrator(directory: migrations).state(database).pending.isEmpty else {
                throw ConfigurationError("\(path) is served by an older hub: restart it with this version first.")
            }
            let value = try await run(database)
            try database.close()
            return value
        }
    }

    private init(database: SQLiteDatabase, locks: DatabaseLocks) {
        self.database = database
        self.locks = locks
    }

    /// One reader per core, and two at least, so that a long list does not hold up a short look-up.
    private static var readers: Int { max(2, min(8, ProcessInfo.processInfo.activeProcessorCount)) }

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

    /// Waits for what was handed over. Afterwards another process may open the file. A second call does nothing.
    package func close() throws {
        defer { locks.release() }
        try database.close()
    }
}
