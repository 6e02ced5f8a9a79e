#if PostgreSQL
import CLibpq
import Database

/// A result of the server, freed at its end.
@safe final class ServerResult {
    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) { unsafe self.pointer = pointer }

    deinit { unsafe PQclear(pointer) }

    /// What was done, for example "INSERT 0 1".
    var tag: String { unsafe text(PQcmdStatus(pointer)) ?? "" }

    /// The rows that an INSERT, an UPDATE or a DELETE changed; 0 for anything else.
    var affected: Int {
        guard ["INSERT", "UPDATE", "DELETE"].contains(where: tag.hasPrefix) else { return 0 }
        return unsafe text(PQcmdTuples(pointer)).flatMap { Int($0) } ?? 0
    }

    /// Whether a prepared statement may now have other columns.
    var changedSchema: Bool { ["CREATE", "ALTER", "DROP"].contains(where: tag.hasPrefix) }

    var rowCount: Int { unsafe Int(PQntuples(pointer)) }

    /// Decodes up to `limit` rows.
    func rows(_ layout: inout ColumnLayout?, limit: Int = .max, sql: String) throws(SQLError) -> [SQLRow] {
        let known: ColumnLayout
        if let layout { known = layout } else { known = unsafe try ColumnLayout(pointer, sql: sql) }
        layout = known
        return (0..<Int32(min(rowCount, limit))).map { row in
            var values: [SQLValue] = []
            values.reserveCapacity(known.types.count)
            for (column, type) in known.types.enumerated() { values.append(value(row, Int32(column), type)) }
            return SQLRow(columns: known.columns, values: values)
        }
    }

    private func value(_ row: Int32, _ column: Int32, _ type: ColumnType) -> SQLValue {
        if unsafe PQgetisnull(pointer, row, column) == 1 { return .null }
        let count = unsafe Int(PQgetlength(pointer, row, column))
        return unsafe type.value(UnsafeRawBufferPointer(start: PQgetvalue(pointer, row, column), count: count))
    }
}

/// The names and types of a statement's columns.
struct ColumnLayout {
    let columns: SQLColumns
    let types: [ColumnType]

    init(_ result: OpaquePointer, sql: String) throws(SQLError) {
        var names: [String] = []
        var types: [ColumnType] = []
        for index in 0..<(unsafe PQnfields(result)) {
            let name = unsafe text(PQfname(result, index)) ?? ""
            let number = unsafe PQftype(result, index)
            guard let type = ColumnType(rawValue: number) else {
                let message = "column '\(name)' has a type that is not read here (OID \(number)): cast it"
                throw SQLError(.misuse, message, sql: sql)
            }
            names.append(name)
            types.append(type)
        }
        columns = SQLColumns(names)
        self.types = types
    }
}

/// What the server says beside its answers.
final class Notices {
    /// Set by a warning that the wait for the standbys was cancelled: the commit is in this server's log, and a standby
    /// may not have it.
    var isWaitCancelled = false

    fileprivate func receive(_ result: OpaquePointer?) {
        // Both the warning of a cancelled wait (01000) and that of a server that stops meanwhile (57P01). The messages
        // are in the server's language.
        if unsafe text(amphi_pg_function(result)) == "SyncRepWaitForLSN" { isWaitCancelled = true }
    }
}

/// Called by libpq on the link's thread, for as long as the link lives.
let receiveNotice: @convention(c) (UnsafeMutableRawPointer?, OpaquePointer?) -> Void = { notices, result in
    guard let notices = unsafe notices else { return }
    unsafe Unmanaged<Notices>.fromOpaque(notices).takeUnretainedValue().receive(result)
}
#endif
