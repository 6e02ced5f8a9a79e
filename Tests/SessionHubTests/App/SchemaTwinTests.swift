import Database
import Foundation
import Logging
import TestSupport
import Testing

@testable import SessionHub

/// Both engines have the same schema, though each has files of its own.
@Suite("Schema, on both engines")
struct SchemaTwinTests {
    private static func names(in directory: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: directory).filter { $0.hasSuffix(".sql") }.sorted()
    }

    /// A SQLite database with the newest schema, and after it these statements.
    private func picture(_ statements: String...) async throws -> SchemaPicture {
        let folder = try TestFolder()
        let database = try SQLiteDatabase(path: folder.file("twin.db"), readers: 1, logger: Logger(label: "test"))
        _ = try await Migrator(directory: PackageFolder.migrations).migrate(database)
        let picture = try await database.write { connection in
            for statement in statements { try connection.execute(statement) }
            return try SchemaPicture(ofSQLite: connection)
        }
        try database.close()
        return picture
    }

    @Test func `every migration has its twin`() throws {
        let (sqlite, postgres) = (PackageFolder.migrations, "\(PackageFolder.migrations)/postgres")
        #expect(try Self.names(in: sqlite) == Self.names(in: postgres))
    }

    @Test func `a picture shows every difference`() async throws {
        let before = try await picture().lines
        #expect(before.count > 300)
        for (statement, line) in [
            ("ALTER TABLE hub ADD COLUMN a REAL", "hub: a real NULL"),
            ("ALTER TABLE hub ADD COLUMN b BLOB NOT NULL DEFAULT ''", "hub: b blob NOT NULL DEFAULT ''"),
            ("ALTER TABLE hub ADD COLUMN c BIGINT CHECK (c > 0)", "hub: 1 checks"),
            (
                "ALTER TABLE hub ADD COLUMN d BIGINT REFERENCES users (id) ON DELETE SET NULL",
                "hub: foreign key d of users (id), update NO ACTION, delete SET NULL"
            ),
            (
                "CREATE UNIQUE INDEX e ON hub (value, name) WHERE value > 'a'",
                "hub: unique index e (value, name) WHERE value > 'a'"
            ),
            ("CREATE TABLE f (g TEXT, h TEXT, UNIQUE (g), PRIMARY KEY (h, g))", "f: primary key (h, g)"),
            ("CREATE TABLE f (g TEXT, h TEXT, UNIQUE (g), PRIMARY KEY (h, g))", "f: unique (g)"),
            ("CREATE TRIGGER t AFTER DELETE ON hub BEGIN SELECT 1; END", "hub: trigger t"),
        ] {
            let after = try await picture(statement).lines
            #expect(after.subtracting(before).contains(line))
        }
    }

    #if PostgreSQL
        @Test func `both engines have the same tables`() async throws {
            let database = try TestDatabase.empty()
            _ = try await Migrator(directory: "\(PackageFolder.migrations)/postgres").migrate(database)
            // A file has one hub.
            let postgres = try await database.read { try SchemaPicture(ofPostgreSQL: $0) }.lines
                .filter { line in !JournalScope.ofNodes.keys.contains { line.hasPrefix("\($0): ") } }
            let sqlite = try await picture().lines
            #expect(postgres.subtracting(sqlite).sorted() == [])
            #expect(sqlite.subtracting(postgres).sorted() == [])
            try database.close()
        }

        @Test func `an id from outside is behind the next one of the hub's own`() async throws {
            let database = try TestDatabase.empty()
            _ = try await Migrator(directory: "\(PackageFolder.migrations)/postgres").migrate(database)
            let ids = try await database.write { connection in
                try [
                    "INSERT INTO events (id, title, start_date, created_at, updated_at) VALUES (7, 'a', 1, 1, 1)",
                    "INSERT INTO events (title, start_date, created_at, updated_at) VALUES ('b', 1, 1, 1)",
                    "UPDATE events SET id = 50 WHERE id = 7",
                    "INSERT INTO events (title, start_date, created_at, updated_at) VALUES ('c', 1, 1, 1)",
                    "DELETE FROM events WHERE id = 51",
                    "INSERT INTO events (title, start_date, created_at, updated_at) VALUES ('d', 1, 1, 1)",
                ].compactMap { try connection.first("\($0) RETURNING id")?.integer("id") }
            }
            #expect(ids == [7, 8, 50, 51, 51, 52])
            try database.close()
        }
    #endif
}
