#if PostgreSQL
import Database

/// A statement that the server has prepared, or is about to prepare, on one connection.
final class PreparedStatement {
    /// The server's name for it.
    let name: String
    let sql: String
    /// The OIDs of its parameters.
    let types: [UInt32]
    /// Known since its first result; the server refuses to run it when it has changed.
    var layout: ColumnLayout?
    fileprivate var lastUse = 0

    init(name: String, sql: String, types: [UInt32]) {
        self.name = name
        self.sql = sql
        self.types = types
    }
}

/// The prepared statements of one connection, by their text and the types of their parameters.
struct StatementCache {
    private struct Key: Hashable {
        let sql: String
        let types: [UInt32]
    }

    /// More than the product has statements for one thread; each costs the server some ten kilobytes.
    static let capacity = 256

    private var statements: [Key: PreparedStatement] = [:]
    private var uses = 0

    mutating func statement(_ sql: String, _ types: [UInt32]) -> PreparedStatement? {
        guard let statement = statements[Key(sql: sql, types: types)] else { return nil }
        uses += 1
        statement.lastUse = uses
        return statement
    }

    /// Keeps what the server has prepared.
    mutating func keep(_ statement: PreparedStatement) {
        uses += 1
        statement.lastUse = uses
        statements[Key(sql: statement.sql, types: statement.types)] = statement
    }

    /// Takes out the one that was not used for the longest, when a further one has no room.
    mutating func makeRoom() -> PreparedStatement? {
        guard statements.count >= Self.capacity else { return nil }
        guard let oldest = statements.min(by: { $0.value.lastUse < $1.value.lastUse }) else { return nil }
        return statements.removeValue(forKey: oldest.key)
    }

    mutating func removeAll() { statements.removeAll() }
}
#endif
