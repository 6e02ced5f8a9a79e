import Foundation
import TestSupport
import Testing

/// The commands that the README and the guides give to a new user, tried with stand-ins for the programs that need
/// root.
@Suite("Commands of the guides")
struct GuideCommandTests {
    private static let guides = ["README.md", "Sources/SessionHub/Documentation.docc/Operations.md"]

    /// Lines of the shell blocks of a guide that install something or write where only root may.
    private static func privileged(_ guide: String) throws -> [String] {
        let text = try String(contentsOfFile: "\(PackageFolder.root)/\(guide)", encoding: .utf8)
        let blocks = text.components(separatedBy: "\n```\n").enumerated().filter { $0.offset % 2 == 1 }
        return blocks.flatMap { $0.element.components(separatedBy: "\n") }
            .filter { $0.contains("apt-get") || $0.contains("sudo") || $0.contains("/usr/") }
            .filter { !$0.hasPrefix("ExecStart") }
    }

    /// Runs a line in a shell that knows these programs only; each tells its name and its arguments.
    private func run(_ line: String, programs: [String]) async throws -> String {
        // The stand-in for sudo runs what it is given, as sudo does.
        let standIns = programs.map {
            $0 == "sudo" ? "sudo() { echo sudo; \"$@\"; }" : "\($0)() { echo \($0) \"$@\"; }"
        }
        // A line that ends in && goes on with the next one of its block.
        let script = standIns + [line.hasSuffix("&&") ? line + " true" : line]
        let result = try await HubProcess.run(
            path: "/bin/bash", ["-e", "-c", script.joined(separator: "\n")], environment: ["PATH": "/nowhere"],
            in: TestFolder())
        #expect(result.ending == .exit(0), "\(line): \(result.errors)")
        return result.output
    }

    // Found from outside, no. 0: the first command of the README failed where there is no sudo.
    @Test(arguments: guides)
    func `Every command works as root without sudo, and goes through sudo where there is one`(guide: String)
        async throws
    {
        let lines = try Self.privileged(guide)
        #expect(lines.contains { $0.contains("apt-get install") })
        for line in lines {
            let programs = ["apt-get", "install", "mkdir", "cp", "swift", "git"]
            let asRoot = try await run(line, programs: programs)
            let asUser = try await run(line, programs: programs + ["sudo"])
            #expect(asUser.replacing("sudo\n", with: "") == asRoot)
            #expect(asUser.contains("sudo\n"), "nothing became root in: \(line)")
        }
    }

    // Found from outside, no. 59
    @Test func `The way from a clean machine begins with the repository, and says where Swift comes from`() throws {
        let readme = try String(contentsOfFile: "\(PackageFolder.root)/README.md", encoding: .utf8)
        let section = try #require(
            readme.components(separatedBy: "\n## ").first { $0.hasPrefix("From a clean machine") })
        let commands = try #require(section.components(separatedBy: "\n```\n").dropFirst().first)
        let lines = commands.components(separatedBy: "\n")
        #expect(lines[0].contains("apt-get install -y git "))
        #expect(lines[1].hasPrefix("git clone "))
        #expect(section.contains("https://www.swift.org/install/"))
    }
}
