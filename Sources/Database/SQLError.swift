/// What the database refused or could not do.
///
/// Neither the message nor any other field holds parameter values. (SQLite's own messages name tables, columns and
/// constraints.)
package struct SQLError: Error, Hashable {
    /// The kinds that callers tell apart.
    package enum Code: Sendable, Hashable {
        case uniqueViolation
        case foreignKeyViolation
        case checkViolation
        case notNullViolation
        /// Somebody else holds the lock for longer than the busy timeout. Try again.
        case busy
        /// The disk or the configured page limit is full.
        case full
        case io
        case readOnly
        case corrupt
        case interrupted
        case outOfMemory
        case notADatabase
        /// The server is away, or the connection to it broke. Try again.
        case unavailable
        /// Another process has taken this one's name: what this one writes is refused from now on.
        case fenced
        /// A bug of ours: wrong parameter count, closed database, two statements in one string, no transaction.
        case misuse
        case other
    }

    package let code: Code
    package let message: String
    /// SQLite's extended result code (https://www.sqlite.org/rescode.html); 0 when SQLite was not asked.
    package let extendedCode: Int32
    /// PostgreSQL's five characters (https://www.postgresql.org/docs/current/errcodes-appendix.html); nil when the
    /// server said none.
    package let state: String?
    /// What was violated, when the engine says it. SQLite: "table.a, table.b", a check's name, or "index 'name'".
    /// PostgreSQL: the constraint's name, or "table.a" for a NULL.
    package let constraint: String?
    /// The statement's text, without its parameters.
    package let sql: String?

    package init(
        _ code: Code, _ message: String, extendedCode: Int32 = 0, state: String? = nil, constraint: String? = nil,
        sql: String? = nil
    ) {
        self.code = code
        self.message = message
        self.extendedCode = extendedCode
        self.state = state
        self.constraint = constraint
        self.sql = sql
    }
}

extension SQLError: CustomStringConvertible {
    package var description: String {
        let number = extendedCode == 0 ? state.map { " (SQLSTATE \($0))" } ?? "" : " (SQLite \(extendedCode))"
        let statement = sql.map { " in: \($0)" } ?? ""
        return "\(code): \(message)\(number)\(statement)"
    }
}
