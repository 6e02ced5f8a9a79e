import ArgumentParser
import SessionHub

/// Brings the database up to date without serving it.
struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Apply the migrations that the database lacks.")

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        do {
            let configuration = try await options.read()
            let (store, applied) = try await HubDatabase.open(
                configuration, logger: .command(configuration.logLevel)
            )
            try store.close()
            try Output.line(
                applied.isEmpty
                    ? "\(configuration.databaseName) is up to date" : "applied \(applied.joined(separator: ", "))")
        } catch {
            throw Failure.exit(error)
        }
    }
}
