import ArgumentParser
import Foundation
import SessionHub
import SystemPackage

/// Makes what a hub needs on a new machine: `.env` with fresh secrets, the database, and somebody who may administer
/// it.
struct Init: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make .env with fresh secrets, the database and the first administrator.",
        discussion: "Asks nothing and overwrites nothing. Prints a link with which the administrator comes in, once."
    )

    @Option(help: ArgumentHelp("Where; made when missing.", valueName: "folder"))
    var directory = "."

    @Option(help: ArgumentHelp("The first administrator's e-mail address.", valueName: "address"))
    var adminEmail: String

    @Option(help: ArgumentHelp("Their name.", valueName: "name"))
    var adminName = "Admin"

    @Option(help: ArgumentHelp("Where browsers reach the hub (AMPHI_PUBLIC_URL).", valueName: "URL"))
    var publicUrl: String?

    @Option(help: ArgumentHelp("Address to listen on (AMPHI_HOST).", valueName: "address"))
    var host = "127.0.0.1"

    @Option(help: ArgumentHelp("Port to listen on (AMPHI_PORT).", valueName: "port"))
    var port: UInt16 = 8080

    @Option(help: ArgumentHelp("A Jitsi server of your own (JITSI_SERVER_URL); it gets a secret.", valueName: "URL"))
    var jitsiUrl: String?

    func validate() throws {
        guard Email.isPlausible(Email.clean(adminEmail)) else {
            throw ValidationError("--admin-email must be an e-mail address.")
        }
        for value in [publicUrl, jitsiUrl, host].compactMap(\.self) where value.contains(where: \.isWhitespace) {
            throw ValidationError("\"\(value)\" must not hold white space.")
        }
    }

    func run() async throws {
        do {
            do {
                try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            } catch {
                throw ConfigurationError("\(directory) is no folder, and cannot be made one.")
            }
            guard FileManager.default.changeCurrentDirectoryPath(directory) else {
                throw ConfigurationError("\(directory) cannot be entered.")
            }
            try Self.create(".env", text)
            let news: [String]
            do {
                news = try await addAdministrator()
            } catch {
                // The file goes, so that the next attempt can make it.
                try? FileManager.default.removeItem(atPath: ".env")
                throw error
            }
            try Output.line(news.joined(separator: "\n"), ifLost: Newcomer.remedy(adminEmail))
        } catch {
            throw Failure.exit(error)
        }
    }

    /// - Returns: what the owner must know, in lines.
    private func addAdministrator() async throws -> [String] {
        // The configuration is read as every later command reads it, because the environment still wins over the file.
        let configuration = try await ConfigurationOptions.parse([]).read()
        let link = try await HubDoor.with(configuration) { door in
            try await Newcomer(email: adminEmail, name: adminName, role: .admin).add(through: door).link
        }
        let folder = FileManager.default.currentDirectoryPath
        return [
            "\(folder)/.env has the keys and the secrets; keep it to yourself.",
            "\(configuration.databaseName) is the database.", "", "Start the hub in \(folder):", "  amphi serve", "",
            "Then open this link; it lets \(adminEmail) in, once, within a day:", "  \(link)", "",
            "Choose a password then. Another link: amphi user link \(adminEmail)",
        ]
    }

    private var text: String {
        var lines = [
            "# Made by `amphi init`. Every key: amphi serve --help-keys. The environment wins over this file.",
            "JWT_SECRET=\(SecretStrength.makeSecret())", "AMPHI_DATABASE=data/amphi.db", "AMPHI_HOST=\(host)",
            "AMPHI_PORT=\(port)",
        ]
        if let publicUrl { lines.append("AMPHI_PUBLIC_URL=\(publicUrl)") }
        if let jitsiUrl {
            lines += [
                "JITSI_SERVER_URL=\(jitsiUrl)", "# Prosody's app_secret must be the same.",
                "JITSI_APP_SECRET=\(SecretStrength.makeSecret())",
            ]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Creates a file that only its owner may read, and that must not be there yet.
    private static func create(_ path: String, _ text: String) throws {
        let file: FileDescriptor
        do {
            file = try FileDescriptor.open(
                FilePath(path), .writeOnly, options: [.create, .exclusiveCreate], permissions: .ownerReadWrite
            )
        } catch Errno.fileExists {
            throw ConfigurationError(".env exists already, and is left as it is.")
        } catch {
            throw ConfigurationError(".env cannot be made: \(error).")
        }
        _ = try file.closeAfter { try file.writeAll(Array(text.utf8)) }
    }
}
