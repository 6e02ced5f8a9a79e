import Database

/// Reads a table page by page in the order of its primary key, from where the page before ended.
struct TablePages {
    /// Rows of a page, at most. An event may have 128 KiB, so that a page of the largest takes 64 MB of memory.
    static let size = 500

    let table: TableShape
    /// What decides which rows are read, beside the key; nil for all.
    private let condition: String?
    private let columns: [String]

    init(_ table: TableShape) { (self.table, columns, condition) = (table, table.columns.map(\.name), nil) }

    /// Only the key and one column, of the rows in which that column names a row that comes later in the table.
    init(forwardReferences column: String, of table: TableShape) {
        self.table = table
        columns = table.key + [column]
        condition = "\(column) > \(table.key.joined())"
    }

    func each(_ connection: any SQLConnection, _ body: ([SQLRow]) throws -> Void) throws {
        var last: [SQLValue] = []
        while true {
            let rows = try connection.query(sql(isFirst: last.isEmpty), last)
            if let row = rows.last {
                try body(rows)
                last = table.key.map { row[$0] }
            }
            guard rows.count == Self.size else { return }
        }
    }

    private func sql(isFirst: Bool) -> String {
        let key = table.key.joined(separator: ", ")
        let places = (1...table.key.count).map { "$\($0)" }.joined(separator: ", ")
        let conditions = [condition, isFirst ? nil : "(\(key)) > (\(places))"].compactMap(\.self)
        let filter = conditions.isEmpty ? "" : "WHERE \(conditions.joined(separator: " AND ")) "
        return
            "SELECT \(columns.joined(separator: ", ")) FROM \(table.name) \(filter)ORDER BY \(key) LIMIT \(Self.size)"
    }
}
