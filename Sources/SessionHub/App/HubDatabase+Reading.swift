import Database
import Foundation
package import Logging

/// What commands read from a database that a hub may be serving. They write nothing (`SQLiteReader`).
extension HubDatabase {
    /// One person as the database has them; nil without a database or a table.
    package static func person(
        _ id: Int64, of configuration: HubConfiguration, logger: Logger
    ) async throws -> DirectoryUser? {
        try await read(configuration, table: "users", logger) { connection in
            // The database may be an older hub's, so that only columns of the first migration are read.
            try connection.first(
                "SELECT id, email, first_name, last_name, role, avatar, 0 AS is_local FROM users WHERE id = $1",
                [.integer(id)]
            ).map(UserStore.user)
        } ?? nil
    }

    /// Whether there is something to read: of a server only an attempt tells.
    package static func isThere(_ configuration: HubConfiguration) -> Bool {
        switch configuration.place {
        case .file(let path): FileManager.default.fileExists(atPath: path)
        case .server: true
        }
    }

    /// The services that the database knows; none without a database or a table.
    package static func services(
        of configuration: HubConfiguration, logger: Logger
    ) async throws -> [ServiceTokens.Entry] {
        try await read(configuration, table: "service_tokens", logger) { try ServiceTokens.list(in: $0) } ?? []
    }

    /// What a check-up of a database finds.
    package struct State: Sendable {
        package let applied: Int
        package let pending: Int
        package let megabytes: Int64
        /// The engine's own words; empty when all is well. A server is asked for none: its own tools check it.
        package let damage: [String]
    }

    package static func state(_ configuration: HubConfiguration, logger: Logger) async throws -> State {
        let migrator = try Migrator(directory: configuration.engineMigrations())
        let isFile = if case .file = configuration.place { true } else { false }
        let (state, damage) = try await look(configuration, logger) { connection in
            (try migrator.state(in: connection), isFile ? try connection.integrityCheck() : [])
        }
        let sizes = try await sizes(configuration, logger)
        return State(
            applied: state.applied.count, pending: state.pending.count,
            megabytes: (sizes.data + sizes.log + 999_999) / 1_000_000, damage: damage
        )
    }

    private static func sizes(_ configuration: HubConfiguration, _ logger: Logger) async throws -> StoreSizes {
        switch configuration.place {
        case .file(let path):
            let file = DatabaseFile(path: path)
            return StoreSizes(data: file.bytes, log: file.walBytes)
        case .server:
            let database = try await beside(configuration, logger: logger)
            defer { try? database.close() }
            return try await database.sizes()
        }
    }

    private static func read<T: Sendable>(
        _ configuration: HubConfiguration, table: String, _ logger: Logger,
        _ body: @escaping @Sendable (any SQLConnection) throws -> T
    ) async throws -> T? {
        guard isThere(configuration) else { return nil }
        return try await look(configuration, logger) { try $0.hasTable(table) ? try body($0) : nil }
    }

    private static func look<T: Sendable>(
        _ configuration: HubConfiguration, _ logger: Logger,
        _ body: @escaping @Sendable (any SQLConnection) throws -> T
    ) async throws -> T {
        switch configuration.place {
        case .file(let path): return try SQLiteReader.read(path, body)
        case .server:
            let database = try await beside(configuration, logger: logger)
            defer { try? database.close() }
            return try await database.read(body)
        }
    }
}
