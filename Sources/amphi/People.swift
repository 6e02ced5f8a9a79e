import ArgumentParser
import SessionHub
import StrictJSON

/// A person's role, as the command line takes it.
enum RoleOption: String, ExpressibleByArgument, CaseIterable {
    case student, instructor, admin
}

/// Somebody whom a command makes.
struct Newcomer {
    let email: String
    let name: String
    let role: RoleOption

    /// What to do when the link that was made is lost.
    static func remedy(_ email: String) -> String { "the link can be made again: amphi user link \(email)" }

    /// Creates the person and a link to come in with.
    func add(through door: HubDoor) async throws -> (id: Int64, link: String) {
        let words = name.split(separator: " ", maxSplits: 1).map(String.init)
        let person = try await door.send(
            "POST", "/api/users",
            [
                "email": .string(email), "first_name": .string(words.first ?? ""),
                "last_name": .string(words.dropFirst().first ?? ""), "role": .string(role.rawValue),
            ]
        )
        let id = person["id"]?.integerValue ?? 0
        let link = try await door.send("POST", "/api/users/\(id)/sign-in-link", [:])
        return (id, link["url"]?.stringValue ?? "")
    }
}

/// People of the Directory.
struct UserCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "People of the Directory.", subcommands: [Add.self, Link.self]
    )

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a person, and print a link with which they come in, once."
        )

        @OptionGroup var options: ConfigurationOptions

        @Option(help: "First name, then the rest.")
        var name = ""

        @Option(help: "What they are.")
        var role = RoleOption.student

        @Argument(help: ArgumentHelp("Their e-mail address.", valueName: "address"))
        var email: String

        func validate() throws {
            guard Email.isPlausible(Email.clean(email)) else { throw ValidationError("\(email) is no e-mail address.") }
        }

        func run() async throws {
            do {
                let newcomer = Newcomer(email: email, name: name, role: role)
                let (id, link) = try await HubDoor.with(try await options.read()) {
                    try await newcomer.add(through: $0)
                }
                try Output.line("\(email) is \(id), \(role.rawValue)\n\(link)", ifLost: Newcomer.remedy(email))
            } catch {
                throw Failure.exit(error)
            }
        }
    }
}

extension UserCommand {
    struct Link: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a link with which a person comes in, once.",
            discussion: "Also for somebody whose first link is used, and who has no password yet or has forgotten it."
        )

        @OptionGroup var options: ConfigurationOptions

        @Flag(help: "The link is for a new password: within 15 minutes, without the old one.")
        var reset = false

        @Argument(help: ArgumentHelp("Their e-mail address.", valueName: "address"))
        var email: String

        func run() async throws {
            do {
                let link = try await HubDoor.with(try await options.read()) { door in
                    let id = try await door.person(email)["id"]?.integerValue ?? 0
                    return try await door.send(
                        "POST", "/api/users/\(id)/sign-in-link", ["purpose": reset ? "reset_password" : "sign_in"]
                    )
                }
                try Output.line(
                    link["url"]?.stringValue ?? "",
                    ifLost: "the link can be made again: amphi user link \(reset ? "--reset " : "")\(email)"
                )
            } catch {
                throw Failure.exit(error)
            }
        }
    }
}

/// Courses of the Directory.
struct CourseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "course", abstract: "Courses of the Directory.", subcommands: [Add.self]
    )

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Add a course, and print its id.")

        @OptionGroup var options: ConfigurationOptions

        @Option(help: ArgumentHelp("The e-mail address of who gives it.", valueName: "address"))
        var instructor: String

        @Option(help: ArgumentHelp("Of who helps; may be repeated.", valueName: "address"))
        var coInstructor: [String] = []

        @Option(help: ArgumentHelp("Where its days begin, such as Africa/Dakar.", valueName: "zone"))
        var timeZone: String?

        @Option(help: ArgumentHelp("How many may be enrolled.", valueName: "number"))
        var maxStudents: Int64?

        @Argument(help: "Its title.")
        var title: String

        func run() async throws {
            do {
                let id = try await HubDoor.with(try await options.read()) { door in
                    var course = JSONObject([
                        ("title", .string(title)), ("instructor_id", try await door.person(instructor)["id"] ?? .null),
                    ])
                    var helpers: [JSON] = []
                    for email in coInstructor { helpers.append(try await door.person(email)["id"] ?? .null) }
                    course["co_instructor_ids"] = .array(helpers)
                    if let timeZone { course["time_zone"] = .string(timeZone) }
                    if let maxStudents { course["max_students"] = .integer(maxStudents) }
                    return try await door.send("POST", "/api/courses", .object(course))["id"]?.integerValue ?? 0
                }
                try Output.line("\(id)")
            } catch {
                throw Failure.exit(error)
            }
        }
    }
}

/// Makes people members of a course.
struct Enroll: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Enroll people in a course.", discussion: "When one of them is not known, nobody is enrolled."
    )

    @OptionGroup var options: ConfigurationOptions

    @Flag(help: "Also when the course is full or its enrollment is closed.")
    var force = false

    @Argument(help: ArgumentHelp("The course's id.", valueName: "course"))
    var course: Int64

    @Argument(help: ArgumentHelp("Their e-mail addresses.", valueName: "address"))
    var emails: [String]

    func run() async throws {
        do {
            try await HubDoor.with(try await options.read()) { door in
                var people: [JSON] = []
                for email in emails { people.append(try await door.person(email)) }
                for person in people {
                    try await door.send(
                        "PUT",
                        "/api/courses/\(course)/enrollments/\(person["id"]?.integerValue ?? 0)"
                            + (force ? "?force=true" : ""), ["is_active": true]
                    )
                    try Output.line("\(person["email"]?.stringValue ?? "") is enrolled")
                }
            }
        } catch {
            throw Failure.exit(error)
        }
    }
}
