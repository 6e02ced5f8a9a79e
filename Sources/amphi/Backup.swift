import ArgumentParser
import SessionHub

/// Copies the database, also while a hub serves it.
struct Backup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a checked copy of the database, also while the hub serves it.",
        discussion: "The copy is one file, complete when it appears, and has an epoch of its own."
    )

    @OptionGroup var options: ConfigurationOptions

    @Flag(help: "Replace a file of that name.")
    var force = false

    @Argument(help: ArgumentHelp("The copy.", valueName: "file"))
    var file: String

    func validate() throws {
        guard !file.isEmpty else { throw ValidationError("Name the file of the copy.") }
    }

    func run() async throws {
        do {
            let configuration = try await options.read()
            try HubDatabase.backUp(try configuration.file(of: "backup"), to: file, replaces: force)
            try Output.line("\(configuration.database) is copied to \(file)")
        } catch {
            throw Failure.exit(error)
        }
    }
}

/// Puts a backup in the database's place.
struct Restore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Put a backup in the place of the database, while no hub serves it.",
        discussion: "The old file stays beside it as FILE.before-restore-TIME. Clients start afresh: the epoch is new."
    )

    @OptionGroup var options: ConfigurationOptions

    @Argument(help: ArgumentHelp("The backup.", valueName: "file"))
    var file: String

    func validate() throws {
        guard !file.isEmpty else { throw ValidationError("Name the file of the backup.") }
    }

    func run() async throws {
        do {
            let configuration = try await options.read()
            guard let migrations = configuration.migrations else {
                throw ConfigurationError("AMPHI_MIGRATIONS: the folder was not found.")
            }
            let kept = try HubDatabase.restore(
                try configuration.file(of: "restore"), from: file, migrations: migrations, now: HubClock().now,
                logger: .command(configuration.logLevel)
            )
            try Output.line("\(configuration.database) is \(file) now")
            if let kept { try Output.line("the old one is \(kept)") }
        } catch {
            throw Failure.exit(error)
        }
    }
}

extension HubConfiguration {
    /// The file that a command copies or replaces. Throws a `ConfigurationError` for a server, which has tools of its
    /// own.
    fileprivate func file(of command: String) throws -> String {
        guard case .file = place else {
            throw ConfigurationError(
                "\(databaseName) is a PostgreSQL database: `amphi \(command)` is for files. Use pg_dump and pg_restore."
            )
        }
        return database
    }
}
