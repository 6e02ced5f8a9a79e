import ArgumentParser
import Foundation
import SessionHub

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
            let lines = try DirectoryImport(ndjson: Array(bytes), language: configuration.language)
            let (store, _) = try await OfflineStore.open(configuration)
            let journal = Journal(
                database: store.database, clock: HubClock(), publisher: NobodyListens(),
                logger: .command(configuration.logLevel)
            )
            let (force, language) = (force, configuration.language)
            let summary = try await journal.write { try lines.apply(force: force, language: language, in: $0) }
            try store.close()
            Output.line(
                "imported \(summary.users) users, \(summary.courses) courses, \(summary.enrollments) enrollments")
        } catch let error as HubError {
            throw Failure.exit(DirectoryImport.sentences(of: error, in: .english))
        } catch is HubDatabase.InUse {
            throw Failure.exit([
                "a hub serves this database: send the file to it instead, with a token of `amphi token --service NAME`:",
                "curl -H \"Authorization: Bearer TOKEN\" -H \"Content-Type: application/x-ndjson\" "
                    + "--data-binary @\(file) URL/api/directory/import",
            ])
        } catch {
            throw Failure.exit(error)
        }
    }
}
