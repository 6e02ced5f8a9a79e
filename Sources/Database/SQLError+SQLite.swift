import GRDB
import GRDBSQLite

extension SQLError {
    /// The error that the last call on this connection left behind. Ask before the statement is reset.
    init(lastErrorOf database: Database, sql: String? = nil) {
        guard let connection = unsafe database.sqliteConnection else {
            self = .closed
            return
        }
        let code = unsafe sqlite3_extended_errcode(connection)
        let message = unsafe String(cString: sqlite3_errmsg(connection))
        self.init(sqliteCode: code, message: message, sql: sql)
    }

    init(sqliteCode code: Int32, message: String, sql: String? = nil) {
        self.init(
            Code(sqliteCode: code, message), message, extendedCode: code,
            constraint: Self.constraint(code, message), sql: sql)
    }

    /// Every error that GRDB throws to us, with what SQLite said.
    init(_ error: any Error, sql: String? = nil) {
        switch error {
        case let error as SQLError:
            self = error
        case let error as DatabaseError:
            let code = error.extendedResultCode.rawValue
            self.init(sqliteCode: code, message: error.message ?? "\(error.resultCode)", sql: sql ?? error.sql)
        default:
            self.init(.other, "\(error)", sql: sql)
        }
    }

    package static let closed = SQLError(.misuse, "the database is closed")

    /// SQLite has no interface for the violated columns, only the message: "UNIQUE constraint failed: t.a, t.b".
    private static func constraint(_ code: Int32, _ message: String) -> String? {
        guard code & 0xff == SQLITE_CONSTRAINT, let colon = message.firstRange(of: " constraint failed: ") else {
            return nil
        }
        return String(message[colon.upperBound...])
    }
}

extension SQLError.Code {
    /// From an extended result code (https://www.sqlite.org/rescode.html).
    init(sqliteCode code: Int32, _ message: String) {
        // The extended constraint codes are C macros made with shifts, which Swift does not import.
        switch (code & 0xff, code >> 8) {
        case (SQLITE_CONSTRAINT, 6), (SQLITE_CONSTRAINT, 8), (SQLITE_CONSTRAINT, 10):  // PRIMARYKEY, UNIQUE, ROWID
            self = .uniqueViolation
        case (SQLITE_CONSTRAINT, 3): self = .foreignKeyViolation
        // ON DELETE RESTRICT is a trigger inside SQLite and has the code of one; only the message tells it from RAISE.
        case (SQLITE_CONSTRAINT, 7) where message == "FOREIGN KEY constraint failed": self = .foreignKeyViolation
        case (SQLITE_CONSTRAINT, 1), (SQLITE_CONSTRAINT, 7): self = .checkViolation  // CHECK, RAISE in a trigger
        case (SQLITE_CONSTRAINT, 5): self = .notNullViolation
        case (SQLITE_BUSY, _), (SQLITE_LOCKED, _), (SQLITE_PROTOCOL, _): self = .busy
        case (SQLITE_FULL, _): self = .full
        case (SQLITE_IOERR, 12), (SQLITE_NOMEM, _): self = .outOfMemory  // IOERR_NOMEM
        case (SQLITE_IOERR, _), (SQLITE_CANTOPEN, _): self = .io
        case (SQLITE_READONLY, _): self = .readOnly
        case (SQLITE_CORRUPT, _): self = .corrupt
        case (SQLITE_INTERRUPT, _): self = .interrupted
        case (SQLITE_NOTADB, _): self = .notADatabase
        case (SQLITE_MISUSE, _), (SQLITE_RANGE, _): self = .misuse
        default: self = .other
        }
    }
}
