import Database

/// Writes what a queue brings into the empty tables of a database, compares, and gives it an epoch of its own; in one
/// transaction of the caller's.
struct CopyWriter {
    let connection: any SQLConnection
    let place: DatabasePlace
    /// In the order and with the columns of the source's.
    let tables: [TableShape]
    let queue: PageQueue
    let progress: DatabaseCopy.Progress

    private var isServer: Bool { if case .server = place { true } else { false } }

    /// - Returns: how many rows each table has, in the order of the tables.
    func run() throws -> [Int] {
        if isServer { try CopyPatience.set(connection) }
        try DatabaseCopy.requireEmpty(connection, place)
        // What the migrations and a start write there by themselves.
        try connection.execute("DELETE FROM hub")
        var counts = tables.map { _ in 0 }
        var ends: [(table: Int, tally: TableTally, newest: Int64)] = []
        while let item = try queue.next() {
            switch item {
            case .page(let table, let rows):
                try insert(rows, into: tables[table], after: counts[table])
                counts[table] += rows.count
                progress(tables[table].name, counts[table])
            case .references(let table, let column, let rows): try refer(rows, column, tables[table])
            case .end(let table, let tally, let newest): ends.append((table, tally, newest))
            }
        }
        for (table, tally, newest) in ends {
            try compare(tables[table], tally)
            try goOn(tables[table], behind: newest)
        }
        guard ends.map(\.table) == Array(tables.indices) else {
            throw ConfigurationError("The source was not read to its end: nothing was copied.")
        }
        try HubStore.renewEpoch(in: connection)
        // The server has no idea yet how large the tables are, and would plan the hub's first statements badly.
        if isServer { for table in tables { try connection.execute("ANALYZE \(table.name)") } }
        return counts
    }

    /// Reads everything back: neither the engine nor a trigger has made anything else of it.
    private func compare(_ table: TableShape, _ expected: TableTally) throws {
        var tally = TableTally()
        try TablePages(table).each(connection) { tally.add($0) }
        let count = try connection.first("SELECT COUNT(*) AS n FROM \(table.name)")?.integer("n")
        guard tally == expected, count == Int64(expected.rows) else {
            throw ConfigurationError(
                "\(table.name): what was written (\(count ?? 0) rows) is not what was read (\(expected.rows) rows): "
                    + "nothing was copied."
            )
        }
    }

    /// The next number comes behind every one that was ever given, and behind every one that is there.
    private func goOn(_ table: TableShape, behind newest: Int64) throws {
        guard let column = table.numbered else { return }
        let row = try connection.first("SELECT COALESCE(MAX(\(column)), 0) AS newest FROM \(table.name)")
        let newest = max(newest, row?.integer("newest") ?? 0)
        guard newest > 0 else { return }
        switch place {
        case .file:
            try connection.execute("DELETE FROM sqlite_sequence WHERE name = $1", [.text(table.name)])
            try connection.execute(
                "INSERT INTO sqlite_sequence (name, seq) VALUES ($1, $2)", [.text(table.name), .integer(newest)])
        case .server:
            _ = try connection.first(
                "SELECT setval(pg_get_serial_sequence(quote_ident($1), $2), $3) AS newest",
                [.text(table.name), .text(column), .integer(newest)])
        }
    }
}

// MARK: - Rows

extension CopyWriter {
    /// - Parameter count: how many rows were written before, to name a row that has no number.
    private func insert(_ rows: [SQLRow], into table: TableShape, after count: Int) throws {
        var values = rows.map(\.values)
        try holdBack(&values, table)
        let names = table.columns.map(\.name).joined(separator: ", ")
        guard isServer else {
            // In the same process a row costs no round trip.
            let places = (1...table.columns.count).map { "$\($0)" }.joined(separator: ", ")
            let sql = "INSERT INTO \(table.name) (\(names)) VALUES (\(places))"
            for row in values { try connection.execute(sql, row) }
            return
        }
        // One parameter for each column, whatever the number of rows and whichever of their values are NULL: the server
        // prepares one statement for each table.
        let lists = table.columns.enumerated().map { "$\($0.offset + 1)::text::\($0.element.type)[]" }
        let arrays = try table.columns.enumerated().map { index, column in
            var array = ArrayText(type: column.type)
            for (row, value) in values.enumerated() {
                if let problem = array.append(value[index]) {
                    let place = Self.name(values[row], count + row + 1, table)
                    throw ConfigurationError(
                        "\(table.name), \(place), \(column.name): \(problem). Nothing was copied.")
                }
            }
            return SQLValue.text(array.text)
        }
        try connection.execute(
            "INSERT INTO \(table.name) (\(names)) SELECT * FROM unnest(\(lists.joined(separator: ", ")))", arrays)
    }

    /// A row that names a later one of its table is written without its name first (`refer`).
    private func holdBack(_ rows: inout [[SQLValue]], _ table: TableShape) throws {
        let columns = table.ownReferences
        guard !columns.isEmpty else { return }
        guard table.key.count == 1, let key = table.key.first.flatMap(table.index) else {
            throw ConfigurationError("\(table.name) refers to itself by more than one column.")
        }
        for column in columns.compactMap(table.index) {
            for row in rows.indices {
                if case .integer(let other) = rows[row][column], case .integer(let own) = rows[row][key], other > own {
                    rows[row][column] = .null
                }
            }
        }
    }

    private func refer(_ rows: [SQLRow], _ column: String, _ table: TableShape) throws {
        let sql = "UPDATE \(table.name) SET \(column) = $2 WHERE \(table.key.joined()) = $1"
        for row in rows { try connection.execute(sql, row.values) }
    }

    /// A row for people: by its numbers, never by a text, which may be somebody's words or a secret.
    private static func name(_ values: [SQLValue], _ place: Int, _ table: TableShape) -> String {
        let numbers = table.key.compactMap { column in
            if let index = table.index(of: column), case .integer(let number) = values[index] {
                "\(column) \(number)"
            } else {
                nil as String?
            }
        }
        let isNamed = numbers.count == table.key.count
        return isNamed ? numbers.joined(separator: " ") : "row \(place) by \(table.key.joined(separator: ", "))"
    }
}
