#if PostgreSQL
import Database
import DatabasePostgres
import Testing

@Suite struct StatementTests {
    @Test func `parameters are bound by their number, in any order, more than nine`() async throws {
        try await withPostgres { database async throws in
            let sql = "SELECT $12 || $11 || $10 || $1 || $2 || $3 || $4 || $5 || $6 || $7 || $8 || $9 || $1 AS joined"
            let letters: [SQLValue] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"]
            #expect(try await database.value(sql, letters) == "lkjabcdefghia")
        }
    }

    @Test func `a parameter has the type of its value, whatever stands beside it`() async throws {
        let schema = ["CREATE TABLE t (n BIGINT)", "INSERT INTO t VALUES (5000000000)"]
        try await withPostgres(schema[0], schema[1]) { database async throws in
            let sql = "SELECT n FROM t WHERE ($1 = 0 OR n = $1) AND $2 = ''"
            #expect(try await database.value(sql, [5_000_000_000, ""]) == 5_000_000_000)
            #expect(try await database.value(sql, [6_000_000_000, ""]) == nil)
        }
    }

    @Test func `one statement takes a value and a NULL in turn`() async throws {
        try await withPostgres("CREATE TABLE t (n BIGINT, s TEXT)") { database async throws in
            try await database.write { connection in
                for (number, string) in [(1, "a"), (nil, "b"), (3, nil), (nil, nil)] as [(Int64?, String?)] {
                    try connection.execute("INSERT INTO t VALUES ($1, $2)", [.optional(number), .optional(string)])
                }
            }
            #expect(try await database.column("SELECT n FROM t ORDER BY n NULLS LAST") == [1, 3, nil, nil])
            #expect(try await database.column("SELECT s FROM t ORDER BY s NULLS LAST") == ["a", "b", nil, nil])
        }
    }

    @Test func `a list comes back as it was, whatever is in it`() async throws {
        let texts: [SQLValue] = ["", "NULL", .null, "a,b", #"{"c"}"#, #"\\d\"#, "é 👋\n\t", " e ", "'$1'"]
        let numbers: [SQLValue] = [0, .integer(.min), .null, .integer(.max), 1, 2, 3, 4, 5]
        let blobs: [SQLValue] = [.blob([]), .blob([0, 255, 0x5c]), .null] + Array(repeating: .blob([1]), count: 6)
        try await withPostgres { database async throws in
            let rows = try await database.read { connection in
                try connection.query(
                    "SELECT * FROM unnest($1::text[], $2::bigint[], $3::bytea[], $4::float8[]) AS q (t, n, b, r)",
                    [.list(texts), .list(numbers), .list(blobs), .list(Array(repeating: .real(0.1), count: 9))])
            }
            #expect(rows.map { $0["t"] } == texts)
            #expect(rows.map { $0["n"] } == numbers)
            #expect(rows.map { $0["b"] } == blobs)
            #expect(rows.map { $0["r"] } == Array(repeating: .real(0.1), count: 9))
            #expect(try await database.value("SELECT cardinality($1::text[]) AS n", [.list([])]) == 0)
        }
    }

    @Test func `it says that its statements go to a server`() async throws {
        try await withPostgres { database async throws in
            let isRemote = try await database.read { $0.isRemote }
            #expect(isRemote)
        }
    }

    @Test(arguments: [[], ["a"], ["a", "b", "c"]] as [[SQLValue]])
    func `a wrong number of parameters names the right one`(parameters: [SQLValue]) async throws {
        try await withPostgres { database async throws in
            let sql = "SELECT $1 AS a, $2 AS b"
            let error = await sqlError { _ = try await database.read { try $0.query(sql, parameters) } }
            let message = "the statement takes 2 parameters, not \(parameters.count)"
            #expect(error == SQLError(.misuse, message, sql: sql))
        }
    }

    @Test func `a parameter that is left out is refused`() async throws {
        try await withPostgres { database async throws in
            let error = await sqlError {
                _ = try await database.read { try $0.query("SELECT $1 AS a, $3 AS c", ["a", "b", "c"]) }
            }
            #expect(error?.message == "of the parameters $1 to $3 one is not used")
        }
    }

    @Test func `what looks like a parameter in a text, a name or a comment is none`() async throws {
        try await withPostgres { database async throws in
            let sql = """
                SELECT '$2; it''s' || E'\\'$3' || $tag$ $4; $tag$ || $1 AS "a$5" -- $6;
                /* $7 /* nested */ ; */
                """
            let row = try await database.read { try $0.first(sql, ["end"]) }
            #expect(row?.text("a$5") == "$2; it's'$3 $4; end")
        }
    }

    @Test func `a statement that was refused here leaves the transaction as it is`() async throws {
        try await withPostgres { database async throws in
            let joined = try await database.read { connection in
                #expect(throws: SQLError.self) { try connection.query("SELECT $1 || $2 AS joined", ["a"]) }
                return try connection.first("SELECT $1 || $2 AS joined", ["a", "b"])?.text("joined")
            }
            #expect(joined == "ab")
        }
    }

    @Test(
        arguments: [
            ("BIGINT", .null), ("BIGINT", 0), ("BIGINT", .integer(.max)), ("BIGINT", .integer(.min)), ("INTEGER", -7),
            ("SMALLINT", -300), ("FLOAT8", 1.5), ("FLOAT8", -0.0), ("FLOAT8", .real(.greatestFiniteMagnitude)),
            ("FLOAT8", .real(.infinity)), ("FLOAT4", 1.5), ("TEXT", ""), ("TEXT", "text"), ("VARCHAR(9)", "text"),
            ("TEXT", "👩🏽‍🏫 Grüße, 日本"), ("TEXT", .text(String(repeating: "é", count: 100_000))), ("BYTEA", .blob([])),
            ("BYTEA", .blob([0])), ("BYTEA", .blob([0, 255, 128])),
            ("BYTEA", .blob([UInt8](repeating: 7, count: 3_000_000))),
        ] as [(String, SQLValue)])
    func `a value comes back as it was stored`(type: String, value: SQLValue) async throws {
        try await withPostgres("CREATE TABLE t (v \(type))") { database async throws in
            try await database.write { try $0.execute("INSERT INTO t (v) VALUES ($1)", [value]) }
            let stored = try await database.read { try $0.first("SELECT v FROM t")?["v"] }
            #expect(stored == value)
        }
    }

    @Test func `a NaN is NULL, a boolean is 1 or 0`() async throws {
        try await withPostgres { database async throws in
            let row = try await database.read { connection in
                try connection.first("SELECT $1 AS nan, 1 = 1 AS yes, 1 = 2 AS no", [.real(.nan)])
            }
            #expect(row?["nan"] == .null)
            #expect(row?["yes"] == 1)
            #expect(row?["no"] == 0)
        }
    }

    @Test func `a text with U+0000 is refused before it is sent, without naming it`() async throws {
        try await withPostgres("CREATE TABLE t (v TEXT)") { database async throws in
            try await database.write { connection in
                #expect {
                    try connection.execute("INSERT INTO t VALUES ($1)", [.text("secret\u{0}b")])
                } throws: { error in
                    let error = error as? SQLError
                    return error?.code == .misuse && error?.message.contains("U+0000") == true
                        && !"\(String(describing: error))".contains("secret")
                }
                try connection.execute("INSERT INTO t VALUES ($1)", ["good"])
            }
            #expect(try await database.column("SELECT v FROM t") == ["good"])
        }
    }

    @Test func `a column of another type is refused by its name`() async throws {
        try await withPostgres { database async throws in
            let error = await sqlError { _ = try await database.read { try $0.query("SELECT 1.5::numeric AS price") } }
            #expect(error?.code == .misuse)
            #expect(error?.message == "column 'price' has a type that is not read here (OID 1700): cast it")
        }
    }

    @Test func `execute counts the rows that the statement changed`() async throws {
        try await withPostgres("CREATE TABLE t (n BIGINT)") { database async throws in
            let counts = try await database.write { connection in
                [
                    try connection.execute("INSERT INTO t VALUES (1), (2), (3)"),
                    try connection.execute("UPDATE t SET n = n + 1 WHERE n > $1", [1]),
                    try connection.execute("UPDATE t SET n = 0 WHERE n > 100"),
                    try connection.execute("CREATE TABLE u (n BIGINT)"),
                    try connection.execute("DELETE FROM t"),
                    try connection.execute("SELECT 1"),
                ]
            }
            #expect(counts == [3, 2, 0, 0, 3, 0])
        }
    }

    @Test func `RETURNING gives rows, and first still does the whole statement`() async throws {
        let table = "CREATE TABLE t (id BIGINT GENERATED BY DEFAULT AS IDENTITY, n BIGINT)"
        try await withPostgres(table) { database async throws in
            let (all, first) = try await database.write { connection in
                let all = try connection.query("INSERT INTO t (n) VALUES (10), (20) RETURNING id, n")
                let first = try connection.first("UPDATE t SET n = n + 1 RETURNING n")
                return (all.map { [$0["id"], $0["n"]] }, first?["n"])
            }
            #expect(all == [[1, 10], [2, 20]])
            #expect(first == 11)
            #expect(try await database.column("SELECT n FROM t ORDER BY id") == [11, 21])
        }
    }

    @Test func `a prepared statement follows a change of the schema`() async throws {
        try await withPostgres("CREATE TABLE t (a BIGINT)", "INSERT INTO t VALUES (1)") { database async throws in
            let seen = try await database.write { connection in
                let before = try connection.first("SELECT * FROM t")?.integer("a")
                try connection.execute("ALTER TABLE t ADD COLUMN b BIGINT DEFAULT 2")
                let added = try connection.first("SELECT * FROM t")?.integer("b")
                try connection.executeScript("ALTER TABLE t RENAME COLUMN a TO c")
                return [before, added, try connection.first("SELECT * FROM t")?.integer("c")]
            }
            #expect(seen == [1, 2, 1])
            try await database.write { try $0.execute("INSERT INTO t VALUES (3, 4)") }
        }
    }

    @Test func `more different statements than the cache holds are fine`() async throws {
        try await withPostgres(readers: 1) { database async throws in
            let sum = try await database.read { connection in
                try (0..<700).reduce(0) { try $0 + (connection.first("SELECT \($1) AS n")?.integer("n") ?? 0) }
            }
            #expect(sum == 244_650)
            let kept = try await database.value("SELECT COUNT(*) FROM pg_prepared_statements") ?? .null
            #expect(kept == 256)
        }
    }

    @Test(arguments: ["SELECT 1; SELECT 2", "SELEC", "SELECT * FROM missing", "BEGIN", "COMMIT", "ROLLBACK"])
    func `what is not one statement, or ends a transaction, is an error with its text`(sql: String) async throws {
        try await withPostgres { database async throws in
            let error = await sqlError { _ = try await database.read { try $0.query(sql) } }
            #expect(error?.sql == sql)
            #expect(error?.code == (sql.hasPrefix("SELEC") && !sql.contains(";") ? .other : .misuse))
        }
    }

    @Test func `a script runs its statements and refuses those of transactions before it runs`() async throws {
        try await withPostgres { database async throws in
            try await database.write { connection in
                try connection.executeScript(
                    """
                    CREATE TABLE t (s TEXT); -- one;
                    INSERT INTO t VALUES ('a;b'), ('c');
                    CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END; $$;
                    """)
                #expect(try connection.hasTable("t"))
                #expect(try !connection.hasTable("T"))
                #expect(try !connection.hasTable("missing\"; x"))
                #expect(throws: SQLError.self) { try connection.executeScript("DELETE FROM t; COMMIT") }
                #expect(throws: SQLError.self) { try connection.executeScript("DELETE FROM t; /* x */ SAVEPOINT a") }
            }
            #expect(try await database.column("SELECT s FROM t ORDER BY s") == ["a;b", "c"])
        }
    }
}
#endif
