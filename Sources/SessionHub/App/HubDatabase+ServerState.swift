import Database
package import Logging

/// What an operator should know of a PostgreSQL server and of the hubs that serve its database, for a check-up.
extension HubDatabase {
    package struct ServerState: Sendable {
        /// For example "15.18".
        package let version: String
        /// `synchronous_standby_names`; empty when no commit waits for a standby.
        package let standbys: String
        /// How many connections others than superusers may have.
        package let mostConnections: Int64
        /// How many one hub opens at most.
        package let connectionsPerHub: Int64
        /// The server's clock minus this machine's, in milliseconds, within a round trip.
        package let clockDifference: Int64
        /// Name, state and seconds since the newest beat of each hub.
        package let nodes: [(name: String, state: String, seconds: Int64)]
    }

    /// Nil for a file.
    package static func serverState(
        _ configuration: HubConfiguration, logger: Logger
    ) async throws -> ServerState? {
        guard case .server = configuration.place else { return nil }
        let database = try await beside(configuration, logger: logger)
        defer { try? database.close() }
        let clock = HubClock()
        return try await database.read { connection in
            let before = clock.now
            let row = try connection.first(
                """
                SELECT current_setting('server_version') AS version,
                    current_setting('synchronous_standby_names') AS standbys,
                    CAST(current_setting('max_connections') AS BIGINT)
                        - CAST(current_setting('superuser_reserved_connections') AS BIGINT) AS most,
                    CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT) AS now
                """)
            let after = clock.now
            guard let row else { throw HubError(.internal) }
            let isReady = try connection.hasTable("hub_nodes")
            if let record = isReady ? try ClockStore.read(in: connection) : nil { _ = clock.resume(record) }
            let nodes = isReady ? try NodeStore.all(in: connection) : []
            return ServerState(
                version: row.text("version"), standbys: row.text("standbys"), mostConnections: row.integer("most"),
                // One writes, and two are for hints.
                connectionsPerHub: Int64(readers) + 3,
                clockDifference: row.integer("now") - (before.milliseconds + after.milliseconds) / 2,
                nodes: nodes.map { ($0.name, $0.state.rawValue, max(0, clock.steady - $0.seenAt) / 1000) }
            )
        }
    }
}
