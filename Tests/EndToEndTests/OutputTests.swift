import Foundation
import TestSupport
import Testing

/// Commands whose standard output takes nothing.
@Suite("The executable: an output that cannot be written", .timeLimit(.minutes(3)))
struct OutputTests {
    /// Runs a command under a shell that turns its output as `redirection` says.
    private func run(
        _ arguments: [String], _ redirection: String, in folder: TestFolder
    ) async throws -> HubProcess.Result {
        try await HubProcess.run(
            path: "/bin/sh", ["-c", "\(redirection); exec \"$0\" \"$@\"", HubProcess.executable()] + arguments,
            environment: HubProcess.environment(folder, ["JITSI_SERVER_URL": "http://127.0.0.1:1"]), in: folder
        )
    }

    private func link(_ email: String, in folder: TestFolder) async throws -> HubProcess.Result {
        try await HubProcess.run(
            "amphi", ["user", "link", email], environment: HubProcess.environment(folder), in: folder)
    }

    // Found from outside, no. 8
    @Test(arguments: ["exec >/dev/full", "exec >&-", "exec <&- >&- 2>&-"])
    func `every command ends with a sentence`(redirection: String) async throws {
        let folder = try TestFolder()
        for arguments in [
            ["version"], ["serve", "--help-keys"], ["migrate"], ["doctor"], ["token", "--user", "1"],
            ["token", "--service", "a"], ["token", "--list"], ["token", "--revoke", "a"],
        ] {
            let result = try await run(arguments, redirection, in: folder)
            #expect(result.ending == .exit(1), "\(arguments) \(result.errors)")
            guard !redirection.hasSuffix("2>&-") else { continue }
            #expect(result.errors.hasPrefix("amphi: the output could not be written: "), "\(result.errors)")
            #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
        }
    }

    // Found from outside, no. 50
    @Test(arguments: ["exec >/dev/full", "exec >&-"])
    func `whoever was added stays, and the sentence says how a link is made again`(redirection: String) async throws {
        let folder = try TestFolder()
        let added = try await run(["user", "add", "awa@school.example"], redirection, in: folder)
        #expect(added.ending == .exit(1))
        #expect(added.errors.contains("the link can be made again: amphi user link awa@school.example\n"))
        // What was said is not in the database's file, whose descriptor could have been that of the output.
        let first = try await link("awa@school.example", in: folder)
        #expect(first.ending == .exit(0) && first.output.hasPrefix("http"), "\(first.errors)")
        let reset = try await run(["user", "link", "--reset", "awa@school.example"], redirection, in: folder)
        #expect(reset.errors.contains("amphi user link --reset awa@school.example\n"), "\(reset.errors)")

        let begun = try await run(["init", "--admin-email", "ines@school.example"], redirection, in: folder)
        #expect(begun.ending == .exit(1))
        #expect(begun.errors.contains("amphi user link ines@school.example\n"), "\(begun.errors)")
        #expect(FileManager.default.fileExists(atPath: folder.file(".env")))
        let second = try await link("ines@school.example", in: folder)
        #expect(second.ending == .exit(0), "\(second.errors)")
    }

    // Found from outside, no. 8
    @Test func `a reader that has gone is no matter, but for a link`() async throws {
        let folder = try TestFolder()
        // Whoever opened the pipe to read is gone before the command begins.
        let gone = "rm -f pipe; mkfifo pipe; (exec <pipe) & exec >pipe; wait"
        let keys = try await run(["serve", "--help-keys"], gone, in: folder)
        #expect(keys.ending == .exit(1) && keys.errors.isEmpty, "\(keys.ending) \(keys.errors)")
        let added = try await run(["user", "add", "awa@school.example"], gone, in: folder)
        #expect(added.ending == .exit(1))
        #expect(added.errors.contains("amphi user link awa@school.example"), "\(added.errors)")
    }

    // Found from outside, no. 8
    @Test(arguments: ["exec >/dev/full", "exec >&-"])
    func `a hub serves without the line`(redirection: String) async throws {
        let folder = try TestFolder()
        let process = try await HubProcess.start(
            "/bin/sh", ["-c", "\(redirection); exec \"$0\" serve", HubProcess.executable()],
            environment: HubProcess.environment(folder), in: folder
        )
        let deadline = Deadline(after: .seconds(20))
        while await !process.errors.contains("the output could not be written") {
            if deadline.hasPassed { throw TestFailure("no sentence: \(await process.errors)") }
            await Task.yield()
        }
        let status = try await HubProcess.run(
            "amphi", ["status"], environment: HubProcess.environment(folder), in: folder)
        #expect(status.ending == .exit(0) && status.output.contains("works"), "\(status.errors)")
        process.signal(SIGTERM)
        let ending = try await process.finish().ending
        #expect(ending == .exit(0))
    }
}
