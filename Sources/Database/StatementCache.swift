import GRDB

/// The compiled statements of one connection, by their text.
///
/// `@unchecked Sendable` so that the registry of connections can hold it: it is used on its connection's serial queue
/// only, or while nothing runs there (`SQLiteDatabase.close`). GRDB checks the queue whenever a statement is compiled,
/// and `SQLiteAccess` once for each closure.
final class StatementCache: @unchecked Sendable {
    /// Held so that no other connection can ever have the same identity.
    private let database: Database
    private var statements: [String: PreparedStatement] = [:]
    /// The product has a few hundred statements; a text that is different every time must not fill the memory.
    private static let capacity = 512

    init(for database: Database) {
        self.database = database
    }

    func statement(_ sql: String) throws(SQLError) -> PreparedStatement {
        if let statement = statements[sql] { return statement }
        if statements.count >= Self.capacity { statements.removeAll() }
        let statement = try PreparedStatement(sql, on: database)
        statements[sql] = statement
        return statement
    }

    /// Finalizes everything: `sqlite3_close` refuses to close a connection that still has statements.
    func removeAll() {
        statements.removeAll()
    }
}
