import Foundation

/// Brings a database up to the schema of the files `NNNN_name.sql` in a directory; forward only.
///
/// Each file runs in one transaction together with its row in `schema_migrations`, which keeps the file's text, so that
/// a file that was edited afterwards is noticed exactly. Two migrators at once are safe: each looks again inside its
/// transaction, and only one of them can be in one.
package struct Migrator: Sendable {
    private let files: [MigrationFile]

    /// Reads all files.
    /// - Throws: `MigrationError`.
    package init(directory: String) throws {
        files = try MigrationFile.all(in: directory)
    }

    /// Applies what is missing.
    /// - Returns: the names applied by this call, in order.
    /// - Throws: `MigrationError`; the files before the failed one stay applied.
    package func migrate(_ database: any SQLDatabase) async throws -> [String] {
        var applied: [String] = []
        for file in files {
            let isNew = try await database.write { connection in
                try Self.createTable(connection)
                let pending = try Self.pending(files, connection)
                guard pending.contains(file) else { return false }
                try Self.apply(file, connection)
                return true
            }
            if isNew { applied.append(file.name) }
        }
        if files.isEmpty { _ = try await state(database) }
        return applied
    }

    /// What is applied and what is missing, without changing anything.
    /// - Throws: `MigrationError`, as `migrate` would.
    package func state(_ database: any SQLDatabase) async throws -> MigrationState {
        try await database.read { try state(in: $0) }
    }

    /// The same on a connection.
    package func state(in connection: any SQLConnection) throws -> MigrationState {
        let pending =
            try connection.hasTable("schema_migrations") ? try Self.pending(files, connection) : files
        return MigrationState(
            applied: files.filter { !pending.contains($0) }.map(\.name), pending: pending.map(\.name))
    }

    private static func createTable(_ connection: any SQLConnection) throws {
        guard try !connection.hasTable("schema_migrations") else { return }
        try connection.execute(
            """
            CREATE TABLE schema_migrations (
                number BIGINT PRIMARY KEY NOT NULL,
                name TEXT NOT NULL,
                script TEXT NOT NULL,
                applied_at BIGINT NOT NULL
            )
            """)
    }

    /// The files that are not applied, after checking those that are.
    private static func pending(_ files: [MigrationFile], _ connection: any SQLConnection) throws -> [MigrationFile] {
        let rows = try connection.query("SELECT number, name, script FROM schema_migrations ORDER BY number")
        var unapplied = Dictionary(uniqueKeysWithValues: files.map { ($0.number, $0) })
        var newer: [String] = []
        for row in rows {
            guard let file = unapplied.removeValue(forKey: row.integer("number")) else {
                newer.append(row.text("name"))
                continue
            }
            guard file.name == row.text("name"), file.script == row.text("script") else {
                throw MigrationError.changedMigration(row.text("name"))
            }
        }
        guard newer.isEmpty else { throw MigrationError.newerDatabase(newer) }
        let pending = files.filter { unapplied[$0.number] != nil }
        if let last = rows.last, let first = pending.first, first.number < last.integer("number") {
            throw MigrationError.outOfOrder(first.name, after: last.text("name"))
        }
        return pending
    }

    private static func apply(_ file: MigrationFile, _ connection: any SQLConnection) throws {
        do {
            try connection.executeScript(file.script)
            try connection.execute(
                "INSERT INTO schema_migrations (number, name, script, applied_at) VALUES ($1, $2, $3, $4)",
                [
                    .integer(file.number), .text(file.name), .text(file.script),
                    .integer(Int64(Date().timeIntervalSince1970 * 1000)),
                ])
        } catch {
            throw MigrationError.failed(file.name, error)
        }
    }
}

/// The names of the migrations, by number.
package struct MigrationState: Sendable, Equatable {
    package let applied: [String]
    package let pending: [String]

    package init(applied: [String], pending: [String]) {
        self.applied = applied
        self.pending = pending
    }
}
