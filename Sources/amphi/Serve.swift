import ArgumentParser
import Foundation
import Logging
import ServiceLifecycle
import SessionHub
import UnixSignals

/// Runs the hub until SIGTERM or SIGINT.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Run the hub.")

    @OptionGroup var options: ConfigurationOptions

    @Flag(help: "Make secrets, people and a live class for this run, and print a link for each person.")
    var demo = false

    @Option(help: ArgumentHelp("Address to listen on (AMPHI_HOST).", valueName: "address"))
    var host: String?

    @Option(help: ArgumentHelp("Port to listen on, 0 for any (AMPHI_PORT).", valueName: "port"))
    var port: String?

    @Option(help: ArgumentHelp("Number of event loops (AMPHI_LOOPS).", valueName: "number"))
    var loops: String?

    @Flag(help: "List every configuration key and stop.")
    var helpKeys = false

    func run() async throws {
        guard !helpKeys else { return try Output.line(ConfigurationKey.help) }
        // From the very first moment: a service manager takes a start for done at once, and may ask for a reload then.
        let hangups = await UnixSignalsSequence(trapping: .sighup)
        var demoFolder: DemoFolder?
        let application: HubApplication
        let watch: StartWatch
        do {
            var configuration = try await options.read(
                flags: ["AMPHI_HOST": host, "AMPHI_PORT": port, "AMPHI_LOOPS": loops]
            )
            try configuration.takeActivationSocket { ProcessInfo.processInfo.environment[$0] }
            if demo { demoFolder = try Demo.prepare(&configuration, keepsDatabase: options.database != nil) }
            watch = StartWatch(logger: .command(configuration.logLevel))
            application = try await HubApplication(
                configuration: configuration, logger: .command(configuration.logLevel)
            )
        } catch {
            demoFolder?.remove()
            throw Failure.exit(error)
        }
        defer { demoFolder?.remove() }
        for warning in try JitsiConfiguration(application.configuration.jitsi).warnings {
            application.logger.warning("\(warning)")
        }
        let service = ListeningService(application: application, isDemo: demo, watch: watch, hangups: hangups)
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: service)],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: .command(.warning)
            )
        )
        do {
            try await group.run()
        } catch {
            let status = Failure.exit(error)
            if application.isStuck { Output.leave(status.rawValue) }
            throw status
        }
        if application.isStuck { Output.leave(0) }
    }
}

/// The hub as a service that says on which address it answers as soon as it does.
private struct ListeningService: Service {
    let application: HubApplication
    let isDemo: Bool
    let watch: StartWatch
    let hangups: UnixSignalsSequence

    func run() async throws {
        let port = try await withGracefulShutdownHandler {
            try await application.start()
        } onGracefulShutdown: {
            watch.leaveUnlessOver()
        }
        watch.end()
        if isDemo {
            do {
                for line in try await Demo.invitation(application) { try? Output.line(line) }
            } catch {
                await application.stop()
                throw error
            }
        }
        // A hub serves even when nobody takes its output.
        try? Output.line("listening on \(PublicAddress.listeningBase(application.configuration)):\(port)")
        async let _: Void = readCertificateAgain()
        try await application.run()
    }

    /// Reads the certificate again at every SIGHUP, also at one that came while the hub started. It runs without TLS,
    /// too, so that the signal never ends the process.
    private func readCertificateAgain() async {
        for await _ in hangups.cancelOnGracefulShutdown() { await application.reloadCertificate() }
    }
}
