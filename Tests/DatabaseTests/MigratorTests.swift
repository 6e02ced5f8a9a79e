import Foundation
import Testing

@testable import Database

@Suite struct MigratorTests {
    private static let files = [
        "0001_people.sql": """
        -- People; the semicolon in this comment ends nothing.
        CREATE TABLE people (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL DEFAULT 'a;b');
        CREATE INDEX people_name ON people (name);
        """,
        "0002_greetings.sql": """
        CREATE TABLE greetings (person INTEGER NOT NULL REFERENCES people (id), text TEXT NOT NULL);
        CREATE TRIGGER welcome AFTER INSERT ON people BEGIN
            INSERT INTO greetings VALUES (NEW.id, 'hello');
        END;
        INSERT INTO people (name) VALUES ('Ada') RETURNING id;
        """,
    ]
    private static let third = ["0003_third.sql": "CREATE TABLE third (n INTEGER);"]

    /// A database, and a folder for the files beside it.
    private func withFiles(
        _ files: [String: String], _ body: (SQLiteDatabase, String) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { directory in
            let migrations = directory + "/migrations"
            try FileManager.default.createDirectory(atPath: migrations, withIntermediateDirectories: false)
            try write(files, to: migrations)
            let database = try SQLiteDatabase.make(in: directory)
            do {
                try await body(database, migrations)
            } catch {
                try? database.close()
                throw error
            }
            try database.close()
        }
    }

    private func write(_ files: [String: String], to directory: String) throws {
        for (name, text) in files { try text.write(toFile: directory + "/" + name, atomically: true, encoding: .utf8) }
    }

    @Test func `an empty database gets all files in order, once`() async throws {
        try await withFiles(Self.files) { database, directory in
            try write(["README.md": "not a migration"], to: directory)
            let migrator = try Migrator(directory: directory)
            let all = ["0001_people", "0002_greetings"]
            #expect(try await migrator.state(database) == MigrationState(applied: [], pending: all))
            #expect(try await migrator.migrate(database) == all)
            #expect(try await migrator.migrate(database) == [])
            #expect(try await migrator.state(database) == MigrationState(applied: all, pending: []))
            #expect(try await database.column("SELECT text FROM greetings") == ["hello"])
            #expect(try await database.column("SELECT number FROM schema_migrations ORDER BY number") == [1, 2])
            let times = try await database.column("SELECT applied_at FROM schema_migrations WHERE applied_at > 1.7e12")
            #expect(times.count == 2)
        }
    }

    @Test func `a new file is applied to an older database`() async throws {
        try await withFiles(Self.files) { database, directory in
            _ = try await Migrator(directory: directory).migrate(database)
            try write(Self.third, to: directory)
            let migrator = try Migrator(directory: directory)
            #expect(try await migrator.state(database).pending == ["0003_third"])
            #expect(try await migrator.migrate(database) == ["0003_third"])
        }
    }

    @Test func `a failure in the middle of a file leaves nothing of it, and what came before stays`() async throws {
        try await withFiles(Self.files) { database, directory in
            let broken = "CREATE TABLE half (n INTEGER); INSERT INTO half VALUES (1); INSERT INTO missing VALUES (1);"
            try write(["0003_broken.sql": broken, "0004_later.sql": "CREATE TABLE later (n INTEGER);"], to: directory)
            let migrator = try Migrator(directory: directory)
            let error = await #expect(throws: MigrationError.self) { try await migrator.migrate(database) }
            guard case .failed("0003_broken", let reason) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(reason.message == "no such table: missing")
            let tables = try await database.read { connection in
                try ["people", "half", "later"].filter { try connection.hasTable($0) }
            }
            #expect(tables == ["people"])
            #expect(try await migrator.state(database).pending == ["0003_broken", "0004_later"])

            try write(["0003_broken.sql": "CREATE TABLE half (n INTEGER);"], to: directory)
            let repaired = try await Migrator(directory: directory).migrate(database)
            #expect(repaired == ["0003_broken", "0004_later"])
        }
    }

    @Test(arguments: [
        "COMMIT; CREATE TABLE b (n INTEGER)", "/* x */ end; SELECT 1", "-- x\nROLLBACK;", "savepoint s", "begin",
        "RELEASE s", "ROLLBACK TO s",
    ])
    func `a file must not end its transaction`(statement: String) async throws {
        try await withFiles(["0001_a.sql": "CREATE TABLE a (n INTEGER); \(statement)"]) { database, directory in
            let migrator = try Migrator(directory: directory)
            let error = await #expect(throws: MigrationError.self) { try await migrator.migrate(database) }
            guard case .failed("0001_a", let reason) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(reason.message == "a script must not begin or end a transaction")
            let tables = try await database.column("SELECT name FROM sqlite_master")
            #expect(tables == [])
        }
    }

    @Test func `a database of a newer program is refused, and not touched`() async throws {
        try await withFiles(Self.files.merging(Self.third) { a, _ in a }) { database, directory in
            _ = try await Migrator(directory: directory).migrate(database)
            try FileManager.default.removeItem(atPath: directory + "/0003_third.sql")
            let older = try Migrator(directory: directory)
            let expected = MigrationError.newerDatabase(["0003_third"])
            await #expect(throws: expected) { try await older.migrate(database) }
            await #expect(throws: expected) { try await older.state(database) }
        }
    }

    @Test func `no files at all do not fit a database that has migrations`() async throws {
        try await withFiles(Self.third) { database, directory in
            _ = try await Migrator(directory: directory).migrate(database)
            try FileManager.default.removeItem(atPath: directory + "/0003_third.sql")
            let empty = try Migrator(directory: directory)
            await #expect(throws: MigrationError.newerDatabase(["0003_third"])) { try await empty.migrate(database) }
        }
    }

    @Test func `a file that was edited or renamed after it was applied is refused`() async throws {
        try await withFiles(Self.files) { database, directory in
            _ = try await Migrator(directory: directory).migrate(database)
            try write(["0001_people.sql": (Self.files["0001_people.sql"] ?? "") + " "], to: directory)
            let edited = try Migrator(directory: directory)
            await #expect(throws: MigrationError.changedMigration("0001_people")) { try await edited.migrate(database) }
            try FileManager.default.removeItem(atPath: directory + "/0001_people.sql")
            try write(["0001_persons.sql": Self.files["0001_people.sql"] ?? ""], to: directory)
            let renamed = try Migrator(directory: directory)
            await #expect(throws: MigrationError.changedMigration("0001_people")) { try await renamed.state(database) }
        }
    }

    @Test func `a file before the last applied one is refused`() async throws {
        try await withFiles(Self.third) { database, directory in
            _ = try await Migrator(directory: directory).migrate(database)
            try write(["0002_late.sql": "SELECT 1"], to: directory)
            let migrator = try Migrator(directory: directory)
            let expected = MigrationError.outOfOrder("0002_late", after: "0003_third")
            await #expect(throws: expected) { try await migrator.migrate(database) }
        }
    }

    @Test func `two files of one number are refused`() async throws {
        try await withFiles(["0001_a.sql": "SELECT 1", "0001_b.sql": "SELECT 1"]) { _, directory in
            #expect(throws: MigrationError.duplicateNumber("0001_a", "0001_b")) { try Migrator(directory: directory) }
        }
    }

    @Test(arguments: ["1_a.sql", "00001_a.sql", "0001.sql", "0001_.sql", "a.sql", "0001-a.sql", "٠٠٠١_a.sql"])
    func `a file of another name is refused`(name: String) async throws {
        try await withFiles([name: "SELECT 1"]) { _, directory in
            #expect(throws: MigrationError.badFileName(name)) { try Migrator(directory: directory) }
        }
    }

    @Test func `a missing folder is refused`() {
        #expect(throws: MigrationError.unreadable("/nowhere/at/all")) { try Migrator(directory: "/nowhere/at/all") }
    }

    @Test func `several migrators at once apply each file once`() async throws {
        let files = Dictionary(
            uniqueKeysWithValues: (1...9).map { ("000\($0)_t\($0).sql", "CREATE TABLE t\($0) (n INTEGER);") })
        try await withFiles(files) { database, directory in
            let other = try SQLiteDatabase(path: database.path, readers: 1, logger: database.logger)
            let migrator = try Migrator(directory: directory)
            let applied = try await withThrowingTaskGroup(of: [String].self) { group in
                for target in [database, other, database, other] {
                    group.addTask { try await migrator.migrate(target) }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            try other.close()
            #expect(applied.sorted() == (1...9).map { "000\($0)_t\($0)" })
        }
    }
}
