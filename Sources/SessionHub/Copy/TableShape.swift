import Database

/// What a copy must know of one table, from the catalogue of its database.
struct TableShape: Sendable, Equatable {
    struct Column: Sendable, Equatable {
        let name: String
        /// As the engine calls it.
        let type: String
    }

    /// A column whose value must be there in another table, or in another row of its own.
    struct Reference: Sendable, Equatable {
        let column: String
        let table: String
    }

    let name: String
    var columns: [Column]
    /// The columns of the primary key in its order.
    let key: [String]
    let references: [Reference]
    /// The column whose values the database gives by itself from a sequence that goes on, if there is one.
    let numbered: String?

    /// Columns that name another row of the same table, by its key.
    var ownReferences: [String] { references.filter { $0.table == name }.map(\.column) }

    func index(of column: String) -> Int? { columns.firstIndex { $0.name == column } }

    /// The shapes of all tables of the hub (`JournalScope.tables`), so that none stands before one that it refers to.
    ///
    /// - Throws: a `ConfigurationError` when a table is not there.
    static func all(in connection: any SQLConnection, of place: DatabasePlace) throws -> [TableShape] {
        let shapes = try JournalScope.tables.keys.map { name in
            guard try connection.hasTable(name) else {
                throw ConfigurationError("\(place.name) is no hub's database: it has no table \(name).")
            }
            let shape =
                switch place {
                case .file: try TableShape(ofSQLite: name, connection)
                case .server: try TableShape(ofPostgreSQL: name, connection)
                }
            guard !shape.key.isEmpty else { throw ConfigurationError("\(place.name): \(name) has no primary key.") }
            return shape
        }
        return try inOrder(shapes)
    }

    /// Of those that could come next, a table that others refer to comes first: no row of `deleted_users` is there yet
    /// when people are written, so that the trigger `users_made_anew` leaves them as they are.
    static func inOrder(_ shapes: [TableShape]) throws -> [TableShape] {
        let targets = Set(shapes.flatMap { shape in shape.references.map(\.table).filter { $0 != shape.name } })
        var rest = shapes.sorted {
            let (left, right) = (targets.contains($0.name), targets.contains($1.name))
            return left == right ? $0.name < $1.name : left
        }
        var ordered: [TableShape] = []
        while !rest.isEmpty {
            let waiting = Set(rest.map(\.name))
            let next = rest.firstIndex { shape in
                shape.references.allSatisfy { $0.table == shape.name || !waiting.contains($0.table) }
            }
            guard let next else {
                throw ConfigurationError("Tables refer to each other in a circle: \(rest.map(\.name).sorted()).")
            }
            ordered.append(rest.remove(at: next))
        }
        return ordered
    }

    /// The same table of another database, with its columns in the order of this one's.
    func matching(_ others: [TableShape]) throws -> TableShape {
        guard var other = others.first(where: { $0.name == name }), Set(other.key) == Set(key),
            Set(other.columns.map(\.name)) == Set(columns.map(\.name))
        else { throw ConfigurationError("The two databases have different tables \(name): nothing was copied.") }
        other.columns = columns.compactMap { column in other.columns.first { $0.name == column.name } }
        return other
    }
}

// MARK: - Catalogues

extension TableShape {
    init(ofSQLite table: String, _ connection: any SQLConnection) throws {
        let rows = try connection.query(
            "SELECT name, type, pk FROM pragma_table_info($1) ORDER BY cid", [.text(table)])
        let references = try connection.query(
            #"SELECT "from" AS name, "table" AS target FROM pragma_foreign_key_list($1) ORDER BY id, seq"#,
            [.text(table)])
        let isNumbered = try connection.first(
            "SELECT 1 AS found FROM sqlite_master WHERE type = 'table' AND name = $1 AND sql LIKE '%AUTOINCREMENT%'",
            [.text(table)])
        let key = rows.filter { $0.integer("pk") > 0 }.sorted { $0.integer("pk") < $1.integer("pk") }
        self.init(
            name: table, columns: rows.map { Column(name: $0.text("name"), type: $0.text("type")) },
            key: key.map { $0.text("name") },
            references: references.map { Reference(column: $0.text("name"), table: $0.text("target")) },
            numbered: isNumbered == nil ? nil : key.first?.text("name")
        )
    }

    init(ofPostgreSQL table: String, _ connection: any SQLConnection) throws {
        let rows = try connection.query(
            """
            SELECT a.attname::text AS name, format_type(a.atttypid, NULL) AS type,
                pg_get_serial_sequence(quote_ident($1), a.attname::text) AS sequence
            FROM pg_attribute a
            WHERE a.attrelid = to_regclass(quote_ident($1)) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
            """, [.text(table)])
        let key = try connection.query(
            """
            SELECT a.attname::text AS name FROM pg_index i
            JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)
            WHERE i.indrelid = to_regclass(quote_ident($1)) AND i.indisprimary
            ORDER BY array_position(i.indkey::int2[], a.attnum)
            """, [.text(table)])
        let references = try connection.query(
            """
            SELECT a.attname::text AS name, t.relname::text AS target FROM pg_constraint c
            JOIN pg_class t ON t.oid = c.confrelid
            JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY(c.conkey)
            WHERE c.contype = 'f' AND c.conrelid = to_regclass(quote_ident($1)) ORDER BY c.conname
            """, [.text(table)])
        self.init(
            name: table, columns: rows.map { Column(name: $0.text("name"), type: $0.text("type")) },
            key: key.map { $0.text("name") },
            references: references.map { Reference(column: $0.text("name"), table: $0.text("target")) },
            numbered: rows.first { $0.optionalText("sequence") != nil }?.text("name")
        )
    }
}
