import Database
import Foundation

/// Where a hub keeps its data: what AMPHI_DATABASE names.
package enum DatabasePlace: Sendable, Equatable {
    /// A SQLite file, without symbolic links.
    case file(String)
    /// A database of a PostgreSQL server, by a URL that may hold a password.
    case server(url: String)

    package init(_ text: String) {
        let isServer = Self.schemes.contains { text.lowercased().hasPrefix($0) }
        self = isServer ? .server(url: text) : .file(DatabaseName(text).path)
    }

    private static let schemes = ["postgres://", "postgresql://"]

    /// The database for people and for logs: of a URL neither the user nor the password nor any parameter.
    package var name: String {
        switch self {
        case .file(let path): return path
        case .server(let url):
            let rest = url.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false).last ?? ""
            let authority = rest.prefix { !"/?#".contains($0) }
            let ats = authority.count { $0 == "@" }
            // A password whose signs are not escaped leaves no saying where it ends: then nothing is shown.
            guard ats <= 1, ats == rest.count(where: { $0 == "@" }) else { return "postgres://..." }
            let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
            // Where the host was forgotten, the password stands for a port.
            let isPlain = host.split(separator: ",").allSatisfy { one in
                let port = one.split(separator: ":", maxSplits: 1).dropFirst().first ?? ""
                return one.hasPrefix("[") || port.allSatisfy { $0.isASCII && $0.isNumber }
            }
            guard isPlain else { return "postgres://..." }
            let path = rest.dropFirst(authority.count).prefix { !"?#".contains($0) }
            return "postgres://\(host)\(path)"
        }
    }

    /// The folder of the engine's own migrations inside that of the hub's.
    func migrations(in folder: String) -> String {
        switch self {
        case .file: folder
        case .server: (folder as NSString).appendingPathComponent("postgres")
        }
    }
}

extension HubConfiguration {
    package var place: DatabasePlace { DatabasePlace(database) }

    /// The database for people and for logs: the file as it was named, or a server without anything secret.
    package var databaseName: String {
        switch place {
        case .file: database
        case .server: place.name
        }
    }

    /// Where programs on this machine reach the hub that serves the database, as a Unix socket for its owner only:
    /// beside the file, or by the node's name in the folder in which the hub was started.
    package var controlSocket: String {
        switch place {
        case .file: "\(database).sock"
        case .server: "\(node).sock"
        }
    }

    /// The folder of the migrations for the database's engine.
    func engineMigrations() throws(ConfigurationError) -> String {
        guard let migrations else { throw ConfigurationError("AMPHI_MIGRATIONS: the folder was not found.") }
        return place.migrations(in: migrations)
    }
}
