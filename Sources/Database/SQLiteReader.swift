import GRDB

/// A look into a database file by whoever only reads it: a command of the command line.
///
/// Nothing is written, neither to the file nor to its log, so that it works beside a hub that serves the file, and while the
/// disk takes no writes. Only the memory that connections share (`-shm`) is made when it is missing.
package enum SQLiteReader {
    /// Runs `body` in one read transaction. The file must exist.
    package static func read<T>(_ path: String, _ body: (any SQLConnection) throws -> T) throws -> T {
        var configuration = Configuration()
        configuration.label = "amphi.reader"
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA trusted_schema = OFF") }
        do {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
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
