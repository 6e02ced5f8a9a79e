import Database
import Logging

#if PostgreSQL
    import DatabasePostgres
#endif

/// A database of a PostgreSQL server, for a build with the package trait `PostgreSQL`. The only file of the hub that
/// knows the driver.
extension HubDatabase {
    #if PostgreSQL
        static func openServer(
            _ url: String, _ configuration: HubConfiguration, _ logger: Logger
        ) async throws -> HubDatabase {
            let database = try PostgresDatabase(
                url: url, readers: readers, application: "amphi/\(configuration.node)",
                allowsUnsafeSettings: configuration.allowsUnsafeServer, logger: logger
            )
            let hub = HubDatabase(database: database, serve: { _ = try await database.claim(node: "hub") }, release: {})
            do {
                guard try await database.hold() else {
                    throw InUse(
                        name: configuration.databaseName,
                        description: "another hub serves \(configuration.databaseName): stop it, or name another "
                            + "database with AMPHI_DATABASE."
                    )
                }
                return hub
            } catch {
                try? hub.close()
                throw error
            }
        }

        /// - Parameter program: what the server shows as the connection's name, after `amphi/`.
        static func connect(
            _ url: String, as program: String, readers: Int, _ logger: Logger
        ) async throws -> any SQLDatabase {
            try PostgresDatabase(url: url, readers: readers, application: "amphi/\(program)", logger: logger)
        }
    #else
        static func openServer(_: String, _: HubConfiguration, _: Logger) async throws -> HubDatabase {
            throw noServer
        }

        static func connect(_: String, as _: String, readers _: Int, _: Logger) async throws -> any SQLDatabase {
            throw noServer
        }

        private static var noServer: ConfigurationError {
            ConfigurationError(
                "AMPHI_DATABASE names a PostgreSQL database, which this amphi was built without: build it with "
                    + "`swift build -c release --product amphi --traits PostgreSQL`."
            )
        }
    #endif
}
