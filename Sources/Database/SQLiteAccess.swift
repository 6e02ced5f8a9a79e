import GRDB
import GRDBSQLite

/// One closure's use of a SQLite connection; dead as soon as the closure returns.
final class SQLiteAccess: SQLConnection {
    private let database: Database
    /// None on a closed database.
    private let statements: StatementCache?
    private var isValid = true
    private var savepointDepth = 0
    /// The error after which SQLite rolled back the whole transaction by itself. Until somebody begins anew, a further
    /// statement would run, and commit, on its own.
    private var rollbackCause: SQLError?

    init(_ database: Database, _ statements: StatementCache?) {
        self.database = database
        self.statements = statements
    }

    func invalidate() {
        isValid = false
    }

    func execute(_ sql: String, _ parameters: [SQLValue]) throws(SQLError) -> Int {
        let before = totalChanges
        try run(sql) { statement throws(SQLError) in try statement.run(parameters) }
        // Of any statement that is no INSERT, UPDATE or DELETE: it "does not modify the value returned by these
        // functions" (https://www.sqlite.org/c3ref/changes.html), so sqlite3_changes() would tell an older count.
        return totalChanges == before ? 0 : database.changesCount
    }

    func query(_ sql: String, _ parameters: [SQLValue]) throws(SQLError) -> [SQLRow] {
        try run(sql) { statement throws(SQLError) in try statement.rows(parameters) } ?? []
    }

    func first(_ sql: String, _ parameters: [SQLValue]) throws(SQLError) -> SQLRow? {
        try run(sql) { statement throws(SQLError) in try statement.rows(parameters, limit: 1) }?.first
    }

    var isInTransaction: Bool {
        checkValid()
        return statements != nil && database.isInsideTransaction
    }

    var isRemote: Bool { false }

    func hasTable(_ name: String) throws(SQLError) -> Bool {
        try first("SELECT 1 AS found FROM sqlite_master WHERE type = 'table' AND name = $1", [.text(name)]) != nil
    }

    private var totalChanges: Int {
        statements == nil ? 0 : database.totalChangesCount
    }

    private func checkValid() {
        guard isValid else { fatalError("a database connection was used after its closure") }
    }

    /// Runs one statement of the cache, and watches whether SQLite gives up the transaction.
    /// - Returns: nil for the ROLLBACK of a transaction that is gone already.
    @discardableResult
    private func run<T>(
        _ sql: String, _ body: (PreparedStatement) throws(SQLError) -> T
    ) throws(SQLError) -> T? {
        checkValid()
        guard let statements else { throw .closed }
        let statement = try statements.statement(sql)
        if let cause = rollbackCause {
            switch statement.kind {
            case .begin: rollbackCause = nil
            case .rollback:
                rollbackCause = nil
                return nil
            default: throw cause
            }
        }
        return try watchingTransaction { () throws(SQLError) in try body(statement) }
    }

    private func watchingTransaction<T>(_ body: () throws(SQLError) -> T) throws(SQLError) -> T {
        let wasInTransaction = database.isInsideTransaction
        do {
            return try body()
        } catch {
            // https://www.sqlite.org/c3ref/get_autocommit.html: after FULL, IOERR, NOMEM, BUSY, INTERRUPT "the
            // transaction might be rolled back automatically. The only way to find out [...] is to use this function."
            if wasInTransaction, !database.isInsideTransaction { rollbackCause = error }
            throw error
        }
    }
}

// MARK: - Scripts

extension SQLiteAccess {
    func later(_ sql: String, _ parameters: [SQLValue]) throws(SQLError) -> any SQLAnswer {
        KnownAnswer(try query(sql, parameters))
    }

    func executeScript(_ sql: String) throws(SQLError) {
        checkValid()
        guard statements != nil else { throw .closed }
        if let cause = rollbackCause { throw cause }
        do {
            let cursor = try database.allStatements(sql: sql)
            while let next = try cursor.next() {
                let statement = PreparedStatement(next, on: database)
                guard statement.kind == .ordinary else {
                    throw SQLError(.misuse, "a script must not begin or end a transaction", sql: next.sql)
                }
                try watchingTransaction { () throws(SQLError) in try statement.run([]) }
            }
        } catch {
            throw SQLError(error)
        }
    }
}

// MARK: - Transactions

extension SQLiteAccess {
    @discardableResult
    func savepoint<T>(_ body: () throws -> T) throws -> T {
        if let cause = rollbackCause { throw cause }
        guard isInTransaction else { throw SQLError(.misuse, "a savepoint needs a transaction") }
        savepointDepth += 1
        let name = "s\(savepointDepth)"
        defer { savepointDepth -= 1 }
        try execute("SAVEPOINT \(name)")
        do {
            let result = try body()
            try execute("RELEASE \(name)")
            return result
        } catch {
            undoSavepoint(name, because: error)
            throw error
        }
    }

    /// Never throws: the error that led here is the one to report. When the savepoint cannot be undone, the whole
    /// transaction is given up, so that half an item can never be committed.
    private func undoSavepoint(_ name: String, because error: any Error) {
        guard isInTransaction else { return }
        do {
            try execute("ROLLBACK TO \(name)")
            try execute("RELEASE \(name)")
        } catch {
            rollBack()
            rollbackCause = rollbackCause ?? SQLError(error)
        }
    }

    func begin() throws(SQLError) { try execute("BEGIN IMMEDIATE") }

    func commit() throws(SQLError) { try execute("COMMIT") }

    @discardableResult
    func rollBack() -> Bool {
        guard isInTransaction else { return false }
        do {
            try execute("ROLLBACK")
        } catch {
            // ROLLBACK fails only when no transaction is left, which is what we want; if one is left nevertheless,
            // GRDB stops the process when the closure returns ("a transaction has been left opened").
        }
        return true
    }
}
