import Testing

@testable import Database

@Suite struct StatementTests {
    @Test func `it says that its statements go to no server`() async throws {
        try await withDatabase { database in
            let isRemote = try await database.read { $0.isRemote }
            #expect(!isRemote)
        }
    }

    @Test func `parameters are bound by their number, in any order`() async throws {
        try await withDatabase { database in
            let row = try await database.read { connection in
                try connection.first("SELECT $2 AS second, $1 AS first, $3 AS third", ["a", "b", "c"])
            }
            #expect(row?.values == ["b", "a", "c"])
        }
    }

    @Test func `a parameter may be used several times`() async throws {
        try await withDatabase { database in
            let sql = "SELECT $2 || $1 || $2 || $1 AS joined"
            let value = try await database.value(sql, ["a", "b"])
            #expect(value == "baba")
        }
    }

    @Test func `more than nine parameters keep their numbers`() async throws {
        try await withDatabase { database in
            let sql = "SELECT $12 || $11 || $10 || $1 || $2 || $3 || $4 || $5 || $6 || $7 || $8 || $9 AS joined"
            let letters: [SQLValue] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"]
            let value = try await database.value(sql, letters)
            #expect(value == "lkjabcdefghi")
        }
    }

    @Test(arguments: [[], ["a"], ["a", "b", "c"]] as [[SQLValue]])
    func `a wrong number of parameters names the right one`(parameters: [SQLValue]) async throws {
        try await withDatabase { database in
            let sql = "SELECT $1 AS a, $2 AS b"
            let error = await sqlError { _ = try await database.value(sql, parameters) }
            let message = "the statement takes 2 parameters, not \(parameters.count)"
            #expect(error == SQLError(.misuse, message, sql: sql))
        }
    }

    @Test func `a parameter that is left out is refused`() async throws {
        try await withDatabase { database in
            let error = await sqlError { _ = try await database.value("SELECT $1 AS a, $3 AS c", ["a", "b", "c"]) }
            #expect(error?.message == "of the parameters $1 to $3 one is not used")
        }
    }

    @Test(arguments: ["?", "?1", ":name", "$name", "$0", "@1"])
    func `a parameter of another form is refused`(parameter: String) async throws {
        try await withDatabase { database in
            let error = await sqlError { _ = try await database.value("SELECT \(parameter) AS a", ["a"]) }
            #expect(error?.message == "parameter '\(parameter)' is not of the form $1")
        }
    }

    @Test func `a statement works after it was given too few parameters`() async throws {
        try await withDatabase { database in
            let joined = try await database.read { connection in
                #expect(throws: SQLError.self) { try connection.query("SELECT $1 || $2 AS joined", ["a"]) }
                return try connection.first("SELECT $1 || $2 AS joined", ["a", "b"])?.text("joined")
            }
            #expect(joined == "ab")
        }
    }

    @Test(
        arguments: [
            .null, .integer(0), .integer(.max), .integer(.min), .real(1.5), .real(-0.0),
            .real(.greatestFiniteMagnitude),
            .real(.infinity), "", "text", "👩🏽‍🏫 Grüße, 日本", .text("a\u{0}b"),
            .text(String(repeating: "é", count: 100_000)),
            .blob([]), .blob([0]), .blob([0, 255, 128]), .blob([UInt8](repeating: 7, count: 300_000)),
        ] as [SQLValue])
    func `a value comes back as it was stored`(value: SQLValue) async throws {
        try await withDatabase("CREATE TABLE t (v)") { database in
            try await database.write { try $0.execute("INSERT INTO t (v) VALUES ($1)", [value]) }
            #expect(try await database.value("SELECT v FROM t") == value)
        }
    }

    @Test func `a NaN is stored as NULL`() async throws {
        try await withDatabase { database in
            let value = try await database.value("SELECT $1 AS v", [.real(.nan)])
            #expect(value == .some(.null))
        }
    }

    @Test func `a row gives its values by type and name`() async throws {
        try await withDatabase { database in
            let row = try #require(
                try await database.read { connection in
                    try connection.first(
                        "SELECT $1 AS i, $2 AS t, $3 AS r, $4 AS b, $5 AS n, $6 AS yes",
                        [42, "text", 1.5, .blob([1, 2]), nil, true])
                })
            #expect(row.integer("i") == 42 && row.optionalInteger("i") == 42 && row.real("i") == 42)
            #expect(row.text("t") == "text" && row.optionalText("t") == "text")
            #expect(row.real("r") == 1.5 && row.optionalReal("r") == 1.5)
            #expect(row.blob("b") == [1, 2] && row.optionalBlob("b") == [1, 2])
            #expect(row.bool("yes") && row.optionalBool("yes") == true)
            #expect(row["n"].isNull && row.optionalInteger("n") == nil && row.optionalText("n") == nil)
            #expect(row.optionalReal("n") == nil && row.optionalBlob("n") == nil && row.optionalBool("n") == nil)
        }
    }

    @Test func `a missing column stops the process`() async {
        await #expect(processExitsWith: .failure) {
            _ = SQLRow(columns: SQLColumns(["a"]), values: [1]).integer("b")
        }
    }

    @Test func `a NULL asked for as text stops the process`() async {
        await #expect(processExitsWith: .failure) { _ = SQLRow(columns: SQLColumns(["a"]), values: [nil]).text("a") }
    }

    @Test func `execute counts the rows that the statement changed`() async throws {
        try await withDatabase("CREATE TABLE t (n INTEGER)") { database in
            let counts = try await database.write { connection in
                [
                    try connection.execute("INSERT INTO t VALUES (1), (2), (3)"),
                    try connection.execute("UPDATE t SET n = n + 1 WHERE n > $1", [1]),
                    try connection.execute("UPDATE t SET n = 0 WHERE n > 100"),
                    try connection.execute("CREATE TABLE u (n INTEGER)"),
                    try connection.execute("DELETE FROM t"),
                    try connection.execute("SELECT 1"),
                ]
            }
            #expect(counts == [3, 2, 0, 0, 3, 0])
        }
    }

    @Test func `RETURNING gives rows, and first still does the whole statement`() async throws {
        try await withDatabase("CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER)") { database in
            let (all, first) = try await database.write { connection in
                let all = try connection.query("INSERT INTO t (n) VALUES (10), (20) RETURNING id, n")
                let first = try connection.first("UPDATE t SET n = n + 1 RETURNING n")
                return (all.map(\.values), first?.values)
            }
            #expect(all == [[1, 10], [2, 20]])
            #expect(first == [11])
            #expect(try await database.column("SELECT n FROM t ORDER BY id") == [11, 21])
        }
    }

    @Test func `first of many rows leaves the statement ready`() async throws {
        try await withDatabase("CREATE TABLE t (n INTEGER)", "INSERT INTO t VALUES (1), (2), (3)") { database in
            let values = try await database.write { connection in
                let first = try connection.first("SELECT n FROM t ORDER BY n")
                try connection.execute("DROP TABLE t")
                return first?.values
            }
            #expect(values == [1])
        }
    }

    @Test func `a cached statement follows a change of the schema`() async throws {
        try await withDatabase("CREATE TABLE t (a INTEGER)", "INSERT INTO t VALUES (1)") { database in
            let names = try await database.write { connection in
                let before = try connection.first("SELECT * FROM t")?.columns.names
                try connection.execute("ALTER TABLE t ADD COLUMN b INTEGER DEFAULT 2")
                let added = try connection.first("SELECT * FROM t")?.columns.names
                try connection.execute("ALTER TABLE t RENAME COLUMN a TO c")
                return [before, added, try connection.first("SELECT * FROM t")?.columns.names]
            }
            #expect(names == [["a"], ["a", "b"], ["c", "b"]])
        }
    }

    @Test func `more different statements than the cache holds are fine`() async throws {
        try await withDatabase { database in
            let sum = try await database.read { connection in
                try (0..<1200).reduce(0) { try $0 + (connection.first("SELECT \($1) AS n")?.integer("n") ?? 0) }
            }
            #expect(sum == 719_400)
        }
    }

    @Test(arguments: ["SELECT 1; SELECT 2", "", "SELEC", "SELECT * FROM missing"])
    func `what is not exactly one statement is an error with its text`(sql: String) async throws {
        try await withDatabase { database in
            let error = await sqlError { _ = try await database.value(sql) }
            #expect(error?.sql == sql)
            #expect(error?.code == (sql.contains(";") ? .misuse : .other))
        }
    }
}
