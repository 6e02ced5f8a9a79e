import Database

/// Brings the text of old rows into the form that `PlainText` and `Email` give to every new one. It happens once,
/// before the hub serves, with a thousand rows to a transaction.
///
/// A text of which nothing would be left that may be shown stays as it is. Two people whose addresses turn out to be
/// the same keep them as they are. An administrator must say whose the address is, and until then tokens with it are an
/// identity conflict.
enum StoredText {
    /// The fact that is written when all is done. Its number changes when the rules do.
    private static let (fact, version) = ("text_form", "2")
    private static let portion: Int64 = 1000

    /// Columns with their kinds of text, by table.
    private static let columns: [(table: String, columns: [(name: String, kind: PlainText.Kind)])] = [
        ("users", [("first_name", .line), ("last_name", .line)]),
        ("courses", [("title", .line), ("description", .lines)]),
        ("live_sessions", [("title", .line), ("description", .lines)]),
        ("events", [("title", .line), ("description", .lines), ("location", .line), ("event_type", .line)]),
    ]

    static func clean(_ database: any SQLDatabase) async throws {
        let done = try await database.read { try $0.first("SELECT value FROM hub WHERE name = $1", [.text(fact)]) }
        guard done?.text("value") != version else { return }
        for (table, columns) in columns {
            var next: Int64? = 0
            while let after = next {
                next = try await database.write { try clean(table, columns, after: after, in: $0) }
            }
        }
        var next: Int64? = 0
        while let after = next { next = try await database.write { try cleanAddresses(after: after, in: $0) } }
        try await database.write { connection in
            _ = try connection.execute(
                "INSERT INTO hub (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                [.text(fact), .text(version)]
            )
        }
    }

    /// - Returns: the last id of the portion, nil at the end.
    private static func clean(
        _ table: String, _ columns: [(name: String, kind: PlainText.Kind)], after: Int64,
        in connection: any SQLConnection
    ) throws -> Int64? {
        let names = columns.map(\.name).joined(separator: ", ")
        let rows = try connection.query(
            "SELECT id, \(names) FROM \(table) WHERE id > $1 ORDER BY id LIMIT $2",
            [.integer(after), .integer(portion)]
        )
        for row in rows {
            for (name, kind) in columns {
                guard let old = row.optionalText(name), let new = form(of: old, kind) else { continue }
                // The text that is searched is made anew by `SearchText.fill`.
                let search = ["users", "courses"].contains(table) ? ", search_text = NULL" : ""
                try connection.execute(
                    "UPDATE \(table) SET \(name) = $2\(search) WHERE id = $1",
                    [.integer(row.integer("id")), .text(new)]
                )
            }
        }
        return rows.last?.integer("id")
    }

    /// The new form of a text; nil when it has that form, byte by byte, or when nothing would be left of it.
    private static func form(of text: String, _ kind: PlainText.Kind) -> String? {
        let scalars = text.unicodeScalars.filter { !PlainText.isControl($0) }
        guard let clean = try? PlainText.clean(String(String.UnicodeScalarView(scalars)), as: kind),
            !clean.isEmpty, !clean.utf8.elementsEqual(text.utf8)
        else { return nil }
        return clean
    }

    private static func cleanAddresses(after: Int64, in connection: any SQLConnection) throws -> Int64? {
        let rows = try connection.query(
            "SELECT id, email, email_key FROM users WHERE id > $1 ORDER BY id LIMIT $2",
            [.integer(after), .integer(portion)]
        )
        for row in rows {
            let (email, key) = (Email.clean(row.text("email")), Email.key(row.text("email")))
            let isSame =
                email.utf8.elementsEqual(row.text("email").utf8) && key.utf8.elementsEqual(row.text("email_key").utf8)
            guard !isSame, Email.isPlausible(email) else { continue }
            let owner = try UserStore.owner(of: key, in: connection)
            guard owner == nil || owner == row.integer("id") else { continue }
            try connection.execute(
                "UPDATE users SET email = $2, email_key = $3, search_text = NULL WHERE id = $1",
                [.integer(row.integer("id")), .text(email), .text(key)]
            )
        }
        return rows.last?.integer("id")
    }
}
