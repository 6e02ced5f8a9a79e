import ArgumentParser
import SessionHub

/// Brings the database up to date without serving it.
struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Apply the migrations that the database lacks.")

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        do {
            let configuration = try await options.read()
            let (store, applied) = try await OfflineStore.open(configuration)
            try store.close()
            try Output.line(
                applied.isEmpty
                    ? "\(configuration.database) is up to date" : "applied \(applied.joined(separator: ", "))")
        } catch {
            throw Failure.exit(error)
        }
    }
}

/// The database for a command that works on it while no hub does.
enum OfflineStore {
    static func open(_ configuration: HubConfiguration) async throws -> (HubDatabase, applied: [String]) {
        guard let migrations = configuration.migrations else {
            throw ConfigurationError("AMPHI_MIGRATIONS: the folder was not found.")
        }
        return try await HubDatabase.open(
            configuration.database, migrations: migrations, logger: .command(configuration.logLevel)
        )
    }
}
