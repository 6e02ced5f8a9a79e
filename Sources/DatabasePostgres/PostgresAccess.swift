#if PostgreSQL
import Database

/// One closure's use of a PostgreSQL connection; dead as soon as the closure returns.
final class PostgresAccess: SQLConnection {
    /// None on a closed database.
    private let session: PostgresSession?
    private var isValid = true
    private var savepointDepth = 0
    /// The error after which the transaction is lost, or can only be rolled back: to the savepoint around it, or as a
    /// whole. Until then a further statement would be refused, or would run, and commit, on its own.
    private var failure: SQLError?

    init(_ session: PostgresSession?) { self.session = session }

    func invalidate() { isValid = false }

    @discardableResult
    func execute(_ sql: String, _ parameters: [SQLValue]) throws(SQLError) -> Int {
        try run { session throws(SQLError) in try session.run(sql, parameters).0.affected }
    }

    func query(_ sql: String, _ parameters: [SQLValue]) throws(SQLError) -> [SQLRow] {
        try run { session throws(SQLError) in
            let (result, statement) = try session.run(sql, parameters)
            return try result.rows(&statement.layout, sql: sql)
        }
    }

    func first(_ sql: String, _ parameters: [SQLValue]) throws(SQLError) -> SQLRow? {
        try run { session throws(SQLError) in
            let (result, statement) = try session.run(sql, parameters)
            return try result.rows(&statement.layout, limit: 1, sql: sql).first
        }
    }

    func later(_ sql: String, _ parameters: [SQLValue]) throws(SQLError) -> any SQLAnswer {
        let statement = LaterStatement(sql, try Parameters(parameters, sql: sql)) {
            [unowned self] () throws(SQLError) in
            try run { session throws(SQLError) in try session.flush() }
        }
        try run { session throws(SQLError) in try session.add(statement) }
        return statement
    }

    func executeScript(_ sql: String) throws(SQLError) {
        try run { session throws(SQLError) in
            let statements = StatementText(sql).statements.map { String($0) }
            for statement in statements {
                guard case .ordinary = StatementKind(statement) else {
                    throw SQLError(.misuse, "a script must not begin or end a transaction", sql: statement)
                }
            }
            try session.exchange(statements.map { .command($0) })
        }
    }

    var isInTransaction: Bool {
        checkValid()
        return session.map { $0.transaction != .none } ?? false
    }

    var isRemote: Bool { true }

    func hasTable(_ name: String) throws(SQLError) -> Bool {
        let sql = "SELECT to_regclass(quote_ident($1)) IS NOT NULL AS found"
        return try first(sql, [.text(name)])?.bool("found") ?? false
    }

    private func checkValid() {
        guard isValid else { fatalError("a database connection was used after its closure") }
    }

    private func open() throws(SQLError) -> PostgresSession {
        checkValid()
        guard let session else { throw .closed }
        return session
    }

    /// Runs `body`, and watches what becomes of the transaction.
    private func run<T>(_ body: (PostgresSession) throws(SQLError) -> T) throws(SQLError) -> T {
        let session = try open()
        if let failure { throw failure }
        let wasInTransaction = session.transaction != .none
        do {
            return try body(session)
        } catch {
            if wasInTransaction, session.transaction != .open { failure = error }
            throw error
        }
    }
}

// MARK: - Transactions

extension PostgresAccess {
    func begin() throws(SQLError) {
        let session = try open()
        guard session.transaction == .none else { throw SQLError(.misuse, "a transaction is open already") }
        failure = nil
        do {
            try session.begin()
        } catch {
            failure = error
            throw error
        }
    }

    func commit() throws(SQLError) {
        let session = try open()
        if let failure { throw failure }
        guard session.transaction != .none else { throw SQLError(.misuse, "there is no transaction to commit") }
        do {
            try session.commit()
        } catch {
            failure = error
            throw error
        }
    }

    @discardableResult
    func rollBack() -> Bool {
        checkValid()
        failure = nil
        guard let session, session.transaction != .none else { return false }
        session.rollBack()
        return true
    }

    @discardableResult
    func savepoint<T>(_ body: () throws -> T) throws -> T {
        let session = try open()
        if let failure { throw failure }
        guard session.transaction != .none else { throw SQLError(.misuse, "a savepoint needs a transaction") }
        savepointDepth += 1
        defer { savepointDepth -= 1 }
        let name = "s\(savepointDepth)"
        session.beginSavepoint(name)
        do {
            let result = try body()
            // An error that `body` has swallowed: the server has undone the statement and refuses all others.
            if let failure { throw failure }
            session.releaseSavepoint(name)
            return result
        } catch {
            // Without a transaction there is nothing to undo, and `failure` stays.
            if session.transaction != .none {
                session.undoSavepoint(name)
                failure = nil
            }
            throw error
        }
    }

    /// Takes the database for this process; on the writer, in no transaction.
    func hold(_ share: DatabaseShare) throws(SQLError) -> Bool {
        try run { session throws(SQLError) in
            guard try session.hold(share) else { return false }
            (session.held, session.isHeld) = (share, true)
            return true
        }
    }

    /// Lets others have it too, after `hold(.alone)`; on the writer, in no transaction.
    func share(as node: String) throws(SQLError) -> Bool {
        try run { session throws(SQLError) in
            if session.held == .node(node) { return true }
            guard try session.share(as: node) else { return false }
            session.held = .node(node)
            return true
        }
    }

    /// Takes the lane of a node; on the writer, in no transaction.
    func claim(_ node: String) throws(SQLError) -> Int64 {
        try run { session throws(SQLError) in try session.claim(node) }
    }
}
#endif
