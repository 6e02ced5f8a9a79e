import Foundation
import TestSupport
import Testing

/// The units and the files of keys in the guides.
@Suite("The executable: units", .timeLimit(.minutes(2)))
struct NodeUnitTests {
    private static let analyze = "/usr/bin/systemd-analyze"

    private static func unit() throws -> String {
        try ClusterGuide.block("[Unit]\nDescription=Amphi, node", [("/usr/local/bin/amphi", HubProcess.executable())])
    }

    /// What systemd has to say about a unit.
    private static func complaints(_ unit: String, _ name: String) async throws -> String {
        let folder = try TestFolder()
        let file = try folder.write(unit + "\n", to: name)
        let result = try await HubProcess.run(
            path: analyze, ["verify", file], environment: ["PATH": "/usr/bin:/bin"], in: folder)
        // It looks at units of the machine as well, whose faults are not ours.
        let lines = (result.output + result.errors).components(separatedBy: "\n").filter { $0.contains("amphi") }
        return lines.joined(separator: "\n")
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: analyze)))
    func `systemd takes the unit for nodes, every word of it`() async throws {
        let unit = try Self.unit()
        #expect(try await Self.complaints(unit, "amphi@.service") == "")
        let wrong = unit.replacing("RestartSec=", with: "RestartSecs=")
        #expect(try await Self.complaints(wrong, "amphi@.service").contains("RestartSecs"))
    }

    #if PostgreSQL
        /// Lines `NAME=value` as systemd reads them, for values without a backslash.
        private static func keys(_ text: String) -> [String: String] {
            let pairs = text.components(separatedBy: "\n").compactMap { line -> (String, String)? in
                let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard parts.count == 2 else { return nil }
                return (String(parts[0]), parts[1].trimmingCharacters(in: ["\""]))
            }
            return Dictionary(pairs) { $1 }
        }

        /// The environment that the unit gives to a node of this name.
        private static func environment(_ name: String, _ files: [String: String]) throws -> [String: String] {
            var environment = [
                "PATH": "/usr/bin:/bin", "AMPHI_MIGRATIONS": PackageFolder.migrations,
                "AMPHI_WEB_ROOT": PackageFolder.pages,
            ]
            environment["LD_LIBRARY_PATH"] = ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"]
            let lines = try unit().replacing("%i", with: name).components(separatedBy: "\n")
            for line in lines where line.hasPrefix("Environment=") {
                environment.merge(keys(String(line.dropFirst("Environment=".count)))) { $1 }
            }
            for line in lines where line.hasPrefix("EnvironmentFile=") {
                let file = String(line.dropFirst("EnvironmentFile=".count))
                guard let text = files[file] else { throw TestFailure("nobody writes \(file)") }
                environment.merge(keys(text)) { $1 }
            }
            return environment
        }

        @Test func `the files of the guide make two nodes, and its command looks at one`() async throws {
            let (north, south) = (try TestFolder(), try TestFolder())
            let database = try TestEngine.postgres.settings(for: north)["AMPHI_DATABASE"] ?? ""
            let cluster = try ClusterGuide.block(
                "AMPHI_DATABASE=",
                [
                    ("postgres://amphi@db.school.example/amphi", database),
                    ("JWT_SECRET=", "JWT_SECRET=\(TestHub.secret)"),
                ])
            // Any port, because two ports of a machine are what tests must not choose.
            let own = try ClusterGuide.block(
                "AMPHI_HOST=", [("10.0.0.11", "127.0.0.1"), ("AMPHI_PORT=8080", "AMPHI_PORT=0")])
            let files = [
                "/etc/amphi/cluster.env": cluster, "/etc/amphi/north.env": own, "/etc/amphi/south.env": own,
            ]
            var nodes: [HubProcess] = []
            for (name, folder) in [("north", north), ("south", south)] {
                let node = try await HubProcess.start(
                    "amphi", ["serve"], environment: Self.environment(name, files), in: folder)
                let hub = RunningHub(port: try await node.port())
                #expect(try await hub.http.send("GET", "/readyz").status == 200)
                nodes.append(node)
            }

            try north.write(cluster, to: "cluster.env")
            try north.write(own, to: "north.env")
            let command = try ClusterGuide.block(
                "sudo sh -c", [("/etc/amphi", north.path), ("/var/lib/amphi/north", north.path)])
            let programs = URL(filePath: HubProcess.executable()).deletingLastPathComponent().path
            var shell = ["PATH": "\(programs):/usr/bin:/bin", "AMPHI_MIGRATIONS": PackageFolder.migrations]
            shell["LD_LIBRARY_PATH"] = ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"]
            let shown = try await HubProcess.run(
                path: "/bin/bash", ["-c", "sudo() { \"$@\"; }\n\(command)"], environment: shell, in: south)
            #expect(shown.ending == .exit(0), "\(shown.errors)")
            #expect(shown.output.contains("live classes"), "\(shown.output)")
            for node in nodes { try await node.stop() }
        }
    #endif
}
