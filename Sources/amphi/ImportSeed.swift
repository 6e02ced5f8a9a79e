import ArgumentParser
import Foundation
import SessionHub

/// Takes the tables of the seed's platform from dumps of them.
struct ImportSeed: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Import live sessions, participants, chat and events from dumps of the seed's MySQL tables.",
        discussion: """
            Each file is one table and has its name in its own (live_sessions.csv, live_session_participants.tsv, \
            live_session_chat.jsonl, events.json), or is written TABLE=FILE: JSON lines, a JSON array, a CSV with its header, \
            or the output of mysql --batch. People and courses come first, by `amphi import`. All files are named in one run; \
            all of it is taken, or nothing, and a second run changes nothing. No hub may be serving the database.
            """
    )

    @OptionGroup var options: ConfigurationOptions

    @Option(
        help: ArgumentHelp(
            "By whose clocks the times of the dump are meant, as in Africa/Porto-Novo.", valueName: "name"))
    var zone: String

    @Flag(help: "Leave out what names people or courses that the hub does not have.")
    var skipUnknown = false

    @Flag(help: "Say what would happen, and change nothing.")
    var dryRun = false

    @Argument(help: ArgumentHelp("Dumps of tables.", valueName: "file"))
    var files: [String]

    func run() async throws {
        do {
            guard let zone = TimeZones(named: zone)?.standard else {
                throw ConfigurationError(
                    "--zone: \(self.zone) is no time zone; write one such as Africa/Porto-Novo, or UTC.")
            }
            let dumps = try files.map(read)
            var seed = SeedImport.Options(zone: zone)
            (seed.isDryRun, seed.skipsUnknown) = (dryRun, skipUnknown)
            let configuration = try await options.read()
            let report = try await SeedImport.run(
                dumps, seed, configuration: configuration, now: HubClock().now, logger: .command(configuration.logLevel)
            )
            guard report.faultCount == 0 else { throw Failure.exit(Self.sentences(report)) }
            for (_, dump) in dumps where dump.rows.isEmpty { try Output.line("\(dump.file): the table is empty") }
            for line in lines(report) { try Output.line(line) }
        } catch let inUse as HubDatabase.InUse {
            throw Failure.exit(["a hub serves \(inUse.name): stop it for this import, which is done once."])
        } catch {
            throw Failure.exit(error)
        }
    }

    /// Reads a dump, which is named as `TABLE=FILE` or by a file whose name tells its table.
    private func read(_ argument: String) throws -> (table: SeedTable, dump: SeedDump) {
        let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
        let named = parts.count == 2 ? SeedTable(rawValue: parts[0]) : nil
        let file = named == nil ? argument : parts[1]
        guard let table = named ?? SeedTable(named: file) else {
            let names = SeedTable.allCases.map(\.rawValue).joined(separator: ", ")
            throw ConfigurationError("\(file): its name says no table. Write TABLE=\(file); the tables are \(names).")
        }
        return (table, SeedDump(try WholeFile.read(file), file: file, table: table))
    }

    private func lines(_ report: SeedImport.Report) -> [String] {
        func counts(_ rows: [SeedTable: Int]) -> String {
            let words: [(SeedTable, String)] = [
                (.sessions, "live sessions"), (.participants, "participants"), (.chat, "messages"), (.events, "events"),
            ]
            return words.map { "\(rows[$0.0] ?? 0) \($0.1)" }.joined(separator: ", ")
        }
        var lines = ["\(dryRun ? "would import" : "imported") \(counts(report.taken))"]
        if !report.unchanged.isEmpty { lines.append("known already: \(counts(report.unchanged))") }
        if report.skipped > 0 { lines.append("left out: \(report.skipped) rows that name what the hub does not have") }
        if report.blank > 0 { lines.append("left out: \(report.blank) messages in which nothing can be seen") }
        if report.noteCount > 0 {
            lines += ["not taken as it stands in the dump: \(report.noteCount)"] + report.notes
            let more = report.noteCount - report.notes.count
            if more > 0 { lines.append("and \(more) more.") }
        }
        return lines
    }

    private static func sentences(_ report: SeedImport.Report) -> [String] {
        let more = report.faultCount - report.faults.count
        return report.faults + (more > 0 ? ["and \(more) more."] : [])
            + ["nothing was imported: \(report.faultCount) \(report.faultCount == 1 ? "row" : "rows") cannot be used."]
    }
}
