import Database

/// Reads all tables of one state of a database into a queue.
struct CopyReader {
    let connection: any SQLConnection
    let place: DatabasePlace
    let tables: [TableShape]
    let queue: PageQueue

    func run() throws {
        if case .server = place { try CopyPatience.set(connection) }
        for (index, table) in tables.enumerated() { try read(table, index) }
        queue.finish()
    }

    private func read(_ table: TableShape, _ index: Int) throws {
        var tally = TableTally()
        try TablePages(table).each(connection) { rows in
            tally.add(rows)
            try queue.put(.page(table: index, rows))
        }
        for column in table.ownReferences {
            try TablePages(forwardReferences: column, of: table).each(connection) { rows in
                try queue.put(.references(table: index, column: column, rows))
            }
        }
        let count = try connection.first("SELECT COUNT(*) AS n FROM \(table.name)")?.integer("n")
        guard count == Int64(tally.rows) else {
            throw ConfigurationError("\(place.name): of \(count ?? 0) rows of \(table.name) \(tally.rows) were read.")
        }
        try queue.put(.end(table: index, tally, newest: newest(table)))
    }

    /// The newest number that the table's sequence gave, also to a row that is gone: none is given twice.
    private func newest(_ table: TableShape) throws -> Int64 {
        guard let column = table.numbered else { return 0 }
        let row =
            switch place {
            case .file:
                try connection.first("SELECT seq AS newest FROM sqlite_sequence WHERE name = $1", [.text(table.name)])
            case .server:
                try connection.first(
                    """
                    SELECT pg_sequence_last_value(pg_get_serial_sequence(quote_ident($1), $2)::regclass) AS newest
                    """, [.text(table.name), .text(column)])
            }
        return row?.optionalInteger("newest") ?? 0
    }
}

/// How long a server may wait for one side of a copy while the other one is at work.
enum CopyPatience {
    /// The hub's own connections, and those of many servers, may be idle in a transaction for some seconds only.
    static func set(_ connection: any SQLConnection) throws {
        _ = try connection.first("SELECT set_config('idle_in_transaction_session_timeout', '600000', true) AS value")
    }
}
