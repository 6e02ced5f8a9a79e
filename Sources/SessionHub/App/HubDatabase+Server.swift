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
            _ url: String, _ configuration: HubConfiguration, joins: Bool, _ logger: Logger
        ) async throws -> HubDatabase {
            let (name, node) = (configuration.databaseName, configuration.node)
            let database = try PostgresDatabase(
                url: url, readers: readers, application: "amphi/\(node)",
                allowsUnsafeSettings: configuration.allowsUnsafeServer, logger: logger
            )
            let taken = InUse(
                name: name,
                description: joins
                    ? "a hub with the name \(node) serves \(name): stop it, or give this one a name with AMPHI_NODE."
                    : "a hub serves \(name): stop it, or name another database with AMPHI_DATABASE."
            )
            do {
                guard let share = try await database.hold(joins ? [.alone, .node(node)] : [.alone]) else { throw taken }
                return HubDatabase(
                    database: database, isAlone: share == .alone,
                    serve: {
                        guard try await database.share(as: node) else { throw taken }
                        _ = try await database.claim(node: node)
                    },
                    release: {}
                )
            } catch {
                try? database.close()
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
        static func openServer(
            _: String, _: HubConfiguration, joins _: Bool, _: Logger
        ) async throws -> HubDatabase {
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
