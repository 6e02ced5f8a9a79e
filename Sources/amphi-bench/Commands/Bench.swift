import ArgumentParser

/// The load generator and history checker: drives any running hub over its public doors, and believes nothing.
@main
struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "amphi-bench",
        abstract: "Load generator and history checker for a running hub.",
        subcommands: [
            RunCommand.self, IdleCommand.self, SlowCommand.self, JoinsCommand.self, VotesCommand.self,
            HandsCommand.self, RemovalCommand.self, RestartCommand.self, CrashCommand.self, ClusterCommand.self,
            PeerCommand.self,
        ],
        defaultSubcommand: RunCommand.self)

    /// Status 1 is reserved for a hub that broke its promise, so everything else that goes wrong ends with 2.
    private static let cannotBegin = ExitCode(2)

    static func main() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let error as SetupError {
            fail(error.description)
        } catch let error as SystemError {
            fail(error.description)
        } catch let code as ExitCode {
            exit(withError: code)
        } catch {
            if exitCode(for: error).isSuccess { exit(withError: error) }
            fail(fullMessage(for: error))
        }
    }

    private static func fail(_ message: String) -> Never {
        Console.note(message)
        exit(withError: cannotBegin)
    }
}
