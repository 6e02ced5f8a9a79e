import Foundation
import GRDB

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// One online copy of a database file, made through connections of its own: beside a process that serves it as well.
package struct SQLiteBackup {
    private let source: String
    private let destination: String
    private let replaces: Bool
    /// The copy under construction; what a crash leaves has this name.
    private var partial: String { destination + ".partial" }

    /// - Parameter replaces: whether a file of that name may go; until the copy is complete it stays.
    package init(of source: String, to destination: String, replaces: Bool = false) {
        self.source = source
        self.destination = destination
        self.replaces = replaces
    }

    /// The names that it makes, replaces or takes away.
    package var files: [String] {
        [destination] + ["", "-wal", "-shm", "-journal"].map { partial + $0 }
    }

    /// Blocks until the copy is done. It is its owner's alone: mode 0600.
    ///
    /// - Parameter prepare: runs in a transaction on the copy.
    /// - Throws: `SQLError`, what `prepare` throws, or the file system's error.
    package func run(_ prepare: (any SQLConnection) throws -> Void) throws {
        guard replaces || !FileManager.default.fileExists(atPath: destination) else {
            throw SQLError(.misuse, "\(destination) exists already")
        }
        try removePartial()
        do {
            try copy(prepare)
            try sync(partial)
            try publish()
            try sync(URL(fileURLWithPath: destination).deletingLastPathComponent().path)
            try removePartial()
        } catch {
            try? removePartial()
            throw (error as? DatabaseError).map { SQLError($0) } ?? error
        }
    }

    private func copy(_ prepare: (any SQLConnection) throws -> Void) throws {
        let from = try SQLiteReader.open(source)
        let created = unsafe open(partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard created >= 0 else { throw SQLError(.io, "cannot create \(partial): errno \(errno)") }
        _ = close(created)
        let to = try DatabaseQueue(path: partial)
        defer {
            try? from.close()
        }
        // All pages in one step are one read transaction: one state, and in WAL mode no writer waits for it.
        try from.backup(to: to)
        try to.writeWithoutTransaction { database in
            let statements = StatementCache(for: database)
            let access = SQLiteAccess(database, statements)
            defer {
                access.invalidate()
                statements.removeAll()
            }
            try access.transaction(prepare)
            // The copy says in its header that it is in WAL mode, like its source.
            try access.execute("PRAGMA journal_mode = DELETE")
        }
        try to.close()
    }

    private func publish() throws {
        if replaces {
            guard unsafe rename(partial, destination) == 0 else {
                throw SQLError(.io, "cannot rename \(partial): errno \(errno)")
            }
        } else {
            // `link` fails when the name is taken meanwhile; a rename would replace that file.
            try FileManager.default.linkItem(atPath: partial, toPath: destination)
        }
    }

    private func removePartial() throws {
        for file in [partial, partial + "-wal", partial + "-shm", partial + "-journal"]
        where FileManager.default.fileExists(atPath: file) {
            try FileManager.default.removeItem(atPath: file)
        }
    }

    private func sync(_ path: String) throws {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        defer { if descriptor >= 0 { _ = close(descriptor) } }
        guard descriptor >= 0, fsync(descriptor) == 0 else {
            throw SQLError(.io, "cannot sync \(path): errno \(errno)")
        }
    }
}
