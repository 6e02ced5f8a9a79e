import ArgumentParser
import SessionHub

/// Mints a token as the platform would, for tests and for its services; knows the services by name, and revokes them.
struct Token: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print a token for a person, or for a service of the platform; revoke and list services."
    )

    @OptionGroup var options: ConfigurationOptions

    @Option(help: ArgumentHelp("The person's id.", valueName: "id"))
    var user: Int64?

    @Option(
        help: ArgumentHelp("A service's name: a token for the Directory and for managing sessions.", valueName: "name"))
    var service: String?

    @Option(help: ArgumentHelp("Refuse every token of this service from now on.", valueName: "name"))
    var revoke: String?

    @Flag(help: "List the services: name, since when, and since when revoked.")
    var list = false

    @Option(help: "The person's role, for somebody whom the Directory does not know yet.")
    var role: RoleOption?

    @Option(help: ArgumentHelp("The person's e-mail address, likewise.", valueName: "address"))
    var email: String?

    @Option(help: ArgumentHelp("How long it lasts: 90s, 10m, 2h.", valueName: "time"))
    var ttl = "12h"

    func validate() throws {
        guard [user != nil, service != nil, revoke != nil, list].filter(\.self).count == 1 else {
            throw ValidationError("Name one of --user ID, --service NAME, --revoke NAME and --list.")
        }
        guard (1...9_007_199_254_740_991).contains(user ?? 1) else {
            throw ValidationError("--user must be from 1 to 9007199254740991.")
        }
        guard [service, revoke].compactMap(\.self).allSatisfy(ServiceTokens.isPlausible) else {
            throw ValidationError("A service's name has 1 to 64 characters.")
        }
        guard let lifetime = DurationText.milliseconds(ttl), lifetime >= 1000 else {
            throw ValidationError("--ttl must be a time such as 90s, 10m or 2h.")
        }
        guard email.map(Email.clean).map(Email.isPlausible) ?? true else {
            throw ValidationError("--email must be an e-mail address.")
        }
    }

    func run() async throws {
        do {
            let configuration = try await options.read()
            if let service {
                try await mint(service, configuration)
            } else if let revoke {
                let known = try await services(configuration)
                try await change(configuration) {
                    try ServiceTokens.revoke(revoke, now: $0.latest, in: $0.connection)
                }
                try Output.line(Self.revoked(revoke, among: known))
            } else if list {
                guard HubDatabase.isThere(configuration) else {
                    throw Refusal(sentences: ["\(configuration.databaseName): there is no such database."])
                }
                for entry in try await services(configuration) {
                    let revoked = entry.revokedAt.map { ", revoked \($0.text)" } ?? ""
                    try Output.line("\(entry.name): known since \(entry.createdAt.text)\(revoked)")
                }
            } else {
                try await mint(user ?? 0, configuration)
            }
        } catch {
            throw Failure.exit(error)
        }
    }

    /// Says what was revoked. A name that nobody has heard of may be a slip of the pen, and then the service that was
    /// meant goes on.
    private static func revoked(_ name: String, among known: [ServiceTokens.Entry]) -> String {
        guard !known.contains(where: { $0.name == name }) else { return "revoked \(name)" }
        let near = NearNames.of(name, among: known.filter { $0.revokedAt == nil }.map(\.name))
        return "revoked \(name), but this name was not known here until now"
            + (near.isEmpty ? "" : "; known and not revoked: \(near.joined(separator: ", "))")
    }

    private func mint(_ service: String, _ configuration: HubConfiguration) async throws {
        let tokens = try tokens(configuration)
        let issuedAt = try await change(configuration) {
            try ServiceTokens.register(service, now: $0.latest, in: $0.connection)
        }
        try Output.line(
            try tokens.mint(
                userID: 0, email: "", role: .service, service: service, issuedAt: issuedAt.seconds,
                expiresAt: issuedAt.seconds + lifetime
            )
        )
    }

    private func mint(_ user: Int64, _ configuration: HubConfiguration) async throws {
        let (tokens, now) = (try tokens(configuration), HubClock().wallSeconds)
        let person = try await person(user, configuration)
        try Output.line(
            try tokens.mint(
                userID: person.id, email: person.email, role: person.role, firstName: person.firstName,
                lastName: person.lastName, issuedAt: now, expiresAt: now + lifetime
            )
        )
    }

    /// The lifetime of the token in seconds.
    private var lifetime: Int64 { (DurationText.milliseconds(ttl) ?? 0) / 1000 }

    private func tokens(_ configuration: HubConfiguration) throws -> TokenService {
        guard let secret = configuration.jwtSecret else {
            throw ConfigurationError("JWT_SECRET is not set: the token must be signed with the hub's own secret.")
        }
        if let weakness = SecretStrength.weakness(of: secret) { throw ConfigurationError("JWT_SECRET \(weakness)") }
        return try TokenService(secret: secret)
    }

    private func change<Value: Sendable>(
        _ configuration: HubConfiguration, _ work: @escaping @Sendable (JournalTransaction) throws -> Value
    ) async throws -> Value {
        try await HubDatabase.change(
            configuration, clock: HubClock(), logger: .command(configuration.logLevel), work
        )
    }

    private func services(_ configuration: HubConfiguration) async throws -> [ServiceTokens.Entry] {
        try await HubDatabase.services(of: configuration, logger: .command(configuration.logLevel))
    }

    /// The person as the Directory has them, for what the flags leave open. It is read also while a hub serves the
    /// database.
    private func person(_ id: Int64, _ configuration: HubConfiguration) async throws -> DirectoryUser {
        let known = try await HubDatabase.person(
            id, of: configuration, logger: .command(configuration.logLevel)
        )
        var person = known ?? DirectoryUser(id: id, email: "user\(id)@users.invalid")
        if let email { person.email = email }
        if let role, let role = Caller.Role(rawValue: role.rawValue) { person.role = role }
        return person
    }
}
