import Dispatch
import Foundation
import Testing

@testable import Database

@Suite struct SQLiteDatabaseTests {
    @Test func `every commit is synced, in WAL mode, with foreign keys`() async throws {
        try await withDatabase { database in
            let names = ["synchronous", "journal_mode", "foreign_keys", "busy_timeout", "journal_size_limit"]
            let values = try await database.onWriter { connection in
                try names.map { try connection.first("PRAGMA \($0)")?.values }
            }
            #expect(values == [[2], ["wal"], [1], [5000], [67_108_864]])
        }
    }

    @Test func `a reader has the settings of its connection`() async throws {
        try await withDatabase { database in
            let values = try await database.read { connection in
                try ["cache_size", "foreign_keys", "query_only"].map { try connection.first("PRAGMA \($0)")?.values }
            }
            #expect(values == [[-16384], [1], [0]])
        }
    }

    @Test func `a read sees a write that has returned`() async throws {
        try await withDatabase(readers: 3, "CREATE TABLE t (n INTEGER)", "INSERT INTO t VALUES (0)") { database in
            for number in 1...100 {
                try await database.write { try $0.execute("UPDATE t SET n = $1", [.integer(Int64(number))]) }
                #expect(try await database.value("SELECT n FROM t") == .integer(Int64(number)))
            }
        }
    }

    @Test func `a read keeps its state while a write commits`() async throws {
        try await withDatabase("CREATE TABLE t (n INTEGER)", "INSERT INTO t VALUES (1)") { database in
            let isReading = AsyncStream.makeStream(of: Void.self)
            let mayGoOn = DispatchSemaphore(value: 0)
            async let seen = database.read { connection in
                isReading.continuation.finish()
                mayGoOn.wait()
                let first = try connection.first("SELECT n FROM t")?.integer("n")
                return [first, try connection.first("SELECT n FROM t")?.integer("n")]
            }
            for await _ in isReading.stream {}
            try await database.write { try $0.execute("UPDATE t SET n = 2") }
            mayGoOn.signal()
            #expect(try await seen == [1, 1])
            #expect(try await database.value("SELECT n FROM t") == 2)
        }
    }

    @Test func `a read cannot write`() async throws {
        try await withDatabase("CREATE TABLE t (n INTEGER)") { database in
            let error = await sqlError { try await database.read { try $0.execute("INSERT INTO t VALUES (1)") } }
            #expect(error?.code == .readOnly)
        }
    }

    @Test func `more reads than readers wait for one another`() async throws {
        try await withDatabase(readers: 2, "CREATE TABLE t (n INTEGER)", "INSERT INTO t VALUES (1)") { database in
            let sum = try await withThrowingTaskGroup(of: Int64.self) { group in
                for _ in 0..<50 {
                    group.addTask { try await database.read { try $0.first("SELECT n FROM t")?.integer("n") ?? 0 } }
                }
                return try await group.reduce(0, +)
            }
            #expect(sum == 50)
        }
    }

    @Test func `withWriter and write run in the order of their calls`() async throws {
        try await withDatabase("CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER)") { database in
            for number in 0..<100 {
                let insert: @Sendable (any SQLConnection) throws -> Void = { connection in
                    try connection.execute("INSERT INTO t (n) VALUES ($1)", [.integer(Int64(number))])
                }
                if number % 10 == 9 {
                    try await database.write(insert)
                } else {
                    database.withWriter { connection in
                        #expect(!connection.isInTransaction)
                        #expect(throws: Never.self) { try insert(connection) }
                    }
                }
            }
            #expect(try await database.column("SELECT n FROM t ORDER BY id") == (0..<100).map { .integer($0) })
        }
    }

    @Test func `withWriter returns before its closure runs`() async throws {
        try await withDatabase { database in
            let order = Recorder<String>()
            let mayGoOn = DispatchSemaphore(value: 0)
            database.withWriter { _ in
                mayGoOn.wait()
                order.append("closure")
            }
            order.append("returned")
            mayGoOn.signal()
            try await database.write { _ in }
            #expect(order.all == ["returned", "closure"])
        }
    }

    @Test func `a transaction left open on the writer is rolled back`() async throws {
        try await withDatabase("CREATE TABLE t (n INTEGER)") { database in
            try await database.onWriter { connection in
                try connection.execute("BEGIN IMMEDIATE")
                try connection.execute("INSERT INTO t VALUES (1)")
            }
            let isInTransaction = try await database.onWriter { $0.isInTransaction }
            #expect(!isInTransaction)
            #expect(try await database.column("SELECT n FROM t") == [])
        }
    }

    @Test func `close lets what was handed over finish, and refuses what comes later`() async throws {
        try await withTemporaryDirectory { directory in
            let database = try SQLiteDatabase.make(in: directory)
            try await database.write { try $0.execute("CREATE TABLE t (n INTEGER)") }
            database.withWriter { connection in
                #expect(throws: Never.self) { try connection.execute("INSERT INTO t VALUES (1)") }
            }
            try database.close()
            try database.close()
            let closed = SQLError(.misuse, "the database is closed")
            #expect(await sqlError { _ = try await database.read { try $0.query("SELECT 1") } } == closed)
            #expect(await sqlError { try await database.write { _ in } } == closed)
            let inWriter = await sqlError { _ = try await database.onWriter { try $0.query("SELECT 1") } }
            #expect(inWriter == closed)
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["test.db"])

            let again = try SQLiteDatabase.make(in: directory)
            #expect(try await again.value("SELECT n FROM t") == 1)
            try again.close()
        }
    }

    @Test func `a file that is no database is refused`() async throws {
        try await withTemporaryDirectory { directory in
            try Data(repeating: 65, count: 8192).write(to: URL(fileURLWithPath: directory + "/test.db"))
            let error = await sqlError { _ = try SQLiteDatabase.make(in: directory) }
            #expect(error?.code == .notADatabase)
        }
    }

    @Test func `a folder that does not exist is an I/O error`() async throws {
        try await withTemporaryDirectory { directory in
            let error = await sqlError { _ = try SQLiteDatabase.make(in: directory + "/missing") }
            #expect(error?.code == .io)
        }
    }

    @Test func `a connection kept beyond its closure stops the process`() async {
        await #expect(processExitsWith: .failure) {
            struct Box: @unchecked Sendable { let connection: any SQLConnection }
            try await withDatabase { database in
                let kept = try await database.read { Box(connection: $0) }
                _ = try kept.connection.query("SELECT 1")
            }
        }
    }
}
