import ArgumentParser
import Foundation
import SessionHub

/// Takes people, courses and enrollments from a file: all of it, or nothing.
struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Import people, courses and enrollments from a file of JSON lines, or people from a CSV.",
        discussion: """
            Lines: {"user":{"id":7,"email":"awa@school.example","first_name":"Awa","role":"student"}}, \
            {"course":{"id":1,"title":"Networks","instructor_id":2}}, {"enrollment":{"course_id":1,"user_id":7}}.
            A file whose name ends in .csv has a first line with its columns: id or email, first_name, last_name, role, \
            course_id.
            """
    )

    @OptionGroup var options: ConfigurationOptions

    @Flag(help: "Enroll also when a course is full or its enrollment is closed.")
    var force = false

    @Flag(help: "Say what would happen, and change nothing.")
    var dryRun = false

    @Argument(help: ArgumentHelp("A file of JSON lines, or a CSV.", valueName: "file"))
    var file: String

    private var format: ImportReader.Format { file.lowercased().hasSuffix(".csv") ? .csv : .ndjson }

    func run() async throws {
        let report = try await report()
        guard report.sentences.isEmpty else { throw Failure.exit(report.sentences) }
        Output.line(
            "\(dryRun ? "would import" : "imported") \(report.users) users, \(report.courses) courses, "
                + "\(report.enrollments) enrollments")
    }

    private func report() async throws -> ImportReport {
        do {
            let configuration = try await options.read()
            guard let bytes = try? Data(contentsOf: URL(filePath: file)) else {
                throw ConfigurationError("\(file) cannot be read.")
            }
            let (store, _) = try await OfflineStore.open(configuration)
            let journal = Journal(
                database: store.database, clock: HubClock(), publisher: NobodyListens(),
                logger: .command(configuration.logLevel)
            )
            var options = DirectoryImport.Options()
            (options.isDryRun, options.force, options.language) = (dryRun, force, configuration.language)
            let report = try await DirectoryImport(database: store.database, journal: journal)
                .run(Array(bytes), as: format, options)
            try store.close()
            return report
        } catch let error as HubError {
            throw Failure.exit(ImportReport.sentences(of: error, in: .english))
        } catch is HubDatabase.InUse {
            throw Failure.exit([
                "a hub serves this database: send the file to it instead, with a token of `amphi token --service NAME`:",
                "curl -H \"Authorization: Bearer TOKEN\" -H \"Content-Type: \(format.rawValue)\" "
                    + "--data-binary @\(file) URL/api/directory/import",
            ])
        } catch {
            throw Failure.exit(error)
        }
    }
}
