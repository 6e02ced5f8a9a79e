import Testing

@testable import Database

@Suite struct TransactionTests {
    private let table = "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER UNIQUE, v BLOB)"
    private let insert = "INSERT INTO t (n) VALUES ($1)"

    @Test func `a write that throws leaves nothing, and its own error comes out`() async throws {
        try await withDatabase(table) { database in
            let insert = insert
            await #expect(throws: Refused(reason: "changed my mind")) {
                try await database.write { connection in
                    try connection.execute(insert, [1])
                    throw Refused(reason: "changed my mind")
                }
            }
            let stored = try await database.column("SELECT n FROM t")
            #expect(stored == [])
        }
    }

    @Test func `a thousand items in one transaction: one refused refuses nobody else`() async throws {
        try await withDatabase(table) { database in
            let insert = insert
            let errors = try await database.onWriter { connection in
                var errors: [Int: SQLError.Code] = [:]
                try connection.execute("BEGIN IMMEDIATE")
                for item in 0..<1000 {
                    do {
                        try connection.savepoint {
                            try connection.execute(insert, [.integer(Int64(item + 10_000))])
                            // Item 500 fails in its second statement: its first one must be undone.
                            try connection.execute(insert, [.integer(item == 500 ? 499 : Int64(item))])
                        }
                    } catch let error as SQLError {
                        errors[item] = error.code
                    }
                    #expect(connection.isInTransaction)
                }
                try connection.execute("COMMIT")
                return errors
            }
            #expect(errors == [500: .uniqueViolation])
            #expect(try await database.value("SELECT COUNT(*) AS n FROM t") == 1998)
            #expect(try await database.column("SELECT n FROM t WHERE n IN (500, 10500)") == [])
        }
    }

    @Test func `an inner savepoint is undone alone, an outer one with all inner ones`() async throws {
        try await withDatabase(table) { database in
            let insert = insert
            try await database.write { connection in
                try connection.savepoint {
                    try connection.execute(insert, [1])
                    try connection.savepoint { try connection.execute(insert, [2]) }
                    #expect(throws: Refused(reason: "inner")) {
                        try connection.savepoint {
                            try connection.execute(insert, [3])
                            try connection.savepoint { try connection.execute(insert, [4]) }
                            throw Refused(reason: "inner")
                        }
                    }
                }
                #expect(throws: Refused(reason: "outer")) {
                    try connection.savepoint {
                        try connection.savepoint { try connection.execute(insert, [5]) }
                        throw Refused(reason: "outer")
                    }
                }
            }
            #expect(try await database.column("SELECT n FROM t ORDER BY n") == [1, 2])
        }
    }

    @Test func `a savepoint gives the value of its body`() async throws {
        try await withDatabase(table) { database in
            let insert = insert
            let id = try await database.write { connection in
                try connection.savepoint { try connection.first(insert + " RETURNING id", [7])?.integer("id") }
            }
            #expect(id == 1)
        }
    }

    @Test func `a savepoint outside a transaction is refused, its body not run`() async throws {
        try await withDatabase { database in
            let error = await sqlError {
                try await database.onWriter { connection in
                    try connection.savepoint { Issue.record("the body ran") }
                }
            }
            #expect(error == SQLError(.misuse, "a savepoint needs a transaction"))
        }
    }

    @Test func `a failed COMMIT leaves nothing, and the next write works`() async throws {
        try await withDatabase(
            "CREATE TABLE p (id INTEGER PRIMARY KEY)",
            "CREATE TABLE c (p INTEGER REFERENCES p (id) DEFERRABLE INITIALLY DEFERRED)"
        ) { database in
            let error = await sqlError { try await database.write { try $0.execute("INSERT INTO c VALUES (1)") } }
            #expect(error?.code == .foreignKeyViolation)
            #expect(error?.sql == "COMMIT")
            #expect(try await database.column("SELECT p FROM c") == [])
            try await database.write { connection in
                try connection.execute("INSERT INTO c VALUES (1)")
                try connection.execute("INSERT INTO p VALUES (1)")
            }
            #expect(try await database.column("SELECT p FROM c") == [1])
        }
    }

    @Test func `a failed COMMIT on the writer leaves the transaction to roll back`() async throws {
        try await withDatabase(
            "CREATE TABLE p (id INTEGER PRIMARY KEY)",
            "CREATE TABLE c (p INTEGER REFERENCES p (id) DEFERRABLE INITIALLY DEFERRED)"
        ) { database in
            try await database.onWriter { connection in
                try connection.execute("BEGIN IMMEDIATE")
                try connection.execute("INSERT INTO c VALUES (1)")
                #expect(throws: SQLError.self) { try connection.execute("COMMIT") }
                #expect(connection.isInTransaction)
                try connection.execute("ROLLBACK")
                #expect(!connection.isInTransaction)
                try connection.execute("BEGIN IMMEDIATE")
                try connection.execute("INSERT INTO p VALUES (3)")
                try connection.execute("COMMIT")
            }
            #expect(try await database.column("SELECT id FROM p") == [3])
        }
    }

    @Test func `a statement that fails after BEGIN leaves the transaction open`() async throws {
        try await withDatabase(table) { database in
            let insert = insert
            try await database.onWriter { connection in
                try connection.execute("BEGIN IMMEDIATE")
                try connection.execute(insert, [1])
                #expect(throws: SQLError.self) { try connection.execute(insert, [1]) }
                #expect(connection.isInTransaction)
                try connection.execute("COMMIT")
            }
            #expect(try await database.column("SELECT n FROM t") == [1])
        }
    }
}

// MARK: - The whole transaction lost

extension TransactionTests {
    private static let big = "INSERT INTO t (v) VALUES (zeroblob(1000000))"

    /// No more pages than there are.
    private static func fill(_ connection: any SQLConnection) throws {
        let pages = try connection.first("PRAGMA page_count")?.integer("page_count") ?? 0
        _ = try connection.query("PRAGMA max_page_count = \(pages)")
    }

    private static func makeRoom(_ connection: any SQLConnection) throws {
        _ = try connection.query("PRAGMA max_page_count = 1000000")
    }

    @Test func `a full database fails the write as a whole and works again with room`() async throws {
        try await withDatabase(table) { database in
            let insert = insert
            try await database.onWriter(Self.fill)
            let error = await sqlError {
                try await database.write { connection in
                    try connection.execute(insert, [1])
                    try connection.execute(Self.big)
                }
            }
            #expect(error?.code == .full)
            #expect(error?.sql == Self.big)
            #expect(try await database.column("SELECT n FROM t") == [])
            try await database.onWriter(Self.makeRoom)
            try await database.write { connection in
                try connection.execute(insert, [1])
                try connection.execute(Self.big)
            }
            #expect(try await database.value("SELECT COUNT(*) AS n FROM t") == 2)
        }
    }

    @Test func `the error that cost the transaction passes through savepoints unchanged`() async throws {
        try await withDatabase(table) { database in
            let insert = insert
            try await database.onWriter(Self.fill)
            try await database.onWriter { connection in
                try connection.execute("BEGIN IMMEDIATE")
                try connection.execute(insert, [1])
                var error: SQLError?
                do {
                    try connection.savepoint { try connection.savepoint { try connection.execute(Self.big) } }
                } catch let thrown as SQLError {
                    error = thrown
                }
                #expect(error?.code == .full)
                #expect(!connection.isInTransaction)
                let full = try #require(error)
                // Nothing may commit on its own now.
                #expect(throws: full) { try connection.execute(insert, [2]) }
                #expect(throws: full) { try connection.savepoint { try connection.execute(insert, [3]) } }
                #expect(throws: full) { try connection.execute("COMMIT") }
                try connection.execute("ROLLBACK")
                try connection.execute("BEGIN IMMEDIATE")
                try connection.execute(insert, [4])
                try connection.execute("COMMIT")
            }
            #expect(try await database.column("SELECT n FROM t") == [4])
        }
    }

    @Test func `a write that swallows the loss of its transaction fails nevertheless`() async throws {
        try await withDatabase(table) { database in
            let insert = insert
            try await database.onWriter(Self.fill)
            let error = await sqlError {
                try await database.write { connection in
                    _ = try? connection.execute(Self.big)
                    _ = try? connection.execute(insert, [1])
                }
            }
            #expect(error?.code == .full)
            #expect(try await database.column("SELECT n FROM t") == [])
        }
    }
}
