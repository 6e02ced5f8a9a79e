import Dispatch
import Foundation
import Testing

@testable import Database

@Suite struct MaintenanceTests {
    private let table = "CREATE TABLE t (n INTEGER)"

    @Test func `a backup is one state, taken while a writer has the database`() async throws {
        try await withDatabase(table, "INSERT INTO t VALUES (1)") { database in
            let copy = database.path + ".copy"
            let isWriting = AsyncStream.makeStream(of: Void.self)
            let mayCommit = DispatchSemaphore(value: 0)
            async let write: Void = database.write { connection in
                try connection.execute("INSERT INTO t VALUES (2)")
                isWriting.continuation.finish()
                mayCommit.wait()
            }
            for await _ in isWriting.stream {}
            try await database.backup(to: copy) { try $0.execute("UPDATE t SET n = n + 10") }
            mayCommit.signal()
            try await write

            #expect(try await database.column("SELECT n FROM t ORDER BY n") == [1, 2])
            let restored = try SQLiteDatabase(path: copy, readers: 1, logger: database.logger)
            #expect(try await restored.column("SELECT n FROM t") == [11])
            #expect(try await restored.integrityCheck() == [])
            try restored.close()
        }
    }

    @Test func `a backup is a single file, and leaves nothing else`() async throws {
        try await withTemporaryDirectory { directory in
            let database = try SQLiteDatabase.make(in: directory)
            try FileManager.default.createDirectory(atPath: directory + "/copies", withIntermediateDirectories: false)
            try await database.backup(to: directory + "/copies/a.db")
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory + "/copies") == ["a.db"])
            let header = try Data(contentsOf: URL(fileURLWithPath: directory + "/copies/a.db")).prefix(20)
            // Bytes 18 and 19 say 2 in WAL mode (https://www.sqlite.org/fileformat.html).
            #expect([header[18], header[19]] == [1, 1])
            try database.close()
        }
    }

    @Test func `a backup does not replace a file`() async throws {
        try await withDatabase(table) { database in
            let copy = database.path + ".copy"
            try Data("precious".utf8).write(to: URL(fileURLWithPath: copy))
            #expect(await sqlError { try await database.backup(to: copy) }?.code == .misuse)
            #expect(try Data(contentsOf: URL(fileURLWithPath: copy)) == Data("precious".utf8))
        }
    }

    @Test func `a new database and its log are their owner's alone`() async throws {
        try await withDatabase(table) { database in
            for path in [database.path, database.path + "-wal", database.path + "-shm"] {
                let attributes = try FileManager.default.attributesOfItem(atPath: path)
                #expect(attributes[.posixPermissions] as? Int == 0o600, "\(path)")
            }
        }
    }

    @Test func `a backup may replace a file, once it is complete, and is its owner's alone`() async throws {
        try await withDatabase(table, "INSERT INTO t VALUES (1)") { database in
            let copy = database.path + ".copy"
            try Data("precious".utf8).write(to: URL(fileURLWithPath: copy))
            let backup = SQLiteBackup(of: database.path, to: copy, replaces: true)
            #expect(throws: Refused(reason: "no")) { try backup.run { _ in throw Refused(reason: "no") } }
            #expect(try Data(contentsOf: URL(fileURLWithPath: copy)) == Data("precious".utf8))
            try backup.run { _ in }
            let attributes = try FileManager.default.attributesOfItem(atPath: copy)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            let restored = try SQLiteDatabase(path: copy, readers: 1, logger: database.logger)
            #expect(try await restored.column("SELECT n FROM t") == [1])
            try restored.close()
        }
    }

    @Test func `a backup that cannot be prepared leaves no file`() async throws {
        try await withDatabase(table) { database in
            let copy = database.path + ".copy"
            await #expect(throws: Refused(reason: "no")) {
                try await database.backup(to: copy) { _ in throw Refused(reason: "no") }
            }
            let files = try FileManager.default.contentsOfDirectory(
                atPath: (copy as NSString).deletingLastPathComponent)
            #expect(files.filter { $0.contains("copy") } == [])
        }
    }

    @Test func `a sound database has no problems, orphans are found`() async throws {
        try await withDatabase(
            "CREATE TABLE p (id INTEGER PRIMARY KEY)", "CREATE TABLE c (p INTEGER REFERENCES p (id))"
        ) { database in
            #expect(try await database.integrityCheck() == [])
            try await database.onWriter { connection in
                try connection.execute("PRAGMA foreign_keys = OFF")
                try connection.execute("INSERT INTO c VALUES (9)")
            }
            #expect(try await database.integrityCheck() == ["foreign key violated: c -> p"])
        }
    }

    @Test func `a checkpoint moves the WAL into the file`() async throws {
        try await withDatabase(table) { database in
            try await database.write { connection in
                for number in Int64(0)..<5000 {
                    try connection.execute("INSERT INTO t VALUES ($1)", [.integer(number)])
                }
            }
            let result = try await database.checkpoint()
            #expect(result.walPages > 0)
            #expect(result.walPages == result.copiedPages)
        }
    }

    @Test func `the size counts the file and its WAL`() async throws {
        try await withDatabase("CREATE TABLE t (v BLOB)") { database in
            let before = database.sizeBytes
            try await database.write { try $0.execute("INSERT INTO t VALUES (zeroblob(1000000))") }
            #expect(database.sizeBytes - before > 1_000_000)
        }
    }
}
