import Database
import Foundation
import TestSupport
import Testing

@testable import SessionHub

/// What is not copied, and that nothing is changed then.
@Suite("Copies of a whole database: refusals", .timeLimit(.minutes(2)))
struct CopyRefusalTests {
    private typealias Copies = DatabaseCopyTests

    private func refusal(_ from: String, _ to: String) async throws -> String {
        let error = await #expect(throws: ConfigurationError.self) { try await Copies.copy(from, to) }
        return try #require(error).description
    }

    @Test(arguments: TestEngine.allCases)
    func `a database that is not empty stays as it is`(engine: TestEngine) async throws {
        let folder = try TestFolder()
        let (from, to) = (try await Copies.source(folder), try Copies.target(engine, in: folder))
        try await Copies.copy(from, to)
        let before = try await Copies.rows(to, "SELECT value FROM hub WHERE name = 'epoch'")
        #expect(try await refusal(from, to).contains("is not empty"))
        #expect(try await Copies.rows(to, "SELECT value FROM hub WHERE name = 'epoch'") == before)
        // One of an older version is not brought up to date either.
        guard engine == .sqlite else { return }
        let other = try TestFolder()
        let old = try await SchemaTests.make(other, upTo: "0004_installation")
        let path = old.path
        try old.close()
        #expect(try await refusal(from, path).contains("is not empty"))
        #expect(try await Copies.rows(path, "SELECT MAX(number) AS n FROM schema_migrations")[0].integer("n") == 4)
    }

    @Test(arguments: TestEngine.allCases)
    func `what comes otherwise than it was written is refused, and a second try succeeds`(engine: TestEngine)
        async throws
    {
        let folder = try TestFolder()
        let (from, to) = (try await Copies.source(folder), try Copies.target(engine, in: folder))
        // A target that makes something else of what is written.
        try await HubDatabase.open(Copies.configuration(to), logger: TestHub.silence).0.close()
        let name = "course_bans_late"
        switch engine {
        case .sqlite:
            try await Copies.change(
                to,
                """
                CREATE TRIGGER \(name) AFTER INSERT ON course_bans BEGIN UPDATE course_bans SET banned_at = banned_at + 1; END
                """)
        #if PostgreSQL
            case .postgres:
                try await Copies.change(
                    to,
                    """
                    CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS
                    $$ BEGIN NEW.banned_at := NEW.banned_at + 1; RETURN NEW; END $$
                    """, "CREATE TRIGGER \(name) BEFORE INSERT ON course_bans FOR EACH ROW EXECUTE FUNCTION late()")
        #endif
        }
        #expect(try await refusal(from, to).contains("course_bans: what was written"))
        for table in JournalScope.tables.keys.sorted() where table != "hub" {
            #expect(try await Copies.rows(to, "SELECT COUNT(*) AS n FROM \(table)")[0].integer("n") == 0, "\(table)")
        }
        try await Copies.change(to, "DROP TRIGGER \(name)\(engine == .sqlite ? "" : " ON course_bans")")
        try await Copies.copy(from, to)
    }

    @Test func `a source that is missing, older, served or no hub's is told by its name`() async throws {
        let folder = try TestFolder()
        let to = folder.file("new.db")
        #expect(try await refusal(folder.file("none.db"), to).contains("none.db does not exist"))
        #expect(!FileManager.default.fileExists(atPath: folder.file("none.db")))

        let older = try await SchemaTests.make(folder, upTo: "0015_cohosts")
        try older.close()
        let sentence = try await refusal(older.path, to)
        #expect(sentence.contains("old.db lacks 0016_guests, ") && sentence.contains("amphi migrate"), "\(sentence)")

        let other = try SQLiteDatabase(path: folder.file("other.db"), readers: 1, logger: TestHub.silence)
        try await other.write { try $0.executeScript("CREATE TABLE users (id INTEGER PRIMARY KEY)") }
        try other.close()
        #expect(try await refusal(other.path, to).contains("other.db is no hub's database"))
        try folder.write("no database, and long enough to be seen as none", to: "text.db")
        #expect(try await refusal(folder.file("text.db"), to).contains("text.db cannot be used"))
        #expect(!FileManager.default.fileExists(atPath: to), "nothing is made for a source that cannot be used")

        let whole = try TestFolder()
        let from = try await Copies.source(whole)
        let hub = try await HubDatabase.hold(Copies.configuration(from), TestHub.silence)
        #expect(try await refusal(from, to).contains("A hub serves"))
        try hub.close()
        for name in [from, from + "-wal", from + ".lock"] {
            #expect(try await refusal(from, name).contains("itself, or belongs to it"), "\(name)")
        }
    }

    #if PostgreSQL
        @Test func `a text that PostgreSQL cannot store is named by its table and row`() async throws {
            let folder = try TestFolder()
            let (from, to) = (try await Copies.source(folder), try Copies.target(.postgres, in: folder))
            try await Copies.change(from, "UPDATE live_session_chat SET message = 'a' || char(0) WHERE id = 30")
            let sentence = try await refusal(from, to)
            #expect(sentence.contains("live_session_chat, id 30, message: the text has U+0000"), "\(sentence)")
            try await Copies.change(
                from, "UPDATE live_session_chat SET message = 'a' WHERE id = 30",
                "UPDATE idempotency_keys SET body = char(0) WHERE key = 'k'")
            let other = try await refusal(from, to)
            #expect(other.contains("idempotency_keys, row 1 by caller, key, body: "), "\(other)")
            try await Copies.change(
                from, "UPDATE idempotency_keys SET body = '' WHERE key = 'k'",
                "UPDATE course_bans SET banned_at = 'never-in-a-log'")
            let third = try await refusal(from, to)
            #expect(
                third.contains("course_bans, course_id 1 user_id 3, banned_at: the value has another type"), "\(third)")
            #expect(!third.contains(TestHub.mark))
            #expect(try await Copies.rows(to, "SELECT COUNT(*) AS n FROM users")[0].integer("n") == 0)
            try await Copies.change(from, "UPDATE course_bans SET banned_at = 1")
            try await Copies.copy(from, to)
        }

        @Test func `a server's database that is served or is the source is refused`() async throws {
            let folder = try TestFolder()
            let (from, to) = (try await Copies.source(folder), try Copies.target(.postgres, in: folder))
            let hub = try await HubDatabase.hold(Copies.configuration(to), TestHub.silence)
            #expect(try await refusal(from, to).contains("A hub serves postgres://"))
            try hub.close()
            #expect(try await refusal(to, to).contains("itself"))
            #expect(try await refusal(to, folder.file("new.db")).contains("is no hub's database"))
        }
    #endif
}
