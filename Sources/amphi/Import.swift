import ArgumentParser
import SessionHub
import StrictJSON

/// Takes people, courses and enrollments from a file: all of it, or nothing.
struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Import people, courses and enrollments from a file of JSON lines, or people from a CSV.",
        discussion: """
            Lines: {"user":{"id":7,"email":"awa@school.example","first_name":"Awa","role":"student"}}, \
            {"course":{"id":1,"title":"Networks","instructor_id":2}}, {"enrollment":{"course_id":1,"user_id":7}}.
            Whatever does not begin with a brace is a CSV, with commas, semicolons or tabs, and has a first line with its \
            columns: id or email, first_name, last_name, role, course_id; French headings such as Prénom, Nom, Courriel and \
            Rôle are known as well.
            """
    )

    @OptionGroup var options: ConfigurationOptions

    @Flag(help: "Enroll also when a course is full or its enrollment is closed.")
    var force = false

    @Flag(help: "Say what would happen, and change nothing.")
    var dryRun = false

    @Option(help: ArgumentHelp("What a CSV is written in: utf-8, utf-16 or windows-1252.", valueName: "charset"))
    var encoding = "utf-8"

    @Argument(help: ArgumentHelp("A file of JSON lines, or a CSV.", valueName: "file"))
    var file: String

    func validate() throws {
        guard encoding.utf8.allSatisfy({ $0 > 32 && $0 < 127 }), !encoding.contains(";") else {
            throw ValidationError("--encoding must be a name such as windows-1252.")
        }
    }

    func run() async throws {
        let report = try await report()
        let faults = ImportReport.sentences(of: report["errors"]?.arrayValue ?? [])
        guard faults.isEmpty else { throw Failure.exit(faults) }
        let counts = ["users", "courses", "enrollments"].map { "\(report[$0]?.integerValue ?? 0) \($0)" }
        let ignored = report["ignored_columns"]?.arrayValue?.compactMap(\.stringValue) ?? []
        if !ignored.isEmpty { try Output.line("not looked at: the columns \(ignored.joined(separator: ", "))") }
        try Output.line("\(dryRun ? "would import" : "imported") \(counts.joined(separator: ", "))")
    }

    /// The answer of the route, or the end with its refusals.
    private func report() async throws -> JSON {
        do {
            let configuration = try await options.read()
            let bytes = try WholeFile.read(file, most: ImportReader.mostBytes) ?? []
            let type = "\(ImportReader.Format(of: bytes).rawValue); charset=\(encoding)"
            let query = [("dry_run", dryRun), ("force", force)].filter(\.1).map { "\($0.0)=true" }.joined(
                separator: "&")
            return try await HubDoor.with(configuration) { door in
                try await door.send("POST", "/api/directory/import?\(query)", type: type, body: bytes)
            }
        } catch {
            throw Failure.exit(error)
        }
    }
}
