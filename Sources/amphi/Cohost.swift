import ArgumentParser
import SessionHub
import StrictJSON

/// A substitute for a class: somebody is co-host of it, also while it runs.
struct Cohost: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a person co-host of a class, for a substitute in a hurry; works while the hub runs.",
        discussion:
            "A co-host may start, hold and end this class and no other. The person must be of the class, or teach."
    )

    @OptionGroup var options: ConfigurationOptions

    @Flag(help: "Take it back.")
    var end = false

    @Argument(help: ArgumentHelp("The class's number, as in its address.", valueName: "session"))
    var session: Int64

    @Argument(help: ArgumentHelp("The person's e-mail address.", valueName: "address"))
    var email: String

    func validate() throws {
        guard session > 0 else { throw ValidationError("The class's number must be at least 1.") }
    }

    func run() async throws {
        do {
            try await HubDoor.with(try await options.read()) { door in
                let person = try await door.person(email)
                let path = "/api/live-sessions/\(session)/cohosts/\(person["id"]?.integerValue ?? 0)"
                try await door.send(end ? "DELETE" : "PUT", path)
            }
            try Output.line("\(email) is \(end ? "no longer " : "")co-host of class \(session)")
        } catch {
            throw Failure.exit(error)
        }
    }
}
