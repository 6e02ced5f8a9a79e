import Database

/// The columns of a table that a value fills, each named once, with how it is written and read: what SELECT, INSERT,
/// UPDATE and the staging of an import name is composed from this list, and a new column is a line of it.
struct Columns<Value>: Sendable {
    struct Column: Sendable {
        let name: String
        let write: @Sendable (Value) -> SQLValue
        let read: @Sendable (SQLRow, inout Value) -> Void
    }

    private let columns: [Column]
    /// For SELECT and INSERT: `title, slug`.
    let list: String

    init(_ columns: Column...) { self.init(columns) }

    private init(_ columns: [Column]) {
        self.columns = columns
        list = columns.map(\.name).joined(separator: ", ")
    }

    /// These columns, and after them those of a part of the value.
    func with<Part>(_ path: Column.Path<Part>, _ part: Columns<Part>) -> Self {
        Self(
            columns
                + part.columns.map { column in
                    Column(
                        name: column.name, write: { column.write($0[keyPath: path]) },
                        read: { column.read($0, &$1[keyPath: path]) }
                    )
                }
        )
    }

    /// The same of a table that has another name in the statement: `c.title, c.slug`.
    func list(of table: String) -> String { columns.map { "\(table).\($0.name)" }.joined(separator: ", ") }

    /// For `INSERT ... SELECT`: the same, with expressions in the places of the columns that they are named after.
    func list(replacing expressions: [String: String]) -> String {
        columns.map { expressions[$0.name] ?? $0.name }.joined(separator: ", ")
    }

    /// As many parameters as there are columns: `$3, $4`.
    func parameters(from first: Int) -> String {
        columns.indices.map { "$\(first + $0)" }.joined(separator: ", ")
    }

    /// For UPDATE: `title = $3, slug = $4`.
    func assignments(from first: Int) -> String {
        columns.enumerated().map { "\($1.name) = $\(first + $0)" }.joined(separator: ", ")
    }

    /// For `ON CONFLICT ... DO UPDATE SET`: `title = excluded.title, slug = excluded.slug`.
    var excluded: String { assignments(from: "excluded") }

    /// For `UPDATE ... FROM`, with the columns of another table that has them too: `title = i.title, slug = i.slug`.
    func assignments(from table: String) -> String {
        columns.map { "\($0.name) = \(table).\($0.name)" }.joined(separator: ", ")
    }

    /// In the order of `list`.
    func values(of value: Value) -> [SQLValue] { columns.map { $0.write(value) } }

    /// From a row in which all of them stand.
    func read(_ row: SQLRow, into value: inout Value) {
        for column in columns { column.read(row, &value) }
    }
}

extension Columns.Column {
    typealias Path<Field> = any WritableKeyPath<Value, Field> & Sendable

    static func text(_ name: String, _ path: Path<String>) -> Self {
        Self(name: name, write: { .text($0[keyPath: path]) }, read: { $1[keyPath: path] = $0.text(name) })
    }

    static func text(_ name: String, _ path: Path<String?>) -> Self {
        Self(name: name, write: { .optional($0[keyPath: path]) }, read: { $1[keyPath: path] = $0.optionalText(name) })
    }

    static func integer(_ name: String, _ path: Path<Int64>) -> Self {
        Self(name: name, write: { .integer($0[keyPath: path]) }, read: { $1[keyPath: path] = $0.integer(name) })
    }

    static func integer(_ name: String, _ path: Path<Int64?>) -> Self {
        Self(
            name: name, write: { .optional($0[keyPath: path]) }, read: { $1[keyPath: path] = $0.optionalInteger(name) })
    }

    static func bool(_ name: String, _ path: Path<Bool>) -> Self {
        Self(name: name, write: { .bool($0[keyPath: path]) }, read: { $1[keyPath: path] = $0.bool(name) })
    }

    static func time(_ name: String, _ path: Path<Timestamp>) -> Self {
        Self(name: name, write: { .timestamp($0[keyPath: path]) }, read: { $1[keyPath: path] = $0.timestamp(name) })
    }

    static func time(_ name: String, _ path: Path<Timestamp?>) -> Self {
        Self(
            name: name, write: { .timestamp($0[keyPath: path]) },
            read: { $1[keyPath: path] = $0.optionalTimestamp(name) })
    }

    static func word<Word: RawRepresentable & SendableMetatype>(
        _ name: String, _ path: Path<Word>
    ) -> Self where Word.RawValue == String {
        Self(name: name, write: { .text($0[keyPath: path].rawValue) }, read: { $1[keyPath: path] = $0.word(name) })
    }

    /// Follows from the others, and is not read.
    static func computed(_ name: String, _ write: @escaping @Sendable (Value) -> SQLValue) -> Self {
        Self(name: name, write: write, read: { _, _ in })
    }
}
