import Database
import Foundation
import Logging
import TestSupport
import Testing

/// Every migration on the database of every earlier version: what stood there stands there still.
@Suite("Schema, over versions", .timeLimit(.minutes(2)))
struct SchemaTests {
    static let names: [String] =
        ((try? FileManager.default.contentsOfDirectory(atPath: PackageFolder.migrations)) ?? [])
        .filter { $0.hasSuffix(".sql") }.map { String($0.dropLast(4)) }.sorted()

    /// Rows for every table that a migration makes, by its name; they are written as soon as it is applied.
    static let samples: [String: [String]] = [
        "0001_hub": [
            "INSERT INTO hub (name, value) VALUES ('epoch', 'e1')",
            """
            INSERT INTO users (id, email, email_key, first_name, last_name, role, name_at, created_at, updated_at) VALUES
                (1, 'Ama@school.example', 'ama@school.example', 'Ama', 'Mensah', 'admin', 1, 1, 1),
                (2, 'odile@school.example', 'odile@school.example', 'Odile', 'Kaboré', 'instructor', 1, 1, 1),
                (3, 'linh@school.example', 'linh@school.example', 'Linh', 'Nguyễn', 'student', 1, 1, 1)
            """,
            """
            INSERT INTO courses (id, title, instructor_id, max_students, time_zone, created_at, updated_at)
            VALUES (1, 'Réseaux', 2, 30, 'Africa/Dakar', 1, 1)
            """,
            "INSERT INTO course_instructors (course_id, user_id) VALUES (1, 1)",
            "INSERT INTO enrollments (id, user_id, course_id, status, created_at, updated_at) VALUES (7, 3, 1, 'certified', 1, 1)",
            "INSERT INTO sign_in_codes (code_hash, user_id, expires_at) VALUES ('h', 3, 9)",
            """
            INSERT INTO live_sessions (id, course_id, instructor_id, title, scheduled_start_at, scheduled_end_at,
                jitsi_room_name, jitsi_server_url, jitsi_room_password, status, head_seq, created_at, updated_at)
            VALUES (1, 1, 2, 'Séance', 10, 20, 'room', 'https://meet.school.example', 'p', 'live', 1, 1, 1)
            """,
            """
            INSERT INTO live_session_participants (session_id, user_id, enrollment_id, role, seat, first_joined_at)
            VALUES (1, 3, 7, 'participant', 'channel', 11)
            """,
            """
            INSERT INTO live_session_attendance (session_id, user_id, joined_at, last_seen_at, source)
            VALUES (1, 3, 11, 12, 'channel')
            """,
            """
            INSERT INTO live_session_chat (session_id, user_id, seq, client_id, message, message_type, created_at)
            VALUES (1, 3, 1, 'c1', 'Bonjour', 'text', 12)
            """,
            """
            INSERT INTO live_session_events (session_id, seq, type, payload, user_id, at)
            VALUES (1, 1, 'chat.message', '{}', 3, 12)
            """,
            """
            INSERT INTO events (title, start_date, created_by, created_at, updated_at)
            VALUES ('Fête', 10, 1, 1, 1)
            """,
        ],
        "0002_accounts": [
            "INSERT INTO service_tokens (name, created_at) VALUES ('platform', 1)",
            "INSERT INTO user_bindings (local_id, user_id, bound_at) VALUES (1000000000, 3, 1)",
        ],
        "0003_directory": [
            """
            INSERT INTO import_users (line, id, email, email_key, first_name, last_name, role, search_text)
            VALUES (1, 9, 'Zoe@school.example', 'zoe@school.example', 'Zoé', 'Diop', 'student', 'zoe diop')
            """,
            """
            INSERT INTO import_courses (line, id, title, instructor_id, course_type, search_text)
            VALUES (2, 5, 'Optique', 2, 'live', 'optique')
            """,
            "INSERT INTO import_course_instructors (line, course_id, user_id) VALUES (2, 5, 1)",
            """
            INSERT INTO import_enrollments (line, course_id, user_id, status, is_active, is_joining)
            VALUES (3, 5, 9, 'enrolled', 1, 1)
            """,
        ],
        "0004_installation": [
            """
            INSERT INTO idempotency_keys (caller, key, request, status, body, at)
            VALUES ('user:3', 'k', 'POST /x h', 201, '{}', 1)
            """
        ],
        "0005_import": [
            """
            INSERT INTO import_users (line, id, email, email_key, first_name, last_name, role, search_text, local_id)
            VALUES (4, 8, 'Abdou@school.example', 'abdou@school.example', 'Abdou', 'Ba', 'student', 'abdou ba', 1000000001)
            """,
            "INSERT INTO import_unchanged_users (line, id, base_at) VALUES (5, 3, 1)",
            "INSERT INTO new_bindings (local_id, platform_id) VALUES (1000000001, 8)",
        ],
        "0007_identity": ["INSERT INTO retired_user_ids (id, retired_at) VALUES (1000000007, 1)"],
        "0008_dropin": ["INSERT INTO seed_imports (kind, id, digest, at) VALUES ('event', 1, 'd', 1)"],
        "0010_deleted_people": ["INSERT INTO deleted_users (id, tokens_after) VALUES (900, 1)"],
        "0012_links": [
            """
            INSERT INTO sign_in_codes (code_hash, user_id, expires_at, made_by, made_at) VALUES ('h2', 3, 9, 2, 1)
            """
        ],
        "0011_moderation": [
            "INSERT INTO live_session_sanctions (session_id, user_id, is_muted, muted_until) VALUES (1, 3, 1, 99)",
            "INSERT INTO course_bans (course_id, user_id, banned_at) VALUES (1, 3, 1)",
            """
            INSERT INTO moderation_acts (session_id, seq, action, user_id, target_id, until, reason, at)
            VALUES (1, 2, 'mute', 2, 3, 99, 'Bruit', 13)
            """,
        ],
        "0013_hands": ["UPDATE live_session_participants SET hand_place = 1 WHERE session_id = 1 AND user_id = 3"],
        "0014_questions": [
            """
            INSERT INTO live_session_chat (id, session_id, user_id, seq, client_id, message, message_type, state, is_public,
                votes, created_at)
            VALUES (2, 1, 2, 2, 'c2', 'Pourquoi ?', 'question', 'open', 1, 1, 13)
            """,
            "INSERT INTO question_votes (question_id, user_id, created_at) VALUES (2, 3, 14)",
        ],
        "0018_roll_call": [
            """
            INSERT INTO attendance_corrections (session_id, user_id, author_id, status, reason, at)
            VALUES (1, 3, 2, 'excused', 'Malade', 15)
            """
        ],
        "0015_cohosts": ["INSERT INTO live_session_cohosts (session_id, user_id, named_at) VALUES (1, 3, 1)"],
        "0016_guests": [
            """
            INSERT INTO users (id, email, email_key, first_name, role, is_local, name_at, created_at, updated_at)
            VALUES (1000000009, '', 'guest:1000000009', 'Ada', 'guest', 1, 1, 1, 1)
            """,
            """
            INSERT INTO live_session_guests (user_id, session_id, created_by, created_at, expires_at)
            VALUES (1000000009, 1, 2, 1, 99)
            """,
        ],
        "0017_materials": [
            """
            INSERT INTO live_session_materials (session_id, user_id, seq, client_id, title, url, created_at)
            VALUES (1, 2, 3, 'm1', 'RFC 6455', 'https://www.rfc-editor.org/rfc/rfc6455', 15)
            """,
            "INSERT INTO live_session_tasks (session_id, user_id, seq, task, set_at) VALUES (1, 2, 4, 'Lisez.', 16)",
            "UPDATE live_sessions SET has_materials = 1 WHERE id = 1",
        ],
    ]

    private static func directory(_ folder: TestFolder, _ names: some Sequence<String>) throws -> String {
        let path = folder.file("migrations-\(UUID().uuidString)")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        for name in names {
            try FileManager.default.copyItem(
                atPath: "\(PackageFolder.migrations)/\(name).sql", toPath: "\(path)/\(name).sql")
        }
        return path
    }

    /// Applies the first migrations one by one, each with its sample rows: the file old.db of the folder.
    static func make(_ folder: TestFolder, upTo last: String) async throws -> SQLiteDatabase {
        let database = try SQLiteDatabase(path: folder.file("old.db"), readers: 1, logger: Logger(label: "test"))
        for (index, name) in names.enumerated() where name <= last {
            let migrator = try Migrator(directory: directory(folder, names.prefix(index + 1)))
            #expect(try await migrator.migrate(database) == [name])
            try await database.write { connection in
                for statement in samples[name] ?? [] { try connection.execute(statement, []) }
            }
        }
        return database
    }

    /// Every table with its columns, and every row of it.
    static func contents(_ connection: any SQLConnection) throws -> [String: (
        columns: [String], rows: [SQLRow]
    )] {
        let tables = try connection.query(
            """
            SELECT name FROM sqlite_master
            WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> 'schema_migrations'
            """, []
        ).map { $0.text("name") }
        var contents: [String: (columns: [String], rows: [SQLRow])] = [:]
        for table in tables {
            let columns = try connection.query("SELECT name FROM pragma_table_info('\(table)') ORDER BY cid", [])
                .map { $0.text("name") }.filter { !moved.contains("\(table).\($0)") }
            contents[table] = (columns, try rows(of: table, columns, connection))
        }
        return contents
    }

    /// Columns that a later migration has made a table of, or part of one.
    private static let moved: Set = [
        "live_session_participants.is_cohost", "live_sessions.head_seq", "live_sessions.seated_count",
    ]

    private static func rows(of table: String, _ columns: [String], _ connection: any SQLConnection) throws -> [SQLRow]
    {
        try connection.query("SELECT \(columns.joined(separator: ", ")) FROM \(table) ORDER BY 1, 2", [])
    }

    @Test(arguments: names) func `a database of this version comes up to date with all its rows`(version: String)
        async throws
    {
        let folder = try TestFolder()
        let database = try await Self.make(folder, upTo: version)
        let old = try await database.read { try Self.contents($0) }
        let empty = old.filter { $0.value.rows.isEmpty }.keys.sorted()
        #expect(empty == [], "tables without a sample row")
        let missing = Self.names.filter { $0 > version }
        let migrator = try Migrator(directory: PackageFolder.migrations)
        #expect(try await migrator.migrate(database) == missing)
        for (table, was) in old {
            let now = try await database.read { try Self.rows(of: table, was.columns, $0) }
            #expect(now == was.rows, "\(table)")
        }
        #expect(try await database.integrityCheck() == [])
        #expect(try await migrator.state(database) == MigrationState(applied: Self.names, pending: []))
        try database.close()
    }

    // Found from outside, no. 46 and 51
    @Test func `who was made here, and which room follows its course, is known of a database of before`() async throws {
        let folder = try TestFolder()
        let database = try await Self.make(folder, upTo: "0005_import")
        try await database.write { connection in
            for sql in [
                "INSERT INTO hub (name, value) VALUES ('newest_made_id_of_users', '1000000001')",
                """
                WITH RECURSIVE n (id) AS (SELECT 1000000001 UNION ALL SELECT id + 1 FROM n WHERE id < 1000000060)
                INSERT INTO users (id, email, email_key, role, name_at, created_at, updated_at)
                SELECT id, 'p' || id, 'p' || id, 'student', 1, 1, 1 FROM n
                """,
                """
                INSERT INTO enrollments (user_id, course_id, created_at, updated_at)
                SELECT id, 1, 1, 1 FROM users WHERE id >= 1000000000
                """,
                """
                INSERT INTO live_sessions (course_id, instructor_id, title, scheduled_start_at, scheduled_end_at, jitsi_room_name,
                    jitsi_server_url, jitsi_room_password, max_participants, created_at, updated_at)
                VALUES (1, 2, 'S', 10, 20, 'a', '', '', 50, 1, 1), (1, 2, 'S', 10, 20, 'b', '', '', 40, 1, 1)
                """,
            ] { try connection.execute(sql, []) }
        }
        _ = try await Migrator(directory: PackageFolder.migrations).migrate(database)
        try await database.read { connection in
            let local = try connection.query("SELECT id FROM users WHERE is_local = 1", []).map { $0.integer("id") }
            #expect(local == [1_000_000_001])
            let rooms = try connection.query("SELECT max_participants AS n FROM live_sessions ORDER BY id", [])
            #expect(rooms.map { $0.integer("n") } == [100, 100, 40])
        }
        try database.close()
    }

    @Test func `every upgraded database has the tables and columns of a new one`() async throws {
        let (folder, fresh) = (try TestFolder(), try TestFolder())
        let upgraded = try await Self.make(folder, upTo: try #require(Self.names.first))
        let made = try SQLiteDatabase(path: fresh.file("new.db"), readers: 1, logger: Logger(label: "test"))
        for database in [upgraded, made] {
            _ = try await Migrator(directory: PackageFolder.migrations).migrate(database)
        }
        let schema = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name"
        #expect(
            try await upgraded.read { try $0.query(schema, []) } == made.read { try $0.query(schema, []) }
        )
        try upgraded.close()
        try made.close()
    }

    @Test(arguments: names.dropLast()) func `an older program refuses a newer database`(version: String) async throws {
        let folder = try TestFolder()
        let database = try await Self.make(folder, upTo: try #require(Self.names.last))
        let older = try Migrator(directory: Self.directory(folder, Self.names.filter { $0 <= version }))
        let newer = Self.names.filter { $0 > version }
        await #expect(throws: MigrationError.newerDatabase(newer)) { try await older.migrate(database) }
        try database.close()
    }
}
