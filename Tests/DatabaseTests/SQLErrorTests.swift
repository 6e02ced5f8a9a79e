import Dispatch
import Testing

@testable import Database

@Suite struct SQLErrorTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let sql: String
        let code: SQLError.Code
        let extended: Int32
        let constraint: String?
        var testDescription: String { sql }
    }

    static let cases = [
        Case(sql: "INSERT INTO t (id) VALUES (1)", code: .uniqueViolation, extended: 1555, constraint: "t.id"),
        Case(sql: "INSERT INTO t (a, b) VALUES (1, 2)", code: .uniqueViolation, extended: 2067, constraint: "t.a, t.b"),
        Case(
            sql: "INSERT INTO t (c) VALUES ('X')", code: .uniqueViolation, extended: 2067, constraint: "index 'lower_c'"
        ),
        Case(sql: "INSERT INTO t (parent) VALUES (99)", code: .foreignKeyViolation, extended: 787, constraint: nil),
        Case(sql: "DELETE FROM p", code: .foreignKeyViolation, extended: 1811, constraint: nil),
        Case(sql: "INSERT INTO t (n) VALUES (-1)", code: .checkViolation, extended: 275, constraint: "n_positive"),
        Case(
            sql: "INSERT INTO t (needed) VALUES (NULL)", code: .notNullViolation, extended: 1299, constraint: "t.needed"
        ),
        Case(sql: "INSERT INTO t (n) VALUES (666)", code: .checkViolation, extended: 1811, constraint: nil),
    ]

    @Test(arguments: cases)
    func `a violated constraint is told by kind and columns`(expected: Case) async throws {
        try await withDatabase(
            "CREATE TABLE p (id INTEGER PRIMARY KEY)",
            """
            CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER, c TEXT, needed TEXT NOT NULL DEFAULT '',
                n INTEGER CONSTRAINT n_positive CHECK (n >= 0),
                parent INTEGER REFERENCES p (id) ON DELETE RESTRICT, UNIQUE (a, b))
            """,
            "CREATE UNIQUE INDEX lower_c ON t (lower(c))",
            "CREATE TRIGGER never BEFORE INSERT ON t WHEN NEW.n = 666 BEGIN SELECT RAISE(ABORT, 'never'); END",
            "INSERT INTO p VALUES (5)",
            "INSERT INTO t (id, a, b, c, parent) VALUES (1, 1, 2, 'x', 5)"
        ) { database in
            let thrown = await sqlError { try await database.write { try $0.execute(expected.sql) } }
            let error = try #require(thrown)
            #expect(error.code == expected.code)
            #expect(error.extendedCode == expected.extended)
            #expect(error.constraint == expected.constraint)
            #expect(error.sql == expected.sql)
        }
    }

    @Test func `no error holds a parameter's value`() async throws {
        try await withDatabase("CREATE TABLE t (a TEXT UNIQUE CHECK (length(a) < 30))") { database in
            let statement = "INSERT INTO t (a) VALUES ($1)"
            for values in [["secret"], ["secret"], [.text(String(repeating: "secret", count: 9))], []] as [[SQLValue]] {
                let error = await sqlError { try await database.write { try $0.execute(statement, values) } }
                #expect(!"\(String(describing: error)) \(String(reflecting: error))".contains("secret"))
            }
        }
    }

    @Test(
        arguments: [
            (5, .busy), (6, .busy), (261, .busy), (517, .busy), (7, .outOfMemory), (3082, .outOfMemory), (8, .readOnly),
            (1032, .readOnly), (9, .interrupted), (10, .io), (1034, .io), (11, .corrupt), (267, .corrupt), (13, .full),
            (14, .io), (1, .other), (20, .other), (21, .misuse), (25, .misuse), (26, .notADatabase),
            (2579, .uniqueViolation),
        ] as [(Int32, SQLError.Code)])
    func `a result code of SQLite has its kind`(number: Int32, code: SQLError.Code) {
        #expect(SQLError.Code(sqliteCode: number, "") == code)
    }

    @Test func `another connection's lock is busy after the timeout`() async throws {
        try await withTemporaryDirectory { directory in
            let first = try SQLiteDatabase.make(in: directory)
            let second = try SQLiteDatabase.make(in: directory)
            try await second.onWriter { _ = try $0.query("PRAGMA busy_timeout = 1") }
            let error = try await first.write { _ in
                // The first holds the write lock as long as this closure runs.
                let result = Recorder<SQLError>()
                let done = DispatchGroup()
                done.enter()
                second.withWriter { connection in
                    do throws(SQLError) {
                        try connection.execute("BEGIN IMMEDIATE")
                    } catch {
                        result.append(error)
                    }
                    done.leave()
                }
                done.wait()
                return result.all.first
            }
            #expect(error?.code == .busy)
            try first.close()
            try second.close()
        }
    }
}
