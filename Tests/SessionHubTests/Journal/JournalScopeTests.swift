import Database
import Synchronization
import TestSupport
import Testing

@testable import SessionHub

@Suite("Journal: what an item may change", .timeLimit(.minutes(1)))
struct JournalScopeTests {
    /// A journal on the file of a hub, watched by `driver`.
    private func with(
        _ driver: ContractDriver, _ body: (Journal, TestHub) async throws -> Void
    ) async throws {
        try await TestHub.with { hub in
            let journal = Journal(
                database: hub.application.database, clock: HubClock(), publisher: NobodyListens(), reader: .hub,
                driver: driver, logger: TestHub.silence
            )
            try await body(journal, hub)
        }
    }

    @Test(TestDatabase.ofFiles) func `every table of the store belongs to one part of it`() async throws {
        try await TestHub.with { hub in
            let rows = try await hub.application.database.read { connection in
                try connection.query(
                    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
                )
            }
            let tables = rows.map { $0.text("name") }.filter { $0 != "schema_migrations" }
            #expect(tables == JournalScope.tables.keys.sorted())
        }
    }

    @Test func `an item that writes outside of its scope is found`() async throws {
        let found = Mutex<[String]>([])
        let driver = ContractDriver { violation in
            found.withLock { $0.append(violation.description) }
            throw violation
        }
        try await with(driver) { journal, _ in
            let clear = "DELETE FROM live_session_chat WHERE id = 1"
            for scope in [JournalScope.directory, .hub] {
                await #expect(throws: HubError.self) {
                    try await journal.write(scope) { try $0.connection.execute(clear) }
                }
            }
            // Each ran twice.
            #expect(found.withLock { $0.count } == 4)
            for scope in [JournalScope.session(1), .sessions, .directoryAndSessions] {
                _ = try await journal.write(scope) { try $0.connection.execute(clear) }
            }
            #expect(found.withLock { $0.count } == 4)
        }
    }

    @Test(
        arguments: [
            ("SELECT update_at FROM users WHERE a = 1", []),
            ("INSERT INTO hub (name) VALUES ($1) ON CONFLICT (name) DO UPDATE SET name = excluded.name", ["hub"]),
            ("INSERT OR IGNORE INTO users (id) SELECT id FROM courses", ["users"]),
            ("UPDATE courses SET a = (SELECT 1 FROM users)", ["courses"]),
            ("DELETE FROM sign_in_codes WHERE code_hash = $1 RETURNING user_id", ["sign_in_codes"]),
        ]
    )
    func `what a statement writes is read from its text`(_ sql: String, _ tables: [String]) {
        #expect(WrittenTables.of(sql) == tables)
    }

    @Test func `an item runs twice and happens once, and what it leaves for afterwards too`() async throws {
        try await with(ContractDriver()) { journal, hub in
            let (runs, sequels) = (Counter(), Counter())
            func item(refused: Bool) async throws {
                try await journal.write(.hub) { transaction in
                    runs.add()
                    transaction.afterwards { sequels.add() }
                    try transaction.connection.execute(
                        "INSERT INTO hub (name, value) VALUES ('runs', '1') ON CONFLICT (name) DO UPDATE SET value = hub.value || '1'"
                    )
                    if refused { throw HubError(.conflict) }
                }
            }
            try await item(refused: false)
            #expect(runs.value == 2 && sequels.value == 1)
            await #expect(throws: HubError.self) { try await item(refused: true) }
            #expect(runs.value == 4 && sequels.value == 2)
            let row = try await hub.application.database.read {
                try $0.first("SELECT value FROM hub WHERE name = 'runs'")
            }
            #expect(row?.text("value") == "1")
        }
    }

    private final class Counter: Sendable {
        private let count = Mutex(0)
        var value: Int { count.withLock(\.self) }
        func add() { count.withLock { $0 += 1 } }
    }
}
