#if PostgreSQL
import CLibpq
import Database

extension SQLError {
    /// What the server refused. Its DETAIL, which quotes values, is left out.
    init(_ result: OpaquePointer?, sql: String?) {
        let state = unsafe text(amphi_pg_state(result)) ?? ""
        let severity = unsafe text(amphi_pg_severity(result)) ?? ""
        let message = unsafe text(amphi_pg_message(result)) ?? "no reason given"
        let table = unsafe text(amphi_pg_table(result))
        let column = unsafe text(amphi_pg_column(result))
        let code = severity == "FATAL" || severity == "PANIC" ? .unavailable : Code(state: state)
        self.init(
            code, Self.withoutValues(message, state), state: state,
            constraint: code == .notNullViolation
                ? "\(table ?? "").\(column ?? "")" : unsafe text(amphi_pg_constraint(result)), sql: sql)
    }

    /// The messages of class 22 (data exceptions) quote the value that they refuse, each language with other signs.
    private static func withoutValues(_ message: String, _ state: String) -> String {
        state.hasPrefix("22") ? "a value cannot be taken" : message
    }

    /// The connection is gone, and the transaction with it.
    static func lost(_ reason: String, sql: String? = nil) -> SQLError {
        SQLError(.unavailable, "the connection to PostgreSQL broke: \(reason)", sql: sql)
    }
}

/// One of libpq's strings, which live as long as what they were asked of.
func text(_ pointer: UnsafePointer<CChar>?) -> String? {
    unsafe pointer.map { unsafe String(cString: $0) }
}

extension SQLError.Code {
    /// From an SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html).
    init(state: String) {
        switch state {
        case "23505": self = .uniqueViolation
        case "23503", "23001": self = .foreignKeyViolation
        case "23514", "P0001": self = .checkViolation  // CHECK, RAISE in a trigger
        case "23502": self = .notNullViolation
        // Serialization, deadlock, lock_timeout: what was tried may be tried again.
        case "40001", "40P01", "55P03": self = .busy
        case "25006": self = .readOnly
        case "53100": self = .full
        case "53200": self = .outOfMemory
        case "57014": self = .interrupted
        // No connection to be had, or idle for too long in a transaction, or the server is told to stop.
        case "53300", "25P03", "57P01", "57P02", "57P03", "57P05": self = .unavailable
        case "58030": self = .io
        case "XX001", "XX002": self = .corrupt
        default: self = state.hasPrefix("08") ? .unavailable : .other
        }
    }
}
#endif
