/// A connection for as long as one closure of `SQLDatabase` runs.
///
/// Not Sendable, not to be kept: using it after the closure stops the process. Parameters are `$1` ... `$n`, bound by
/// their number, so that they may be reused and stand in any order. One string is one statement.
package protocol SQLConnection {
    /// Runs a statement to its end.
    /// - Returns: the rows that it inserted, updated or deleted itself (not those of triggers and foreign keys).
    @discardableResult
    func execute(_ sql: String, _ parameters: [SQLValue]) throws(SQLError) -> Int

    /// Runs a statement, also one with RETURNING, and decodes all its rows.
    func query(_ sql: String, _ parameters: [SQLValue]) throws(SQLError) -> [SQLRow]

    /// The first row. A statement that writes still runs to its end.
    func first(_ sql: String, _ parameters: [SQLValue]) throws(SQLError) -> SQLRow?

    /// Hands over a statement for whose end nobody waits yet. A server gets it together with the next one that is
    /// waited for, in this order, which saves a way there and back; in a file it runs at once. An error of it is thrown
    /// by whatever takes it along, and the transaction is then lost as a whole: it is not for the inside of a
    /// savepoint.
    func later(_ sql: String, _ parameters: [SQLValue]) throws(SQLError) -> any SQLAnswer

    /// Runs several statements without parameters, for migrations. Statements that begin or end a transaction or a
    /// savepoint are refused before they run.
    func executeScript(_ sql: String) throws(SQLError)

    /// Begins a transaction that writes, on the writer only: from its first statement to its end nobody else writes, in
    /// whatever process.
    func begin() throws(SQLError)

    /// Ends the transaction. When this returns, its data is on the disk. What was handed over by `later` is part of it,
    /// and thrown for here when it failed; then nothing was committed.
    func commit() throws(SQLError)

    /// Leaves the transaction, if there is one; nothing of it happened.
    /// - Returns: whether there was one.
    @discardableResult
    func rollBack() -> Bool

    /// Runs `body` in a savepoint: all of it happens, or, when it throws, nothing of it.
    ///
    /// The error of `body` comes back unchanged. Some errors (full, I/O, out of memory, busy, interrupted) end
    /// the whole transaction: then `isInTransaction` is false afterwards, and every further statement throws
    /// that first error until a new BEGIN or the end of the closure, so that nothing commits on its own by accident.
    /// Outside a transaction it throws `misuse`.
    @discardableResult
    func savepoint<T>(_ body: () throws -> T) throws -> T

    /// Whether a transaction is open right now: the engine's own word, not ours.
    var isInTransaction: Bool { get }

    /// Whether statements go to a server: each costs a way there and back, and the server more work than a row of it,
    /// so that few statements with many rows are better than many with one.
    var isRemote: Bool { get }

    /// Whether the database has a table of that name.
    func hasTable(_ name: String) throws(SQLError) -> Bool
}

/// What a statement has come to that was handed over by `SQLConnection.later`.
package protocol SQLAnswer {
    /// The rows; waits for the statement if need be.
    func rows() throws(SQLError) -> [SQLRow]
}

extension SQLAnswer {
    package func first() throws(SQLError) -> SQLRow? { try rows().first }
}

/// The answer of a statement that has run.
package struct KnownAnswer: SQLAnswer {
    private let known: [SQLRow]

    package init(_ rows: [SQLRow]) { known = rows }

    package func rows() throws(SQLError) -> [SQLRow] { known }
}

extension SQLConnection {
    @discardableResult
    package func execute(_ sql: String) throws(SQLError) -> Int { try execute(sql, []) }

    package func query(_ sql: String) throws(SQLError) -> [SQLRow] { try query(sql, []) }

    package func first(_ sql: String) throws(SQLError) -> SQLRow? { try first(sql, []) }

    /// One transaction around `body`: committed, or the error with nothing done.
    package func transaction<T>(_ body: (Self) throws -> T) throws -> T {
        try begin()
        do {
            let result = try body(self)
            try commit()
            return result
        } catch {
            rollBack()
            throw error
        }
    }
}
