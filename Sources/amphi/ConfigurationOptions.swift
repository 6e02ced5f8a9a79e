import ArgumentParser
import Configuration
import Foundation
import SessionHub

/// The flags that every command knows, and the reading of the whole configuration: flags, then the environment, then
/// `.env` in the working directory, then the defaults.
struct ConfigurationOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The database file (AMPHI_DATABASE).", valueName: "file"))
    var database: String?

    /// - Parameter flags: further flags of the command, by their key.
    func read(flags: [String: String?] = [:]) async throws -> HubConfiguration {
        var values = flags.compactMapValues(\.self)
        values["AMPHI_DATABASE"] = database
        let reader = ConfigReader(providers: [
            InMemoryProvider(name: "flags", values: Self.inMemory(values)),
            EnvironmentVariablesProvider(secretsSpecifier: Self.secrets),
            EnvironmentVariablesProvider(
                environmentVariables: try EnvironmentFile.read(".env"), secretsSpecifier: Self.secrets),
        ])
        var configuration = try HubConfiguration { name in
            let key = ConfigKey(Self.components(name))
            return reader.string(forKey: key, isSecret: Self.secretNames.contains(name)).map(Self.unquoted)
        }
        configuration.webRoot = ResourceFolder.find(configuration.webRoot ?? "public", containing: "index.html")
        configuration.migrations = ResourceFolder.find(configuration.migrations ?? "migrations", containing: nil)
        return configuration
    }

    private static let secretNames = Set(ConfigurationKey.all.filter(\.isSecret).map(\.name))
    private static var secrets: SecretsSpecifier<String, String> { .specific(secretNames) }

    /// `AMPHI_PORT` is the key amphi.port, which the environment's provider spells AMPHI_PORT again.
    private static func components(_ name: String) -> [String] {
        name.lowercased().split(separator: "_").map(String.init)
    }

    private static func inMemory(_ values: [String: String]) -> [AbsoluteConfigKey: ConfigValue] {
        var keys: [AbsoluteConfigKey: ConfigValue] = [:]
        for (name, value) in values {
            keys[AbsoluteConfigKey(components(name))] = ConfigValue(.string(value), isSecret: false)
        }
        return keys
    }

    /// Removes the quotes of a value, because many write `KEY="value"` in .env, as a shell would read it.
    private static func unquoted(_ value: String) -> String {
        for quote in ["\"", "'"] where value.count >= 2 && value.hasPrefix(quote) && value.hasSuffix(quote) {
            // 'self' and 'none' of a Content-Security-Policy keep theirs.
            return ["'self'", "'none'"].contains(value) ? value : String(value.dropFirst().dropLast())
        }
        return value
    }
}

/// Finds the folders that ship with the program.
enum ResourceFolder {
    private static let shared = "/usr/share/amphi"

    /// Finds a folder. An absolute path stands for itself. A name is looked for in the working directory, beside the
    /// executable, and then under `/usr/share/amphi`.
    ///
    /// - Parameter file: something that the folder must hold, to tell it from another one of its name.
    static func find(_ name: String, containing file: String?) -> String? {
        let executable = Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent().path
        let bases = name.hasPrefix("/") ? [""] : [".", executable, shared].compactMap(\.self)
        let candidates = bases.map { $0.isEmpty ? name : "\($0)/\(name)" }
        return candidates.first { folder in
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
                return false
            }
            return file.map { FileManager.default.fileExists(atPath: "\(folder)/\($0)") } ?? true
        }
    }
}
