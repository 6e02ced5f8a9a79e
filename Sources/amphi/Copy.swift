import ArgumentParser
import Foundation
import SessionHub
import Synchronization

/// Moves the whole database to the other engine, or to another place.
struct Copy: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Copy the whole database from a file to PostgreSQL, or back.",
        discussion: """
            FROM and TO are what AMPHI_DATABASE may be: a file, or postgres://USER@HOST/NAME with the password in PGPASSFILE. \
            FROM stays as it is. No hub may be serving either of them, and TO must be new or empty. Every row is read back and \
            compared; all of it is copied, or nothing. Then set AMPHI_DATABASE to TO and start the hub: clients start afresh, \
            because the epoch is new.
            """
    )

    @Argument(help: ArgumentHelp("The database of the hub until now.", valueName: "from"))
    var from: String

    @Argument(help: ArgumentHelp("The database of the hub from now on.", valueName: "to"))
    var to: String

    func validate() throws {
        guard !from.isEmpty, !to.isEmpty else { throw ValidationError("Name the two databases.") }
    }

    func run() async throws {
        do {
            var source = try await ConfigurationOptions.parse([]).read()
            var target = source
            (source.database, target.database) = (from, to)
            let news = News()
            let report = try await DatabaseCopy.run(
                from: source, to: target, logger: .command(source.logLevel), progress: { news.tell($0, $1) }
            )
            let width = report.tables.map(\.name.count).max() ?? 0
            var lines = report.tables.map { name, rows in
                "\(name.padding(toLength: width, withPad: " ", startingAt: 0))  \(rows)"
            }
            lines += [
                "\(source.databaseName) is copied to \(target.databaseName): \(report.rows) rows, each compared.",
                "Set AMPHI_DATABASE to it and start the hub. \(source.databaseName) is as it was: serve it no more.",
            ]
            try Output.line(lines.joined(separator: "\n"), ifLost: "The copy is complete all the same.")
        } catch {
            throw Failure.exit(error)
        }
    }

    /// Says now and then how far it is, for whoever waits for a large table.
    private final class News: Sendable {
        private let last = Mutex(ContinuousClock.now)

        func tell(_ table: String, _ rows: Int) {
            let isDue = last.withLock { last in
                let now = ContinuousClock.now
                guard now - last >= .seconds(2) else { return false }
                last = now
                return true
            }
            if isDue { Output.note("\(table): \(rows) rows so far") }
        }
    }
}
