import ArgumentParser
import SessionHub

/// Mints a token as the platform would, for tests and for its services.
struct Token: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print a token for a person, or for a service of the platform."
    )

    @OptionGroup var options: ConfigurationOptions

    @Option(help: ArgumentHelp("The person's id.", valueName: "id"))
    var user: Int64?

    @Option(
        help: ArgumentHelp("A service's name: a token for the Directory and for managing sessions.", valueName: "name"))
    var service: String?

    @Option(help: "The person's role, for somebody whom the Directory does not know yet.")
    var role: RoleOption?

    @Option(help: ArgumentHelp("The person's e-mail address, likewise.", valueName: "address"))
    var email: String?

    @Option(help: ArgumentHelp("How long it lasts: 90s, 10m, 2h.", valueName: "time"))
    var ttl = "12h"

    func validate() throws {
        guard (user == nil) != (service == nil) else {
            throw ValidationError("Name either --user ID or --service NAME.")
        }
        guard (user ?? 1) > 0 else { throw ValidationError("--user must be at least 1.") }
        guard let lifetime = DurationText.milliseconds(ttl), lifetime >= 1000 else {
            throw ValidationError("--ttl must be a time such as 90s, 10m or 2h.")
        }
        guard email.map(Email.isPlausible) ?? true else { throw ValidationError("--email must be an e-mail address.") }
    }

    func run() async throws {
        do {
            let configuration = try await options.read()
            guard let secret = configuration.jwtSecret else {
                throw ConfigurationError("JWT_SECRET is not set: the token must be signed with the hub's own secret.")
            }
            if let weakness = SecretStrength.weakness(of: secret) { throw ConfigurationError("JWT_SECRET \(weakness)") }
            let tokens = try TokenService(secret: secret)
            let now = HubClock().wallSeconds
            let expiresAt = now + (DurationText.milliseconds(ttl) ?? 0) / 1000
            if let service {
                Output.line(
                    try tokens.mint(
                        userID: 0, email: "", role: .service, service: service, issuedAt: now, expiresAt: expiresAt
                    )
                )
                return
            }
            let person = try await person(user ?? 0, configuration)
            Output.line(
                try tokens.mint(
                    userID: person.id, email: person.email, role: person.role, firstName: person.firstName,
                    lastName: person.lastName, issuedAt: now, expiresAt: expiresAt
                )
            )
        } catch {
            throw Failure.exit(error)
        }
    }

    /// As the Directory has them, for what the flags leave open; it may be read while a hub serves it.
    private func person(_ id: Int64, _ configuration: HubConfiguration) async throws -> DirectoryUser {
        let known = try await HubDatabase.person(
            id, of: configuration.database, logger: .command(configuration.logLevel)
        )
        var person = known ?? DirectoryUser(id: id, email: "user\(id)@users.invalid")
        if let email { person.email = email }
        if let role, let role = Caller.Role(rawValue: role.rawValue) { person.role = role }
        return person
    }
}
