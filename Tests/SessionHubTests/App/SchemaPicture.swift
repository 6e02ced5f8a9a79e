import Database

/// What the tables of a database are, in lines that are the same on every engine: columns with their kind, keys, checks
/// (how many), indexes and triggers.
struct SchemaPicture {
    private(set) var lines: Set<String> = []

    private mutating func add(_ table: String, _ line: String) { lines.insert("\(table): \(line)") }

    private mutating func addColumn(
        _ table: String, _ name: String, _ type: String, isRequired: Bool, _ standard: String?
    ) {
        let (nullability, standard) = (isRequired ? "NOT NULL" : "NULL", standard.map { " DEFAULT \($0)" } ?? "")
        add(table, "\(name) \(Self.kinds[type] ?? type) \(nullability)\(standard)")
    }

    private mutating func addIndex(
        _ table: String, _ name: String, isUnique: Bool, columns: String, _ condition: String?
    ) {
        let (kind, end) = (isUnique ? "unique index" : "index", condition.map { " WHERE \($0)" } ?? "")
        add(table, "\(kind) \(name) (\(columns))\(end)")
    }

    /// The four kinds of values, by the names that the engines have for them.
    private static let kinds = [
        "BIGINT": "integer", "INTEGER": "integer", "bigint": "integer", "TEXT": "text", "REAL": "real",
        "double precision": "real", "BLOB": "blob", "bytea": "blob",
    ]
}

// MARK: - SQLite

extension SchemaPicture {
    init(ofSQLite connection: any SQLConnection) throws {
        let tables = try connection.query(
            "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        )
        for row in tables {
            let (table, sql) = (row.text("name"), row.text("sql"))
            try addColumns(table, connection)
            try addIndexes(table, connection)
            add(table, "\(sql.split(separator: "CHECK (").count - 1) checks")
            for key in try connection.query("SELECT * FROM pragma_foreign_key_list($1)", [.text(table)]) {
                let (update, delete) = (key.text("on_update"), key.text("on_delete"))
                let target = "\(key.text("table")) (\(key.text("to")))"
                add(table, "foreign key \(key.text("from")) of \(target), update \(update), delete \(delete)")
            }
        }
        // Numbers of participations come from a default on PostgreSQL, where several writers may take them at once.
        let triggers = try connection.query(
            """
            SELECT name, tbl_name FROM sqlite_master
            WHERE type = 'trigger' AND name <> 'live_session_participants_numbered'
            """
        )
        for row in triggers { add(row.text("tbl_name"), "trigger \(row.text("name"))") }
    }

    private mutating func addColumns(_ table: String, _ connection: any SQLConnection) throws {
        let columns = try connection.query("SELECT * FROM pragma_table_info($1)", [.text(table)])
        for row in columns {
            // SQLite would take NULL in a key of text; nobody writes one.
            let isRequired = row.bool("notnull") || row.integer("pk") > 0
            addColumn(
                table, row.text("name"), row.text("type"), isRequired: isRequired, row.optionalText("dflt_value"))
        }
        let key = columns.filter { $0.integer("pk") > 0 }.sorted { $0.integer("pk") < $1.integer("pk") }
        add(table, "primary key (\(key.map { $0.text("name") }.joined(separator: ", ")))")
    }

    private mutating func addIndexes(_ table: String, _ connection: any SQLConnection) throws {
        let indexes = try connection.query(
            """
            SELECT l.name, l."unique" AS is_unique, l.origin, m.sql
            FROM pragma_index_list($1) l JOIN sqlite_master m ON m.name = l.name WHERE l.origin <> 'pk'
            """, [.text(table)]
        )
        for row in indexes {
            let columns = try connection.query(
                "SELECT name FROM pragma_index_info($1) ORDER BY seqno", [.text(row.text("name"))]
            ).map { $0.text("name") }.joined(separator: ", ")
            guard row.text("origin") == "c" else {
                add(table, "unique (\(columns))")
                continue
            }
            let condition = row.text("sql").split(separator: " WHERE ").dropFirst().first.map(String.init)
            addIndex(table, row.text("name"), isUnique: row.bool("is_unique"), columns: columns, condition)
        }
    }
}

// MARK: - PostgreSQL

extension SchemaPicture {
    init(ofPostgreSQL connection: any SQLConnection) throws {
        for row in try connection.query(Self.columns) {
            addColumn(
                row.text("name"), row.text("column"), row.text("type"), isRequired: row.bool("is_required"),
                row.optionalText("standard"))
        }
        for row in try connection.query(Self.constraints) {
            let columns = row.text("columns")
            switch row.text("kind") {
            case "p": add(row.text("name"), "primary key (\(columns))")
            case "u": add(row.text("name"), "unique (\(columns))")
            default:
                let actions = ["a": "NO ACTION", "c": "CASCADE", "n": "SET NULL", "r": "RESTRICT", "d": "SET DEFAULT"]
                let (update, delete) = (row.text("on_update"), row.text("on_delete"))
                let target = "\(row.text("target")) (\(row.text("target_columns")))"
                add(
                    row.text("name"),
                    "foreign key \(columns) of \(target), update \(actions[update] ?? update), delete \(actions[delete] ?? delete)"
                )
            }
        }
        for row in try connection.query(Self.checks) { add(row.text("name"), "\(row.integer("count")) checks") }
        for row in try connection.query(Self.indexes) {
            addIndex(
                row.text("name"), row.text("index"), isUnique: row.bool("is_unique"), columns: row.text("columns"),
                row.optionalText("condition"))
        }
        for row in try connection.query(Self.triggers) { add(row.text("name"), "trigger \(row.text("trigger"))") }
    }

    private static let tables = "t.relkind = 'r' AND t.relnamespace = CAST(current_schema() AS regnamespace)"

    private static let columns = """
        SELECT t.relname AS name, a.attname AS column, format_type(a.atttypid, a.atttypmod) AS type,
            a.attnotnull AS is_required, CASE WHEN pg_get_expr(d.adbin, d.adrelid) NOT LIKE 'nextval(%'
                THEN regexp_replace(pg_get_expr(d.adbin, d.adrelid), '::(text|bigint)', '') END AS standard
        FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_attrdef d ON d.adrelid = t.oid AND d.adnum = a.attnum
        WHERE \(tables)
        """

    /// The names of columns in the order in which `numbers` has them.
    private static func names(_ numbers: String, of table: String) -> String {
        """
        (SELECT string_agg(a.attname, ', ' ORDER BY k.place)
            FROM unnest(\(numbers)) WITH ORDINALITY k (number, place)
            JOIN pg_attribute a ON a.attrelid = \(table) AND a.attnum = k.number)
        """
    }

    private static let constraints = """
        SELECT t.relname AS name, CAST(c.contype AS text) AS kind, CAST(c.confupdtype AS text) AS on_update,
            CAST(c.confdeltype AS text) AS on_delete, CAST(CAST(c.confrelid AS regclass) AS text) AS target,
            \(names("c.conkey", of: "t.oid")) AS columns, \(names("c.confkey", of: "c.confrelid")) AS target_columns
        FROM pg_class t JOIN pg_constraint c ON c.conrelid = t.oid AND c.contype IN ('p', 'u', 'f') WHERE \(tables)
        """

    private static let checks = """
        SELECT t.relname AS name, (
            SELECT COUNT(*) FROM pg_constraint c WHERE c.conrelid = t.oid AND c.contype = 'c') AS count
        FROM pg_class t WHERE \(tables)
        """

    private static let indexes = """
        SELECT t.relname AS name, x.relname AS index, i.indisunique AS is_unique,
            \(names("CAST(i.indkey AS smallint[])", of: "t.oid")) AS columns,
            regexp_replace(regexp_replace(pg_get_expr(i.indpred, t.oid), '::text', '', 'g'), '^\\((.*)\\)$', '\\1')
                AS condition
        FROM pg_class t JOIN pg_index i ON i.indrelid = t.oid JOIN pg_class x ON x.oid = i.indexrelid
        WHERE \(tables) AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid)
        """

    /// Those that move a sequence on are none of SQLite's: its AUTOINCREMENT does that itself.
    private static let triggers = """
        SELECT t.relname AS name, g.tgname AS trigger FROM pg_class t JOIN pg_trigger g ON g.tgrelid = t.oid
        WHERE \(tables) AND NOT g.tgisinternal AND g.tgname NOT LIKE '%\\_claimed'
        """
}
