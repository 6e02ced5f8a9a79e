#if PostgreSQL
import Database
import DatabasePostgres
import Dispatch
import Glibc
import PostgresSupport
import Testing

/// Fences, commits in doubt, and servers that go away.
@Suite struct LaneTests {
    private static let schema = [lanes, "CREATE TABLE t (n BIGINT)"]

    private static func prepare(_ database: PostgresDatabase) async throws {
        try await database.write { connection in for statement in schema { try connection.execute(statement) } }
    }

    private static let insert: @Sendable (any SQLConnection) throws -> Void = {
        try $0.execute("INSERT INTO t VALUES (1)")
    }

    private static func count(_ database: PostgresDatabase) async throws -> Int64 {
        try await database.read { try $0.first("SELECT COUNT(*) AS n FROM t")?.integer("n") ?? -1 }
    }

    @Test func `who claims a node's name fences the one before`() async throws {
        try await TestPostgres.shared().withDatabase { url in
            let first = try PostgresDatabase.make(url)
            let second = try PostgresDatabase.make(url)
            try await closing(first, second) {
                try await Self.prepare(first)
                #expect(try await first.claim(node: "north") == 1)
                try await first.write(Self.insert)
                #expect(try await second.claim(node: "north") == 2)
                try await second.write(Self.insert)
                for _ in 0..<2 {
                    let error = await sqlError { try await first.write(Self.insert) }
                    #expect(error?.code == .fenced)
                }
                #expect(try await second.claim(node: "south") == 1)
                try await second.write(Self.insert)
                #expect(try await Self.count(first) == 3)
                #expect(try await first.claim(node: "north") == 3)
                try await first.write(Self.insert)
            }
        }
    }

    @Test func `a batch has the next number, whether the one before was committed or not`() async throws {
        try await withPostgres(lanes, "CREATE TABLE t (n BIGINT)") { database async throws in
            _ = try await database.claim(node: "north")
            try await database.write(Self.insert)
            _ = await sqlError { try await database.write { _ in throw SQLError(.other, "no") } }
            try await database.write(Self.insert)
            let batch = try await database.value("SELECT batch FROM hub_lanes")
            #expect(batch == 3)
        }
    }

    @Test(arguments: [CommitProxy.Fault.before, .silent, .after])
    func `a commit whose answer is lost is found out`(fault: CommitProxy.Fault) async throws {
        let rows: Int64 = fault == .after ? 1 : 0
        let server = try TestPostgres()
        let name = try server.makeDatabase()
        let proxy = try CommitProxy(to: try #require(server.folder))
        defer { proxy.close() }
        let database = try PostgresDatabase.make(proxy.url(of: name))
        try await closing(database) {
            try await Self.prepare(database)
            _ = try await database.claim(node: "north")
            try await database.write { _ in }
            proxy.cutNextCommit(fault)
            let error = await sqlError { try await database.write(Self.insert) }
            #expect(error?.code == (rows == 1 ? nil : .unavailable))
            #expect(try await Self.count(database) == rows)
            try await database.write(Self.insert)
            #expect(try await Self.count(database) == rows + 1)
        }
    }

    @Test func `a commit that was given up and has happened is found before the next one`() async throws {
        let server = try TestPostgres()
        let name = try server.makeDatabase()
        let proxy = try CommitProxy(to: try #require(server.folder))
        defer { proxy.close() }
        let database = try PostgresDatabase.make(proxy.url(of: name))
        try await closing(database) {
            try await Self.prepare(database)
            _ = try await database.claim(node: "north")
            proxy.cutNextCommit(.gone)
            let error = await sqlError { try await database.write(Self.insert) }
            #expect(error?.code == .unavailable && error?.message.contains("not known") == true)
            proxy.reopen()
            for _ in 0..<2 {
                let late = await sqlError { try await database.write(Self.insert) }
                #expect(late?.code == .fenced && late?.message.contains("has happened") == true)
            }
            #expect(try await Self.count(database) == 1)
        }
    }

    @Test func `a database that went back behind the last commit is not written any more`() async throws {
        try await TestPostgres.shared().withDatabase { url in
            let database = try PostgresDatabase.make(url)
            let other = try PostgresDatabase.make(url)
            try await closing(database, other) {
                try await Self.prepare(database)
                _ = try await database.claim(node: "north")
                for _ in 0..<3 { try await database.write(Self.insert) }
                // As on a standby that had not got the third.
                try await other.write { try $0.execute("UPDATE hub_lanes SET batch = 2") }
                let error = await sqlError { try await database.write(Self.insert) }
                #expect(error?.code == .fenced && error?.message.contains("lost its newest commits") == true)
                #expect(try await Self.count(other) == 3)
            }
        }
    }

    @Test func `the lock of the one that serves is taken again after a loss`() async throws {
        try await TestPostgres.shared().withDatabase { url in
            let database = try PostgresDatabase.make(url)
            let other = try PostgresDatabase.make(url)
            try await closing(database, other) {
                try await Self.prepare(database)
                #expect(try await database.hold([.alone]) == .alone)
                #expect(try await other.hold([.alone, .node("b")], within: .zero) == nil)
                let end = "SELECT pg_terminate_backend(pid)::int FROM pg_locks WHERE locktype = 'advisory' AND granted"
                _ = try await other.read { try $0.query(end) }
                try await database.write(Self.insert)
                #expect(try await other.hold([.alone], within: .zero) == nil)
            }
        }
    }

    @Test func `nodes share a database that none of them has alone`() async throws {
        try await TestPostgres.shared().withDatabase { url in
            let database = try PostgresDatabase.make(url)
            let other = try PostgresDatabase.make(url)
            let third = try PostgresDatabase.make(url)
            try await closing(database, other, third) {
                try await Self.prepare(database)
                #expect(try await database.hold([.alone]) == .alone)
                #expect(try await database.share(as: "a"))
                #expect(try await other.hold([.alone, .node("a")], within: .zero) == nil)
                #expect(try await other.hold([.alone, .node("b")], within: .zero) == .node("b"))
                #expect(try await third.hold([.alone], within: .zero) == nil)
                try database.close()
                #expect(try await third.hold([.alone], within: .zero) == nil)
                try other.close()
                #expect(try await third.hold([.alone]) == .alone)
            }
        }
    }

    @Test func `a commit in doubt of a node that was fenced meanwhile is told so`() async throws {
        let server = try TestPostgres()
        let name = try server.makeDatabase()
        let proxy = try CommitProxy(to: try #require(server.folder))
        defer { proxy.close() }
        let database = try PostgresDatabase.make(proxy.url(of: name))
        let other = try PostgresDatabase.make(server.url(of: name))
        try await closing(database, other) {
            try await Self.prepare(database)
            _ = try await database.claim(node: "north")
            proxy.cutNextCommit(.silent)
            let error = await sqlError {
                try await database.write { connection in
                    try Self.insert(connection)
                    // Waits for the lane's row until the server has ended the transaction that nobody goes on with.
                    other.withWriter { connection in
                        #expect(throws: Never.self) {
                            try connection.execute("UPDATE hub_lanes SET incarnation = 2 WHERE node = 'north'")
                        }
                    }
                    try Self.waitForLock(connection)
                }
            }
            #expect(error?.code == .fenced)
            #expect(try await Self.count(other) == 0)
        }
    }

    /// Returns when another connection waits for a row of this one.
    private static func waitForLock(_ connection: any SQLConnection) throws {
        let sql = "SELECT COUNT(*) AS n FROM pg_locks WHERE NOT granted AND locktype IN ('transactionid', 'tuple')"
        while try connection.first(sql)?.integer("n") == 0 { usleep(5_000) }
    }

    @Test func `without a lane a lost answer is an error`() async throws {
        let server = try TestPostgres()
        let name = try server.makeDatabase()
        let proxy = try CommitProxy(to: try #require(server.folder))
        defer { proxy.close() }
        let database = try PostgresDatabase.make(proxy.url(of: name))
        try await closing(database) {
            try await Self.prepare(database)
            proxy.cutNextCommit(.after)
            let error = await sqlError { try await database.write(Self.insert) }
            #expect(error?.code == .unavailable)
            #expect(try await Self.count(database) == 1)
        }
    }

    @Test func `a server that was killed costs what ran on it, and what comes after it is back works`() async throws {
        let server = try TestPostgres()
        let database = try PostgresDatabase.make(server.url(of: try server.makeDatabase()), readers: 1)
        try await closing(database) {
            try await Self.prepare(database)
            _ = try await database.claim(node: "north")
            try await database.write(Self.insert)
            #expect(try await Self.count(database) == 1)

            // Between two transactions: nobody notices.
            server.kill()
            try server.start()
            #expect(try await Self.count(database) == 1)
            try await database.write(Self.insert)

            // Inside of one.
            let codes = try await database.onWriter { connection in
                var codes: [SQLError.Code?] = []
                func note(_ body: () throws -> Void) {
                    do { try body() } catch { codes.append((error as? SQLError)?.code) }
                }
                try connection.begin()
                try Self.insert(connection)
                server.kill()
                note { try connection.savepoint { try Self.insert(connection) } }
                #expect(!connection.isInTransaction)
                note { try Self.insert(connection) }
                note { try connection.commit() }
                #expect(!connection.rollBack())
                note { try connection.begin() }
                return codes
            }
            #expect(codes == [.unavailable, .unavailable, .unavailable, .unavailable])
            let away = await sqlError { try await Self.count(database) }
            #expect(away?.code == .unavailable)
            try server.start()
            #expect(try await Self.count(database) == 2)
            try await database.write(Self.insert)
            #expect(try await Self.count(database) == 3)

            // One that was told to stop says so itself.
            server.stop()
            let stopped = await sqlError { try await database.write(Self.insert) }
            #expect(stopped?.code == .unavailable)
            try server.start()
            try await database.write(Self.insert)
            #expect(try await Self.count(database) == 4)
        }
    }

    @Test func `the server ends a transaction that is idle, and a long statement is none`() async throws {
        let soon = "SELECT set_config('idle_in_transaction_session_timeout', '50', true) AS v"
        try await withPostgres("CREATE TABLE t (n BIGINT)") { database async throws in
            try await database.write { connection in
                _ = try connection.first(soon)
                _ = try connection.first("SELECT pg_sleep(0.2) IS NULL AS v")
            }
            let error = await sqlError {
                try await database.write { connection in
                    _ = try connection.first(soon)
                    // The process was stopped for a while.
                    usleep(300_000)
                    try Self.insert(connection)
                }
            }
            #expect(error?.code == .unavailable)
            #expect(error?.state == "25P03")
            try await database.write(Self.insert)
        }
    }

    @Test func `no server is unavailable at the start`() async throws {
        let error = await sqlError { _ = try PostgresDatabase.make("postgresql:///x?host=/nowhere&user=u") }
        #expect(error?.code == .unavailable)
    }
}
#endif
