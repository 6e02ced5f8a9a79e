import Foundation
import Testing

@testable import Database

/// What commands read where nothing may be written.
struct SQLiteReaderTests {
    // Found from outside, no. 5
    @Test func `a file is read where the memory that connections share cannot be made`() async throws {
        try await withClosedFile { path in
            #expect(
                try SQLiteReader.read(path) { try $0.query("SELECT text FROM notes").map { $0.text("text") } } == [
                    "kept"
                ])
            let copy = path + ".copy"
            try SQLiteBackup(of: path, to: copy).run { _ in }
            #expect(try SQLiteReader.read(copy) { try $0.query("SELECT text FROM notes").count } == 1)
        }
    }

    // Found from outside, no. 5
    @Test func `a log that cannot be read there is not passed over`() async throws {
        try await withClosedFile { path in
            try FileManager.default.removeItem(atPath: path + "-shm")
            try FileManager.default.createDirectory(atPath: path + "-wal", withIntermediateDirectories: false)
            let error = #expect(throws: SQLError.self) { try SQLiteReader.read(path) { try $0.query("SELECT 1") } }
            #expect(error?.message.contains("-wal cannot be read where nothing may be written") == true)
        }
    }

    @Test func `what is not there, or is no database, is said as before`() async throws {
        #expect(throws: SQLError.self) { try SQLiteReader.read("/nowhere/a.db") { try $0.query("SELECT 1") } }
        try await withClosedFile { path in
            try Data(
                "no database, but long enough to be looked at as if it were one, of a hundred bytes and more; and more"
                    .utf8
            )
            .write(to: URL(fileURLWithPath: path))
            let error = #expect(throws: SQLError.self) { try SQLiteReader.read(path) { try $0.query("SELECT 1") } }
            #expect(error?.code == .notADatabase)
        }
    }

    /// A database in WAL mode that was closed well. A folder in the place of its `-shm` stands for a mount or a folder
    /// where it cannot be made: unlike missing rights it stops the superuser as well.
    private func withClosedFile(_ body: (String) throws -> Void) async throws {
        try await withTemporaryDirectory { directory in
            let folder = directory + "/what? #1%20"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
            let database = try SQLiteDatabase.make(in: folder)
            try await database.write { connection in
                try connection.execute("CREATE TABLE notes (text TEXT NOT NULL)")
                try connection.execute("INSERT INTO notes (text) VALUES ('kept')")
            }
            try database.close()
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["test.db"])
            let path = folder + "/test.db"
            try FileManager.default.createDirectory(atPath: path + "-shm", withIntermediateDirectories: false)
            try body(path)
        }
    }
}
