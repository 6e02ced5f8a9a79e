import Foundation
import GRDB

/// A look into a database file by whoever only reads it: a command of the command line.
///
/// Nothing is written, neither to the file nor to its log, so that it works beside a hub that serves the file, and
/// while the disk takes no writes. Only the memory that connections share (`-shm`) is made when it is missing; where it
/// cannot be made, on a read-only mount or in somebody else's folder, a file without a log is read as one that nobody
/// changes.
package enum SQLiteReader {
    /// Runs `body` in one read transaction. The file must exist.
    package static func read<T>(_ path: String, _ body: (any SQLConnection) throws -> T) throws -> T {
        do {
            let queue = try open(path)
            let value = try queue.read { database in
                let statements = StatementCache(for: database)
                let access = SQLiteAccess(database, statements)
                defer {
                    access.invalidate()
                    statements.removeAll()
                }
                return try body(access)
            }
            try queue.close()
            return value
        } catch let error as DatabaseError {
            throw SQLError(error)
        }
    }

    /// A connection that only reads, and that has read.
    ///
    /// - Throws: `DatabaseError`; `SQLError` when what the log holds cannot be read here.
    static func open(_ path: String) throws -> DatabaseQueue {
        do {
            return try connect(path)
        } catch let error as DatabaseError
            where error.resultCode == .SQLITE_CANTOPEN || error.resultCode == .SQLITE_READONLY
        {
            guard FileManager.default.fileExists(atPath: path) else { throw error }
            // Of a hub that runs, or that was killed: without the log the file is of another time, or of none.
            guard DatabaseFile(path: path).walBytes == 0 else {
                throw SQLError(
                    .readOnly,
                    "\(path)-wal cannot be read where nothing may be written: copy it and the file to a folder of yours",
                    extendedCode: error.extendedResultCode.rawValue)
            }
            let name = path.addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(["/"])) ?? path
            // "The file is read-only, even if the process has write permission", no lock is taken and no shared memory
            // asked for (https://www.sqlite.org/uri.html#uriimmutable).
            return try connect("file:\(name)?immutable=1")
        }
    }

    private static func connect(_ path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "amphi.reader"
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA trusted_schema = OFF") }
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        _ = try queue.read { try Row.fetchOne($0, sql: "SELECT 1 FROM sqlite_schema") }
        return queue
    }
}

extension SQLConnection {
    /// SQLite's own check and that of the foreign keys; reads everything.
    /// - Returns: the problems found, at most about 100; empty when the database is sound.
    package func integrityCheck() throws -> [String] {
        let problems = try query("PRAGMA integrity_check").map { $0.text("integrity_check") }
        let orphans = try query("PRAGMA foreign_key_check").map {
            "foreign key violated: \($0.text("table")) -> \($0.text("parent"))"
        }
        return problems.filter { $0 != "ok" } + orphans.prefix(100)
    }
}
