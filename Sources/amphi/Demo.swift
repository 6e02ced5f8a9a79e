import Foundation
import SessionHub

/// `serve --demo`: a hub that anybody can try, with nothing prepared and nothing left behind.
enum Demo {
    /// Secrets for this run, and a database of its own unless one was named.
    static func prepare(_ configuration: inout HubConfiguration, keepsDatabase: Bool) throws -> DemoFolder? {
        configuration.isDemo = true
        // A secret that was given stays, so that `amphi token` fits the demo too.
        if configuration.jwtSecret == nil { configuration.jwtSecret = SecretStrength.makeSecret() }
        guard !keepsDatabase else { return nil }
        let folder = try DemoFolder()
        configuration.database = folder.file("amphi.db")
        return folder
    }

    /// Fills the database and says who may come in, and by which link.
    static func invitation(_ application: HubApplication) async throws -> [String] {
        let demo = try await DemoClass.make(application)
        let width = demo.guests.map(\.name.count).max() ?? 0
        var lines = [
            "", "A class is live: \"\(demo.title)\". Open a link in a browser; each works once, each is one person.",
            "",
        ]
        for guest in demo.guests {
            let link = application.address.signInLink(code: guest.code, next: "/class/\(demo.session)")
            let name = guest.name.padding(toLength: width, withPad: " ", startingAt: 0)
            lines.append("  \(name)  \(guest.role.padding(toLength: 10, withPad: " ", startingAt: 0))  \(link)")
        }
        lines.append("")
        let jitsi = try JitsiConfiguration(application.configuration.jitsi)
        if jitsi.profile == .linkOnly, jitsi.embedHost == JitsiConfiguration.publicServer {
            lines += [
                "The video opens on meet.jit.si, which wants a Google, GitHub or Facebook login from whoever opens the room.",
                "With a Jitsi of your own: JITSI_SERVER_URL=https://meet.example.org JITSI_APP_ID=... JITSI_APP_SECRET=...",
                "",
            ]
        }
        return lines
    }
}

/// A folder for one run's database, which goes with it.
struct DemoFolder {
    private let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "amphi-demo-\(UUID().uuidString)")
        // The database holds the codes' hashes and people's words: nobody else on the machine needs them.
        try FileManager.default.createDirectory(
            at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700]
        )
    }

    func file(_ name: String) -> String { url.appending(path: name).path }

    func remove() { try? FileManager.default.removeItem(at: url) }
}
