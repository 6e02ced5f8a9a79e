import ArgumentParser
import Foundation
import SessionHub
import StrictJSON

/// Takes people, courses and enrollments from a file: all of it, or nothing.
struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Import people, courses and enrollments from a file of JSON lines.",
        discussion: """
            Lines: {"user":{"id":7,"email":"awa@school.example","first_name":"Awa","role":"student"}}, \
            {"course":{"id":1,"title":"Networks","instructor_id":2}}, {"enrollment":{"course_id":1,"user_id":7}}.
            """
    )

    @OptionGroup var options: ConfigurationOptions

    @Flag(help: "Enroll also when a course is full or its enrollment is closed.")
    var force = false

    @Argument(help: ArgumentHelp("A file of JSON lines (application/x-ndjson).", valueName: "file"))
    var file: String

    func run() async throws {
        do {
            let configuration = try await options.read()
            guard let bytes = try? Data(contentsOf: URL(filePath: file)) else {
                throw ConfigurationError("\(file) cannot be read.")
            }
            let summary = try await HubDoor.with(configuration) { door in
                try await door.send(
                    "POST", "/api/directory/import" + (force ? "?force=true" : ""), type: "application/x-ndjson",
                    body: Array(bytes)
                )
            }
            let counts = ["users", "courses", "enrollments"].map { "\(summary[$0]?.integerValue ?? 0) \($0)" }
            Output.line("imported \(counts.joined(separator: ", "))")
        } catch {
            throw Failure.exit(error)
        }
    }
}
