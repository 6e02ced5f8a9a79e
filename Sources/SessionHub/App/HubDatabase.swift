package import Database
import Foundation
package import Logging

/// A hub's database file, locked for this process and brought up to date.
package final class HubDatabase: Sendable {
    package let database: SQLiteDatabase
    private let lock: FileLock

    /// Opens the file, makes it (and its folder) when it is missing, and applies the migrations that it lacks.
    ///
    /// Throws `FileLockError.held` when another process serves it, a `MigrationError` when it is newer than this program.
    ///
    /// - Returns: the database, and the names of the migrations that were applied.
    package static func open(
        _ path: String, migrations: String, logger: Logger
    ) async throws -> (HubDatabase, applied: [String]) {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let lock = try FileLock(path: "\(path).lock")
        let database = try SQLiteDatabase(path: path, readers: readers, logger: logger)
        let hub = HubDatabase(database: database, lock: lock)
        let applied = try await Migrator(directory: migrations).migrate(database)
        return (hub, applied)
    }

    private init(database: SQLiteDatabase, lock: FileLock) {
        self.database = database
        self.lock = lock
    }

    /// One reader per core, and two at least, so that a long list does not hold up a short look-up.
    private static var readers: Int { max(2, min(8, ProcessInfo.processInfo.activeProcessorCount)) }

    /// Waits for what was handed over; another process may then open the file. Idempotent.
    package func close() throws {
        defer { lock.release() }
        try database.close()
    }
}

/// For a journal whose commits nobody watches: the command line's.
package struct NobodyListens: JournalPublisher {
    package init() {}
    package func publish(_ events: [JournalEvent], _ signals: [HubSignal]) {}
}
