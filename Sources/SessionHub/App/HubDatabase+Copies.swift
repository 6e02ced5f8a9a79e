import Database
import Foundation
package import Logging

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Backups and their way back. Both block the calling thread until they are done, and are a command line's.
extension HubDatabase {
    /// Writes a checked copy with an epoch of its own, whether or not a hub serves the file. Nobody waits for it,
    /// because it reads one state of the write-ahead log, which grows as long as the copy takes.
    ///
    /// - Parameter replaces: whether a file of that name may go.
    package static func backUp(_ name: String, to copy: String, replaces: Bool) throws {
        let path = DatabaseName(name).path
        guard FileManager.default.fileExists(atPath: path) else {
            throw ConfigurationError("AMPHI_DATABASE: \(path) does not exist.")
        }
        guard !DatabaseName(path).owns(copy) else { throw ownFile(copy, path) }
        guard replaces || !FileManager.default.fileExists(atPath: copy) else {
            throw ConfigurationError("\(copy) exists already; --force replaces it.")
        }
        try requireOneName(path)
        let place = try requirePlace(copy)
        defer { place?.release() }
        for log in ["-wal", "-journal"].map({ copy + $0 }) where FileManager.default.fileExists(atPath: log) {
            throw ConfigurationError("\(log) would be read as a part of the copy: name another file.")
        }
        let backup = SQLiteBackup(of: path, to: copy, replaces: replaces)
        try requireForeign(backup.files, to: path)
        do {
            try backup.run { connection in
                try requireSound(copy, connection)
                try HubStore.renewEpoch(in: connection)
            }
        } catch let error as SQLError where error.code == .full {
            throw ConfigurationError("There is no room for \(copy): no copy was made.")
        }
    }

    /// Puts a backup in the place of a database that nobody serves, with a new epoch and without sign-in codes, which
    /// may have been used since.
    ///
    /// Throws `InUse`, a `MigrationError` for a file of a newer version, a `ConfigurationError` for a damaged one: then
    /// nothing has changed.
    ///
    /// - Returns: where the old file is now, nil when there was none.
    package static func restore(
        _ name: String, from copy: String, migrations: String, now: Timestamp, logger: Logger
    ) throws -> String? {
        let path = DatabaseName(name).path
        guard FileManager.default.fileExists(atPath: copy) else { throw ConfigurationError("\(copy) does not exist.") }
        try requireForeign([copy], to: path)
        let locks = try DatabaseLocks(path, makesFile: false)
        defer { locks.release() }
        let (ready, migrator) = ("\(path).restore", try Migrator(directory: migrations))
        defer { try? FileManager.default.removeItem(atPath: ready) }
        do {
            try SQLiteBackup(of: copy, to: ready, replaces: true).run { connection in
                try requireSound(copy, connection)
                guard try connection.hasTable("schema_migrations"), try connection.hasTable("hub") else {
                    throw ConfigurationError("\(copy) is no hub's database.")
                }
                _ = try migrator.state(in: connection)
                try HubStore.renewEpoch(in: connection)
                try connection.execute("DELETE FROM sign_in_codes", [])
            }
        } catch let error as SQLError where error.code == .full {
            throw ConfigurationError("There is no room for \(ready) beside the database: nothing has changed.")
        } catch let error as SQLError {
            throw ConfigurationError("\(copy) cannot be used: \(error).")
        }
        let kept = try setAside(path, now: now, logger: logger)
        guard rename(ready, path) == 0 else {
            throw ConfigurationError("\(path) cannot be replaced (errno \(errno)); the old file is \(kept ?? "there").")
        }
        return kept
    }

    /// Refuses a copy onto a file that belongs to the database itself, by whatever name it is called.
    private static func requireForeign(_ files: [String], to path: String) throws {
        let name = DatabaseName(path)
        if let own = files.first(where: name.owns) { throw ownFile(own, path) }
    }

    /// A copy goes to a free name, or takes that of a database that nobody serves, and belongs to no other file.
    ///
    /// - Returns: the lock of the file that goes, which no hub can take meanwhile; nil when there is none.
    private static func requirePlace(_ copy: String) throws -> FileRangeLock? {
        let files = FileManager.default
        for suffix in ["-wal", "-shm", "-journal", ".lock", ".sock"] where copy.hasSuffix(suffix) {
            let owner = String(copy.dropLast(suffix.count))
            if files.fileExists(atPath: owner) {
                throw ConfigurationError("\(copy) belongs to \(owner) by its name: name another file.")
            }
        }
        var status = stat()
        guard lstat(copy, &status) == 0 else { return nil }
        let backups = "--force replaces only a database, such as an older backup"
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw ConfigurationError("\(copy) is no regular file, and stays: \(backups).")
        }
        guard access(copy, R_OK | W_OK) == 0, let file = FileHandle(forReadingAtPath: copy) else {
            throw ConfigurationError("\(copy) cannot be opened, and stays: \(backups).")
        }
        let header = Array("SQLite format 3\0".utf8)
        let start = try file.read(upToCount: header.count) ?? Data()
        try file.close()
        guard status.st_size == 0 || Array(start) == header else {
            throw ConfigurationError("\(copy) is no database, and stays: \(backups).")
        }
        do throws(FileLockError) {
            return try FileRangeLock(path: copy)
        } catch .held {
            throw ConfigurationError("\(copy) is the database of another hub, which serves it: name another file.")
        } catch {
            throw ConfigurationError("\(copy) cannot be locked, and stays: \(error).")
        }
    }

    private static func ownFile(_ file: String, _ path: String) -> ConfigurationError {
        ConfigurationError("\(file) is the database \(path) itself, or belongs to it: name another file.")
    }

    /// Gives the old file a second name, together with all that its write-ahead log holds.
    private static func setAside(_ path: String, now: Timestamp, logger: Logger) throws -> String? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        // Opening and closing it moves the log into the file; a damaged file keeps its log.
        try? SQLiteDatabase(path: path, readers: 1, logger: logger).close()
        let kept = "\(path).before-restore-\(now.text.filter { $0.isNumber || $0 == "T" })"
        try FileManager.default.linkItem(atPath: path, toPath: kept)
        for suffix in ["-wal", "-shm"] where FileManager.default.fileExists(atPath: path + suffix) {
            // The old log must never stand beside the new file, because SQLite would apply it there.
            try FileManager.default.moveItem(atPath: path + suffix, toPath: kept + suffix)
        }
        return kept
    }

    private static func requireSound(_ copy: String, _ connection: any SQLConnection) throws {
        let problems = try connection.query("PRAGMA integrity_check", []).map { $0.text("integrity_check") }
        let orphans = try connection.query("PRAGMA foreign_key_check", [])
        guard problems == ["ok"], orphans.isEmpty else {
            throw ConfigurationError(
                "\(copy) is damaged: \(problems.first ?? ""), \(orphans.count) rows refer to nothing."
            )
        }
    }
}
