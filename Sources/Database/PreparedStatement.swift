import GRDB
import GRDBSQLite

/// A compiled statement with its parameter map and column layout; stays on its connection's queue.
///
/// GRDB compiles it (and so keeps its authorizer and its thread check), we bind and step, because GRDB binds in order
/// of appearance: SQLite takes `$2` for a name, and numbers the names as it meets them.
final class PreparedStatement {
    let kind: StatementKind
    private let statement: Statement
    private let database: Database
    private let sql: String
    /// `places[i]` is the index of the value for SQLite's parameter i + 1.
    private let places: [Int]
    private let parameterCount: Int
    private var layout: (columns: SQLColumns, preparation: Int32)?

    init(_ sql: String, on database: Database) throws(SQLError) {
        do {
            statement = try database.makeStatement(sql: sql)
        } catch {
            throw SQLError(error, sql: sql)
        }
        self.sql = sql
        self.database = database
        kind = StatementKind(sql)
        places = try Self.places(statement, sql)
        parameterCount = (places.max() ?? -1) + 1
        guard Set(places).count == parameterCount else {
            throw SQLError(.misuse, "of the parameters $1 to $\(parameterCount) one is not used", sql: sql)
        }
    }

    /// Already compiled, without parameters: one of a script.
    init(_ statement: Statement, on database: Database) {
        self.statement = statement
        self.database = database
        sql = statement.sql
        kind = StatementKind(sql)
        places = []
        parameterCount = 0
    }

    /// Runs to the end, ignoring rows.
    func run(_ values: [SQLValue]) throws(SQLError) {
        defer { reset() }
        try bind(values)
        while try step() {}
    }

    /// Runs and decodes up to `limit` rows; a statement that writes always runs to its end.
    func rows(_ values: [SQLValue], limit: Int = .max) throws(SQLError) -> [SQLRow] {
        defer { reset() }
        try bind(values)
        var rows: [SQLRow] = []
        while try step() {
            if rows.count < limit { rows.append(decodeRow()) }
            if rows.count == limit, statement.isReadonly { break }
        }
        return rows
    }

    private func step() throws(SQLError) -> Bool {
        switch unsafe sqlite3_step(statement.sqliteStatement) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw SQLError(lastErrorOf: database, sql: sql)
        }
    }

    /// Ready for the next run, and without a copy of somebody's words in memory.
    private func reset() {
        unsafe sqlite3_reset(statement.sqliteStatement)
        if parameterCount > 0 { unsafe sqlite3_clear_bindings(statement.sqliteStatement) }
    }
}

// MARK: - Parameters

extension PreparedStatement {
    private static func places(_ statement: Statement, _ sql: String) throws(SQLError) -> [Int] {
        var places: [Int] = []
        for index in 0..<(unsafe sqlite3_bind_parameter_count(statement.sqliteStatement)) {
            let name = unsafe sqlite3_bind_parameter_name(statement.sqliteStatement, index + 1)
            let text = unsafe name.map { unsafe String(cString: $0) } ?? "?"
            guard text.hasPrefix("$"), let number = Int(text.dropFirst()), number > 0 else {
                throw SQLError(.misuse, "parameter '\(text)' is not of the form $1", sql: sql)
            }
            places.append(number - 1)
        }
        return places
    }

    private func bind(_ values: [SQLValue]) throws(SQLError) {
        guard values.count == parameterCount else {
            let message = "the statement takes \(parameterCount) parameters, not \(values.count)"
            throw SQLError(.misuse, message, sql: sql)
        }
        var index: Int32 = 0
        for place in places {
            index += 1
            guard bind(values[place], at: index) == SQLITE_OK else { throw SQLError(lastErrorOf: database, sql: sql) }
        }
    }

    private func bind(_ value: SQLValue, at index: Int32) -> Int32 {
        let handle = unsafe statement.sqliteStatement
        switch value {
        case .null:
            return unsafe sqlite3_bind_null(handle, index)
        case .integer(let number):
            return unsafe sqlite3_bind_int64(handle, index, number)
        case .real(let number):
            return unsafe sqlite3_bind_double(handle, index, number)
        case .text(var text):
            return text.withUTF8 { bytes in
                // The 64-bit forms refuse what is too long; a cast to Int32 would cut it or trap. An empty buffer may
                // have no address, and with a NULL pointer "the end result is the same as sqlite3_bind_null()".
                guard let start = bytes.baseAddress else { return unsafe sqlite3_bind_text(handle, index, "", 0, nil) }
                return unsafe start.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
                    unsafe sqlite3_bind_text64(handle, index, $0, UInt64(bytes.count), copied, UInt8(SQLITE_UTF8))
                }
            }
        case .blob(let bytes):
            // The same for a blob: an empty one is bound as zero zeros.
            guard !bytes.isEmpty else { return unsafe sqlite3_bind_zeroblob(handle, index, 0) }
            return unsafe bytes.withUnsafeBytes {
                unsafe sqlite3_bind_blob64(handle, index, $0.baseAddress, UInt64($0.count), copied)
            }
        }
    }

    /// SQLITE_TRANSIENT: "the object is to be copied prior to the return from sqlite3_bind_*()"
    /// (https://www.sqlite.org/c3ref/bind_blob.html). A macro that Swift does not import.
    private var copied: sqlite3_destructor_type? {
        unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    }
}

// MARK: - Rows

extension PreparedStatement {
    private func decodeRow() -> SQLRow {
        let columns = currentColumns()
        let values = (0..<Int32(columns.names.count)).map(decodeColumn)
        return SQLRow(columns: columns, values: values)
    }

    /// SQLite compiles a statement anew when the schema has changed, and `SELECT *` then has other columns.
    private func currentColumns() -> SQLColumns {
        let handle = unsafe statement.sqliteStatement
        let preparation = unsafe sqlite3_stmt_status(handle, SQLITE_STMTSTATUS_REPREPARE, 0)
        if let layout, layout.preparation == preparation { return layout.columns }
        let names = (0..<(unsafe sqlite3_column_count(handle))).map { index in
            unsafe sqlite3_column_name(handle, index).map { unsafe String(cString: $0) } ?? ""
        }
        let columns = SQLColumns(names)
        layout = (columns, preparation)
        return columns
    }

    private func decodeColumn(_ index: Int32) -> SQLValue {
        let handle = unsafe statement.sqliteStatement
        switch unsafe sqlite3_column_type(handle, index) {
        case SQLITE_INTEGER:
            return .integer(unsafe sqlite3_column_int64(handle, index))
        case SQLITE_FLOAT:
            return .real(unsafe sqlite3_column_double(handle, index))
        case SQLITE_TEXT:
            // The safest policy is "sqlite3_column_text() followed by sqlite3_column_bytes()"
            // (https://www.sqlite.org/c3ref/column_blob.html); the length counts, text may contain NUL.
            let start = unsafe sqlite3_column_text(handle, index)
            let count = unsafe Int(sqlite3_column_bytes(handle, index))
            return .text(unsafe String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self))
        case SQLITE_BLOB:
            let start = unsafe sqlite3_column_blob(handle, index)
            let count = unsafe Int(sqlite3_column_bytes(handle, index))
            return .blob(unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: count)))
        default:
            return .null
        }
    }
}
