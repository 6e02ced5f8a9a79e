import ArgumentParser
import Foundation
import SessionHub

/// Checks what the hub would serve with, and says what to change.
struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check the configuration, the secrets, the database, the clock, the Jitsi server and its tokens."
    )

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let configuration: HubConfiguration
        do {
            configuration = try await options.read()
        } catch {
            throw Failure.exit(error)
        }
        var report = DoctorReport()
        report.checkKeys(configuration)
        report.checkFolders(configuration)
        await report.checkDatabase(configuration)
        report.checkClock()
        await report.checkJitsi(configuration)
        for line in report.lines { try Output.line(line) }
        if report.problems > 0 { throw ExitCode.failure }
    }
}
