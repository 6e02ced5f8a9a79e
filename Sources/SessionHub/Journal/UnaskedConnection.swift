import Database

/// The connection of an item that is to do without the store: it refuses everything and remembers that it was used.
///
/// What an item has come to after its connection was used counts for nothing; it runs again on a real one.
final class UnaskedConnection: SQLConnection {
    private(set) var wasAsked = false

    private func refuse() -> SQLError {
        wasAsked = true
        return SQLError(.misuse, "the item is to do without the store")
    }

    func execute(_ sql: String, _ parameters: [SQLValue]) throws(SQLError) -> Int { throw refuse() }
    func query(_ sql: String, _ parameters: [SQLValue]) throws(SQLError) -> [SQLRow] { throw refuse() }
    func first(_ sql: String, _ parameters: [SQLValue]) throws(SQLError) -> SQLRow? { throw refuse() }
    func later(_ sql: String, _ parameters: [SQLValue]) throws(SQLError) -> any SQLAnswer { throw refuse() }
    func executeScript(_ sql: String) throws(SQLError) { throw refuse() }
    func begin() throws(SQLError) { throw refuse() }
    func commit() throws(SQLError) { throw refuse() }
    func savepoint<T>(_ body: () throws -> T) throws -> T { throw refuse() }
    func hasTable(_ name: String) throws(SQLError) -> Bool { throw refuse() }

    func rollBack() -> Bool {
        wasAsked = true
        return false
    }

    /// What an item may take for granted.
    var isInTransaction: Bool { true }
    var isRemote: Bool { true }
}
