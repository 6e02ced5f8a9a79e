import Database
import Logging

/// What a hub must have in common with the others of its database.
extension HubApplication {
    /// Refuses a secret that the other hubs of the database do not have: each would refuse the tokens of the other.
    static func requireSameKey(
        _ check: String, _ database: any SQLDatabase, _ configuration: HubConfiguration
    ) async throws {
        guard database is any SharedDatabase else { return }
        let other = try await database.read { connection in
            try NodeStore.all(in: connection).first {
                $0.state == .up && $0.keyCheck != check && $0.name != configuration.node
            }
        }
        guard let other else { return }
        throw ConfigurationError(
            "JWT_SECRET is not the one of the hub \(other.name), which serves \(configuration.databaseName) too."
        )
    }

    /// Compares the machine's clock with the server's, on which the hubs of a database agree: refuses a
    /// difference of more than 10 s, and warns of more than 2 s.
    static func compareClocks(
        _ clock: HubClock, _ database: any SQLDatabase, _ configuration: HubConfiguration, _ logger: Logger
    ) async throws {
        guard database is any SharedDatabase else { return }
        var least = Int64.max
        // The shortest of some round trips says most.
        for _ in 0..<3 {
            let difference = try await database.read { connection -> Int64 in
                let before = clock.now
                let row = try connection.first(
                    "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT) AS now")
                let after = clock.now
                return (row?.timestamp("now") ?? before) - (before + (after - before) / 2)
            }
            if abs(difference) < abs(least) { least = difference }
        }
        guard abs(least) > 2000 else { return }
        let seconds = abs(least) / 1000
        guard abs(least) <= 10_000 || configuration.allowsUnsafeServer else {
            throw ConfigurationError(
                "This machine's clock and that of the database's server differ by \(seconds) s: set them by a time server."
            )
        }
        logger.warning(
            "the clocks of this machine and of the database's server differ",
            metadata: ["clock.difference.s": "\(seconds)"])
    }
}
