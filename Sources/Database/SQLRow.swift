/// One row of a result, decoded and independent of the connection it came from.
///
/// Asking for a column that the statement does not select, or for a type that the value does not have, is a bug in
/// the statement or the schema: it stops the process with the column's name. Text never becomes a number silently.
package struct SQLRow: Sendable {
    let columns: SQLColumns
    /// In the order of the columns.
    package let values: [SQLValue]

    /// - Precondition: as many values as columns, in their order.
    package init(columns: SQLColumns, values: [SQLValue]) {
        self.columns = columns
        self.values = values
    }

    /// - Precondition: the statement has a column of that name.
    package subscript(_ column: String) -> SQLValue {
        guard let index = columns.index[column] else {
            fatalError("no column '\(column)' in the result, only: \(columns.names.joined(separator: ", "))")
        }
        return values[index]
    }

    package func integer(_ column: String) -> Int64 {
        optionalInteger(column) ?? refuse(column, "an integer")
    }

    package func optionalInteger(_ column: String) -> Int64? {
        switch self[column] {
        case .integer(let value): value
        case .null: nil
        default: refuse(column, "an integer")
        }
    }

    package func text(_ column: String) -> String {
        optionalText(column) ?? refuse(column, "text")
    }

    package func optionalText(_ column: String) -> String? {
        switch self[column] {
        case .text(let value): value
        case .null: nil
        default: refuse(column, "text")
        }
    }

    /// An integer is taken as well: SQLite gives one for a sum of integers.
    package func real(_ column: String) -> Double {
        optionalReal(column) ?? refuse(column, "a real")
    }

    package func optionalReal(_ column: String) -> Double? {
        switch self[column] {
        case .real(let value): value
        case .integer(let value): Double(value)
        case .null: nil
        default: refuse(column, "a real")
        }
    }

    package func bool(_ column: String) -> Bool {
        integer(column) != 0
    }

    package func optionalBool(_ column: String) -> Bool? {
        optionalInteger(column).map { $0 != 0 }
    }

    package func blob(_ column: String) -> [UInt8] {
        optionalBlob(column) ?? refuse(column, "a blob")
    }

    package func optionalBlob(_ column: String) -> [UInt8]? {
        switch self[column] {
        case .blob(let value): value
        case .null: nil
        default: refuse(column, "a blob")
        }
    }

    /// Names, never values: they may be somebody's words.
    private func refuse<T>(_ column: String, _ expected: String) -> T {
        fatalError("column '\(column)' is \(self[column].typeName), not \(expected)")
    }
}

extension SQLRow: Equatable {
    /// The same columns in the same order with the same values.
    package static func == (left: SQLRow, right: SQLRow) -> Bool {
        left.columns.names == right.columns.names && left.values == right.values
    }
}

/// The column names of a result, shared by all its rows.
package final class SQLColumns: Sendable {
    let names: [String]
    /// By name; of two columns with one name the left one.
    let index: [String: Int]

    package init(_ names: [String]) {
        self.names = names
        index = Dictionary(zip(names, names.indices), uniquingKeysWith: { first, _ in first })
    }
}
