import ArgumentParser
import SessionHub

/// The command line: the hub itself, and what its operator does beside it.
@main
struct Amphi: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "amphi",
        abstract: "The realtime hub for live classes held in Jitsi Meet.",
        discussion:
            "Every setting is an environment variable, may stand in .env, and is listed by `amphi serve --help-keys`.",
        version: HubVersion.text,
        subcommands: [
            Init.self, Serve.self, Status.self, UserCommand.self, CourseCommand.self, Enroll.self, Cohost.self,
            Import.self,
            ImportSeed.self,
            Backup.self, Restore.self, Copy.self, Migrate.self, Token.self, Doctor.self, Version.self,
        ]
    )

    static func main() async {
        Output.prepare()
        await main(nil)
    }
}

/// Says which version this is.
struct Version: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print the version.")

    func run() throws { try Output.line("amphi \(HubVersion.text)") }
}
