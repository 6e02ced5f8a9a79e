package import Database
package import SessionHub
import Synchronization

/// Holds every item of the journal to its contract: it runs twice, of which the first leaves no trace, it changes only
/// tables of its scope, and the counters of the classes are right after it.
package struct ContractDriver: JournalDriver {
    /// What an item did that it may not.
    package struct Violation: Error, CustomStringConvertible {
        package let description: String
    }

    private let violated: @Sendable (Violation) throws -> Void

    /// - Parameter violated: nil stops the process: nobody would hear of it from an item whose answer nobody waits for.
    package init(violated: (@Sendable (Violation) throws -> Void)? = nil) {
        self.violated = violated ?? { violation in fatalError(violation.description) }
    }

    package func connection(_ connection: any SQLConnection, for scope: JournalScope) -> any SQLConnection {
        WatchedConnection(connection: connection, scope: scope, violated: violated)
    }

    package func rehearse(on connection: any SQLConnection, _ run: () throws -> Void) throws {
        struct Undo: Error {}
        do {
            try connection.savepoint {
                do {
                    try run()
                    try checkCounts(connection)
                } catch {
                    // What a refused item is answered, its second run says; without a transaction there is none.
                    guard connection.isInTransaction else { throw error }
                }
                throw Undo()
            }
        } catch is Undo {
        }
    }

    /// Counts what the heads of the classes say (`SeatCount`, `JournalStore.place`).
    private func checkCounts(_ connection: any SQLConnection) throws {
        guard try connection.hasTable("live_session_heads") else { return }
        let wrong = try connection.first(
            """
            SELECT h.session_id FROM live_session_heads h
            WHERE h.seated_count <> (SELECT COUNT(*) FROM live_session_participants p
                WHERE p.session_id = h.session_id AND p.seat IS NOT NULL AND p.role NOT IN ('instructor', 'moderator'))
            """, []
        )
        guard let wrong else { return }
        try violated(Violation(description: "the seats of class \(wrong.integer("session_id")) are not counted right"))
    }
}

/// A connection that looks at what each statement writes.
private struct WatchedConnection: SQLConnection {
    let connection: any SQLConnection
    let scope: JournalScope
    let violated: @Sendable (ContractDriver.Violation) throws -> Void

    private func check(_ sql: String) throws(SQLError) {
        for table in WrittenTables.of(sql) where !allows(table) {
            do {
                try violated(ContractDriver.Violation(description: "an item of \(scope) writes \(table): \(sql)"))
            } catch {
                throw SQLError(.other, "\(error)")
            }
        }
    }

    /// A table that belongs to no part is a test's own.
    private func allows(_ table: String) -> Bool {
        (JournalScope.tables[table] ?? JournalScope.ofNodes[table]).map(scope.parts.contains) ?? true
    }

    func execute(_ sql: String, _ parameters: [SQLValue]) throws(SQLError) -> Int {
        try check(sql)
        return try connection.execute(sql, parameters)
    }

    func query(_ sql: String, _ parameters: [SQLValue]) throws(SQLError) -> [SQLRow] {
        try check(sql)
        return try connection.query(sql, parameters)
    }

    func first(_ sql: String, _ parameters: [SQLValue]) throws(SQLError) -> SQLRow? {
        try check(sql)
        return try connection.first(sql, parameters)
    }

    func later(_ sql: String, _ parameters: [SQLValue]) throws(SQLError) -> any SQLAnswer {
        try check(sql)
        return try connection.later(sql, parameters)
    }

    func executeScript(_ sql: String) throws(SQLError) {
        try check(sql)
        try connection.executeScript(sql)
    }

    func begin() throws(SQLError) { try connection.begin() }
    func commit() throws(SQLError) { try connection.commit() }
    func rollBack() -> Bool { connection.rollBack() }
    func savepoint<T>(_ body: () throws -> T) throws -> T { try connection.savepoint(body) }
    var isInTransaction: Bool { connection.isInTransaction }
    var isRemote: Bool { connection.isRemote }
    func hasTable(_ name: String) throws(SQLError) -> Bool { try connection.hasTable(name) }
}

/// Which tables a statement itself inserts into, updates or deletes from; triggers and foreign keys do more.
package enum WrittenTables {
    /// What was found before: the tests run the same statements thousands of times.
    private static let known = Mutex<[String: [String]]>([:])

    package static func of(_ sql: String) -> [String] {
        if let tables = known.withLock({ $0[sql] }) { return tables }
        let tables = read(sql)
        known.withLock { $0[sql] = tables }
        return tables
    }

    private static func read(_ sql: String) -> [String] {
        let words = sql.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)
        return words.indices.compactMap { index in
            let (next, before) = (index + 1, index - 1)
            guard next < words.endIndex else { return nil }
            switch words[index] {
            case "INTO": return words[next]
            case "FROM" where before >= 0 && words[before] == "DELETE": return words[next]
            // Not the one of an upsert.
            case "UPDATE" where words[next] != "SET" && words[next] != "OF": return words[next]
            default: return nil
            }
        }
    }
}
