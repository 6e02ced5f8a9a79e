#if PostgreSQL
import Database

/// What a session sends: in the order of sending, each with what becomes of its result.
enum Request {
    /// A command as it is; its answer is of interest only when it fails.
    case command(String)
    case run(sql: String, Parameters)
    case later(LaterStatement)
    /// One that must change exactly one row; otherwise `refusal` says what to throw.
    case mark(sql: String, Parameters, refusal: (PostgresSession) throws(SQLError) -> SQLError)

    func isCommand(_ sql: String) -> Bool {
        if case .command(sql) = self { true } else { false }
    }
}

/// A statement that waits for the next one, and keeps its own result.
final class LaterStatement: SQLAnswer {
    let sql: String
    let parameters: Parameters
    private let send: () throws(SQLError) -> Void
    private var result: (ServerResult, PreparedStatement)?

    /// - Parameter send: sends what waits.
    init(_ sql: String, _ parameters: Parameters, send: @escaping () throws(SQLError) -> Void) {
        self.sql = sql
        self.parameters = parameters
        self.send = send
    }

    func answered(_ result: ServerResult, _ statement: PreparedStatement) { self.result = (result, statement) }

    func rows() throws(SQLError) -> [SQLRow] {
        if result == nil { try send() }
        guard let (result, statement) = result else {
            throw SQLError(.misuse, "the transaction of this statement is over", sql: sql)
        }
        return try result.rows(&statement.layout, sql: sql)
    }
}
#endif
