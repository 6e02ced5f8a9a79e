import Dispatch
import Logging
import Testing

@testable import Database

@Suite("The write-ahead log") struct LogKeeperTests {
    /// Opens a small-limit database with one table.
    private func with(_ body: (SQLiteDatabase) async throws -> Void) async throws {
        try await withTemporaryDirectory { directory in
            let limits = LogKeeper.Limits(copies: 50, restarts: 100, empties: 200, patience: 2000)
            let database = try SQLiteDatabase(
                path: "\(directory)/log.db", readers: 4, log: limits, logger: Logger(label: "test"))
            try await database.write { try $0.execute("CREATE TABLE t (v BLOB)") }
            do { try await body(database) } catch {
                try? database.close()
                throw error
            }
            try database.close()
        }
    }

    /// A read transaction that stays open until `end`.
    private struct HeldReader {
        let gate = DispatchSemaphore(value: 0)
        let task: Task<Void, any Error>

        init(_ database: SQLiteDatabase) async {
            let began = AsyncStream.makeStream(of: Void.self)
            let gate = gate
            task = Task {
                try await database.read { connection in
                    _ = try connection.first("SELECT count(*) AS n FROM t")
                    began.continuation.finish()
                    gate.wait()
                }
            }
            for await _ in began.stream {}
        }

        func end() async throws {
            gate.signal()
            try await task.value
        }
    }

    private func write(_ database: SQLiteDatabase, pages: Int) async throws {
        for _ in 0..<pages { try await database.write { try $0.execute("INSERT INTO t VALUES (zeroblob(4000))") } }
    }

    /// 200 pages of 4 KiB, and what comes until the writer's turn.
    private static let bound: Int64 = 2 * 200 * 4120

    @Test func `readers that overlap without a gap do not make the log grow`() async throws {
        try await with { database in
            let readers = Task {
                var reader = await HeldReader(database)
                while !Task.isCancelled {
                    // The next one begins before this one ends: there is never a moment without a reader.
                    let next = await HeldReader(database)
                    try await reader.end()
                    reader = next
                }
                try await reader.end()
            }
            try await write(database, pages: 2000)
            readers.cancel()
            try await readers.value
            #expect(database.file.walBytes < Self.bound, "\(database.file.walBytes)")
        }
    }

    @Test func `without readers the log begins anew, although it is copied beside a writer that goes on`() async throws
    {
        try await withTemporaryDirectory { directory in
            let limits = LogKeeper.Limits(copies: 50, restarts: 100, empties: 1_000_000)
            let database = try SQLiteDatabase(
                path: "\(directory)/log.db", readers: 4, log: limits, logger: Logger(label: "test"))
            try await database.write { try $0.execute("CREATE TABLE t (v BLOB)") }
            try await write(database, pages: 2000)
            #expect(database.file.walBytes < 5 * Self.bound / 2, "\(database.file.walBytes)")
            #expect(try await database.integrityCheck() == [])
            try database.close()
            #expect(database.file.walBytes == 0)
        }
    }

    /// The pages in the log, as SQLite says when no other connection copies them.
    private static func pages(of database: SQLiteDatabase) async throws -> Int {
        while true {
            do {
                return try await database.checkpoint().walPages
            } catch let error as SQLError where error.code == .busy {
                // The keeper's copier is at work still.
                try await Task.sleep(for: .milliseconds(1))
            }
        }
    }

    @Test func `a long reader keeps its state, and after it the log begins anew`() async throws {
        try await withTemporaryDirectory { directory in
            let limits = LogKeeper.Limits(copies: 50, restarts: 100, empties: 200, patience: 1)
            let database = try SQLiteDatabase(
                path: "\(directory)/log.db", readers: 4, log: limits, logger: Logger(label: "test"))
            try await database.write { try $0.execute("CREATE TABLE t (v BLOB)") }
            let reader = await HeldReader(database)
            try await write(database, pages: 600)
            #expect(database.file.walBytes > Self.bound)
            try await reader.end()
            // Emptied by the writer, or begun anew within the same file: either way it has forgotten the 600.
            try await write(database, pages: 1000)
            #expect(try await Self.pages(of: database) < 1000)
            #expect(try await database.value("SELECT count(*) AS n FROM t") == 1600)
            try database.close()
        }
    }
}
