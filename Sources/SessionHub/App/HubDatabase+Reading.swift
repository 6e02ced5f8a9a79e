import Database
import Foundation

/// What commands read from a database file that a hub may be serving. They write nothing (`SQLiteReader`).
extension HubDatabase {
    /// One person as the file has them; nil without a file or a table.
    package static func person(_ id: Int64, of path: String) throws -> DirectoryUser? {
        try read(path, table: "users") { connection in
            // The file may be an older hub's, so that only columns of the first migration are read.
            try connection.first(
                "SELECT id, email, first_name, last_name, role, avatar, 0 AS is_local FROM users WHERE id = $1",
                [.integer(id)]
            ).map(UserStore.user)
        } ?? nil
    }

    package static func isThere(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    /// The services that the file knows; none without a file or a table.
    package static func services(of path: String) throws -> [ServiceTokens.Entry] {
        try read(path, table: "service_tokens") { try ServiceTokens.list(in: $0) } ?? []
    }

    /// What a check-up of a file finds.
    package struct State: Sendable {
        package let applied: Int
        package let pending: Int
        package let megabytes: Int64
        /// SQLite's own words; empty when all is well.
        package let damage: [String]
    }

    package static func state(_ path: String, migrations: String) throws -> State {
        let migrator = try Migrator(directory: migrations)
        let path = DatabaseName(path).path
        let (state, damage) = try SQLiteReader.read(path) {
            (try migrator.state(in: $0), try $0.integrityCheck())
        }
        let file = DatabaseFile(path: path)
        return State(
            applied: state.applied.count, pending: state.pending.count,
            megabytes: (file.bytes + file.walBytes + 999_999) / 1_000_000, damage: damage
        )
    }

    private static func read<T>(
        _ name: String, table: String, _ body: (any SQLConnection) throws -> T
    ) throws -> T? {
        let path = DatabaseName(name).path
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        return try SQLiteReader.read(path) { try $0.hasTable(table) ? try body($0) : nil }
    }
}
