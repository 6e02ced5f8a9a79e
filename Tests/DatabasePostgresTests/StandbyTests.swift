#if PostgreSQL
import Database
import DatabasePostgres
import Glibc
import PostgresSupport
import Testing

@Suite struct StandbyTests {
    @Test func `a commit whose wait for the standbys was cancelled waits once more`() async throws {
        let server = try TestPostgres()
        let url = server.url(of: try server.makeDatabase())
        let database = try PostgresDatabase.make(url)
        let other = try PostgresDatabase.make(url)
        try await closing(database, other) {
            try await database.write { connection in
                try connection.execute(lanes)
                try connection.execute("CREATE TABLE t (n BIGINT)")
            }
            _ = try await database.claim(node: "north")
            try server.sql("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
            try server.sql("SELECT pg_reload_conf()")
            // The server takes its new settings after a while: the first that waits is the one.
            let seen = Recorder<String>()
            async let count = {
                var count: Int64 = 0
                while seen.all.isEmpty {
                    try await database.write { try $0.execute("INSERT INTO t VALUES (1)") }
                    count += 1
                }
                return count
            }()
            try await Self.waiting(for: "COMMIT", other, then: "pg_cancel_backend(pid)")
            try await Self.waiting(for: "FOR UPDATE", other, then: "true")
            seen.append("it waits again")
            try server.sql("ALTER SYSTEM RESET synchronous_standby_names")
            try server.sql("SELECT pg_reload_conf()")
            let written = try await count
            let stored = try await other.value("SELECT COUNT(*) FROM t")
            #expect(stored == .integer(written))
        }
    }

    /// Returns when a connection waits for a standby with such a statement, and `action` was done to it.
    private static func waiting(for words: String, _ database: PostgresDatabase, then action: String) async throws {
        let sql = """
            SELECT \(action) AS v FROM pg_stat_activity
            WHERE wait_event = 'SyncRep' AND query LIKE '%' || $1 AND datname = current_database()
            """
        while try await database.read({ try $0.query(sql, [.text(words)]).isEmpty }) { usleep(10_000) }
    }
}
#endif
