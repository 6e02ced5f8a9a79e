import Database
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import SessionHub

/// Every row of every table, from file to file and from engine to engine.
@Suite("Copies of a whole database", .timeLimit(.minutes(2)))
struct DatabaseCopyTests {
    /// Where a copy goes in these tests: a new file or database.
    static func target(_ engine: TestEngine, in folder: TestFolder) throws -> String {
        try engine.settings(for: folder)["AMPHI_DATABASE"] ?? folder.file("\(UUID().uuidString).db")
    }

    static func configuration(_ database: String) -> HubConfiguration { TestHub.standard(database: database) }

    @discardableResult
    static func copy(_ from: String, _ to: String) async throws -> DatabaseCopy.Report {
        try await DatabaseCopy.run(
            from: configuration(from), to: configuration(to), logger: TestHub.silence, progress: { _, _ in })
    }

    /// Runs statements on a database that nobody serves.
    static func change(_ database: String, _ statements: String...) async throws {
        let hub = try await HubDatabase.hold(configuration(database), TestHub.silence)
        defer { try? hub.close() }
        try await hub.database.write { connection in
            for statement in statements { try connection.execute(statement) }
        }
    }

    static func rows(_ database: String, _ sql: String) async throws -> [SQLRow] {
        let hub = try await HubDatabase.hold(configuration(database), TestHub.silence)
        defer { try? hub.close() }
        return try await hub.database.read { try $0.query(sql) }
    }

    /// A file with rows in every table, and with what a copy could get wrong.
    static func source(_ folder: TestFolder) async throws -> String {
        let last = try #require(SchemaTests.names.last)
        let database = try await SchemaTests.make(folder, upTo: last)
        let signs = #"{"NULL",\N,\\x,''}"#.replacing("'", with: "''") + "\u{1}\t\r\n😀 e\u{301}"
        let (tables, limit) = (JournalScope.tables.count, TablePages.size)
        try await database.write { connection in
            // One question merged into a later one, a reply to an earlier one.
            try connection.execute(
                """
                INSERT INTO live_session_chat (id, session_id, user_id, seq, client_id, message, message_type, state, reply_to,
                    merged_into, created_at)
                VALUES (40, 1, 2, 40, 'c40', 'later', 'question', 'open', 1, NULL, 13),
                    (30, 1, 2, 30, 'c30', 'earlier', 'question', 'merged', NULL, NULL, 13),
                    (50, 1, 2, 50, 'c50', 'last', 'text', NULL, 40, NULL, 13)
                """)
            try connection.execute("UPDATE live_session_chat SET merged_into = 40 WHERE id = 30")
            // More than one page, and exactly one.
            try connection.execute(
                """
                WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < \(3 * limit))
                INSERT INTO live_session_events (session_id, seq, type, payload, user_id, at)
                SELECT 1, i, 'chat.message', $1 || i, CASE WHEN i % 3 = 0 THEN NULL ELSE 3 END, -i FROM n
                """, [.text(signs)])
            let held = try connection.first("SELECT COUNT(*) AS n FROM idempotency_keys")?.integer("n") ?? 0
            try connection.execute(
                """
                WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(Int64(limit) - held))
                INSERT INTO idempotency_keys (caller, key, request, status, body, at) SELECT 'user:4', i, '', 200, $1, 1 FROM n
                """, [.text(signs)])
            // Somebody who was deleted, made anew, and may use older tokens than at first.
            try connection.execute("INSERT INTO deleted_users (id, tokens_after) VALUES (3, 500)")
            try connection.execute("UPDATE users SET tokens_after = 7 WHERE id = 3")
            // The newest numbers were given to rows that are gone.
            try connection.execute(
                "INSERT INTO events (id, title, start_date, created_at, updated_at) VALUES (70, '', \(Int64.max), 1, 1)"
            )
            try connection.execute("DELETE FROM events WHERE id = 70")
            #expect(try SchemaTests.contents(connection).count == tables)
        }
        try database.close()
        return folder.file("old.db")
    }

    @Test(arguments: TestEngine.allCases)
    func `every row of every table arrives, and comes back`(engine: TestEngine) async throws {
        let folder = try TestFolder()
        let (from, there) = (try await Self.source(folder), try Self.target(engine, in: folder))
        let back = try Self.target(.sqlite, in: folder)
        let report = try await Self.copy(from, there)
        #expect(report.tables.map(\.name) == JournalScope.tables.keys.sorted())
        #expect(report.tables.filter { $0.rows == 0 }.map(\.name) == [], "tables without a sample row")
        #expect(report.rows == report.tables.reduce(0) { $0 + $1.rows })
        let again = try await Self.copy(there, back)
        #expect(again.tables.map(\.rows) == report.tables.map(\.rows))

        let reader = TestHub.silence
        let databases = try [from, back].map { try SQLiteDatabase(path: $0, readers: 1, logger: reader) }
        var contents: [[String: (columns: [String], rows: [SQLRow])]] = []
        for database in databases {
            contents.append(try await database.read { try SchemaTests.contents($0) })
            #expect(try await database.integrityCheck() == [])
            try database.close()
        }
        let epoch = { (rows: [SQLRow]) in rows.filter { $0.text("name") == "epoch" } }
        for (table, was) in contents[0] where table != "hub" {
            #expect(contents[1][table]?.rows == was.rows, "\(table)")
            #expect(was.rows.count == report.tables.first { $0.name == table }?.rows, "\(table)")
        }
        let hubs = try contents.map { try #require($0["hub"]?.rows) }
        #expect(hubs[0].filter { $0.text("name") != "epoch" } == hubs[1].filter { $0.text("name") != "epoch" })
        #expect(epoch(hubs[0]) != epoch(hubs[1]) && epoch(hubs[1]).count == 1)
    }

    @Test(arguments: TestEngine.allCases)
    func `numbers go on behind the newest one that was ever given`(engine: TestEngine) async throws {
        let folder = try TestFolder()
        let (from, there) = (try await Self.source(folder), try Self.target(engine, in: folder))
        let back = try Self.target(.sqlite, in: folder)
        try await Self.copy(from, there)
        try await Self.copy(there, back)
        for database in [there, back] {
            let hub = try await HubDatabase.hold(Self.configuration(database), TestHub.silence)
            let ids = try await hub.database.write { connection in
                try [
                    "INSERT INTO events (title, start_date, created_at, updated_at) VALUES ('', 1, 1, 1)",
                    """
                    INSERT INTO live_session_chat (session_id, user_id, seq, client_id, message_type, created_at)
                    VALUES (1, 2, 60, 'c60', 'text', 1)
                    """,
                    "INSERT INTO enrollments (user_id, course_id, created_at, updated_at) VALUES (2, 1, 1, 1)",
                ].compactMap { try connection.first("\($0) RETURNING id")?.integer("id") }
            }
            #expect(ids == [71, 51, 8], "\(database)")
            try await hub.database.write { connection in
                try connection.execute(
                    """
                    INSERT INTO live_session_participants (session_id, user_id, first_joined_at) VALUES (1, 2, 1)
                    """)
            }
            let participant = try await hub.database.read {
                try $0.first("SELECT id FROM live_session_participants WHERE user_id = 2")?.integer("id")
            }
            #expect(participant == 2)
            try hub.close()
        }
    }

    @Test func `progress is told for each page of a table`() async throws {
        let folder = try TestFolder()
        let told = Mutex<[Int]>([])
        let from = try await Self.source(folder)
        _ = try await DatabaseCopy.run(
            from: Self.configuration(from), to: Self.configuration(folder.file("new.db")),
            logger: TestHub.silence
        ) { table, rows in
            if table == "live_session_events" { told.withLock { $0.append(rows) } }
        }
        #expect(told.withLock { $0 } == [1, 2, 3].map { $0 * TablePages.size })
    }
}
