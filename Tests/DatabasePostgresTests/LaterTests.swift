#if PostgreSQL
import Database
import DatabasePostgres
import PostgresSupport
import Testing

/// Statements that travel with the next one.
@Suite struct LaterTests {
    private static let table = "CREATE TABLE t (n BIGINT UNIQUE)"
    private static let insert = "INSERT INTO t VALUES ($1) RETURNING n"

    private static func counts(_ database: PostgresDatabase) async throws -> [SQLValue] {
        try await database.column("SELECT n FROM t ORDER BY n")
    }

    @Test func `they run in their order, before the next one, and keep their rows`() async throws {
        try await withPostgres(lanes, Self.table) { database async throws in
            _ = try await database.claim(node: "north")
            try await database.write { connection in
                let first = try connection.later(Self.insert, [1])
                let second = try connection.later("SELECT COUNT(*) AS n FROM t", [])
                _ = try connection.later(Self.insert, [2])
                #expect(try connection.first("SELECT COUNT(*) AS n FROM t")?.integer("n") == 2)
                #expect(try second.first()?.integer("n") == 1)
                #expect(try first.rows().map { $0.integer("n") } == [1])
                // Nobody asks for this one, and the commit takes it along.
                _ = try connection.later(Self.insert, [3])
            }
            #expect(try await Self.counts(database) == [1, 2, 3])
        }
    }

    @Test func `what fails is thrown by whatever takes it along, and nothing of it all is committed`() async throws {
        try await withPostgres(lanes, Self.table) { database async throws in
            _ = try await database.claim(node: "north")
            let early = await sqlError {
                try await database.write { connection in
                    _ = try connection.later(Self.insert, [1])
                    _ = try connection.later(Self.insert, [1])
                    try connection.execute(Self.insert, [2])
                }
            }
            #expect(early?.code == .uniqueViolation)
            let late = await sqlError {
                try await database.write { connection in
                    try connection.execute(Self.insert, [3])
                    _ = try connection.later(Self.insert, [3])
                }
            }
            #expect(late?.code == .uniqueViolation)
            #expect(try await Self.counts(database) == [])
            try await database.write { try $0.execute(Self.insert, [4]) }
            #expect(try await Self.counts(database) == [4])
        }
    }

    @Test func `an answer that is asked for after the rollback is an error`() async throws {
        try await withPostgres(Self.table) { database async throws in
            let error = await sqlError {
                try await database.onWriter { connection in
                    try connection.begin()
                    let answer = try connection.later(Self.insert, [1])
                    connection.rollBack()
                    _ = try answer.rows()
                }
            }
            #expect(error?.code == .misuse)
            #expect(try await Self.counts(database) == [])
        }
    }

    @Test func `a fenced node commits nothing, though it waits for nothing in between`() async throws {
        try await TestPostgres.shared().withDatabase { url in
            let first = try PostgresDatabase.make(url)
            let second = try PostgresDatabase.make(url)
            try await closing(first, second) {
                try await first.write { connection in
                    try connection.execute(lanes)
                    try connection.execute(Self.table)
                }
                _ = try await first.claim(node: "north")
                _ = try await second.claim(node: "north")
                let error = await sqlError { try await first.write { _ = try $0.later(Self.insert, [1]) } }
                #expect(error?.code == .fenced)
                #expect(try await Self.counts(second) == [])
            }
        }
    }

    @Test func `a connection that broke while it was idle costs nothing`() async throws {
        try await withPostgres(lanes, Self.table) { database async throws in
            _ = try await database.claim(node: "north")
            try await database.write { try $0.execute(Self.insert, [1]) }
            let end = "SELECT pg_terminate_backend(pid)::int FROM pg_stat_activity WHERE query = 'COMMIT'"
            _ = try await database.read { try $0.query(end) }
            try await database.write { connection in
                _ = try connection.later(Self.insert, [2])
                #expect(try connection.first("SELECT COUNT(*) AS n FROM t")?.integer("n") == 2)
            }
            #expect(try await Self.counts(database) == [1, 2])
            #expect(try await database.value("SELECT batch FROM hub_lanes") == 2)
        }
    }
}
#endif
