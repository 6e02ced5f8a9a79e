import Foundation
import SessionHub
import TestSupport
import Testing

@testable import amphi

/// What commands read, and the sentences for what they cannot.
@Suite("The executable: files and names", .timeLimit(.minutes(3)))
struct InputTests {
    // MARK: - .env

    // Found from outside, no. 20a
    @Test func `an environment file is read as editors and shells write it`() throws {
        let text = "\u{FEFF}A=1\n\n # B=2\nexport C=3\nexport\t D = a=b \nexported=4\nexport=5\nA=6"
        let values = try EnvironmentFile.values(in: text, of: ".env")
        #expect(values == ["A": "6", "C": "3", "D": "a=b", "exported": "4", "export": "5"])
    }

    // Found from outside, no. 20a
    @Test(arguments: ["hunter2", "=hunter2", "export hunter2"])
    func `a line that is no value is named, and what stands in it is not told`(line: String) async throws {
        let folder = try TestFolder()
        try folder.write("AMPHI_LOOPS=1\n\n\(line)\n", to: ".env")
        let result = try await HubProcess.run(["doctor"], in: folder)
        #expect(result.ending == .exit(1))
        #expect(result.errors == "amphi: .env line 3 is not NAME=value.\n", "\(result.errors)")
    }

    // Found from outside, no. 20a
    @Test func `a byte order mark and an export do not hide the secret`() async throws {
        let folder = try TestFolder()
        for start in ["\u{FEFF}", "export "] {
            try folder.write("\(start)JWT_SECRET=\(TestHub.secret)\n", to: ".env")
            let result = try await HubProcess.run(
                ["token", "--user", "1"], environment: HubProcess.environment(folder, without: "JWT_SECRET"), in: folder
            )
            #expect(result.ending == .exit(0), "\(result.errors)")
        }
    }

    // Found from outside, no. 20a
    @Test func `what is no file or no folder is said in one sentence`() async throws {
        let folder = try TestFolder()
        try folder.write("", to: "file")
        let begin = ["init", "--admin-email", "awa@school.example", "--directory"]
        for (arguments, words) in [
            (begin + ["file"], "file is no folder"), (begin + ["file/below"], "file/below is no folder"),
            (["backup", ""], "Name the file of the copy"), (["restore", ""], "Name the file of the backup"),
            (["import", "missing"], "missing cannot be read: No such file or directory"),
            (["import", "."], ". cannot be read: Is a directory"),
            (["migrate", "--database", "file/hub.db"], "file"),
        ] {
            let result = try await HubProcess.run(arguments, in: folder)
            #expect(result.ending != .exit(0) && result.output.isEmpty)
            #expect(result.errors.contains(words), "\(result.errors)")
            for dump in ["NSError", "Domain", "NSCocoa", "UserInfo"] { #expect(!result.errors.contains(dump)) }
        }
        try FileManager.default.createDirectory(atPath: folder.file(".env"), withIntermediateDirectories: false)
        let result = try await HubProcess.run(["doctor"], in: folder)
        #expect(result.ending == .exit(1))
        #expect(result.errors == "amphi: .env cannot be read: Is a directory.\n", "\(result.errors)")
    }

    // MARK: - import

    // Found from outside, no. 38
    @Test func `an import is known by what stands in it`() async throws {
        let folder = try TestFolder()
        let line = #"{"user":{"id":7,"email":"awa@school.example"}}"#
        for (name, text) in [
            ("p.tsv", "email\tPrénom\nawa@school.example\tAwa\n"), ("people", "email\nawa@school.example\n"),
            ("p.ndjson", "email;Nom\nawa@school.example;Diop\n"), ("p.csv", line),
            ("p", "\u{FEFF}\n \(line)\n"),
        ] {
            try folder.write(text, to: name)
            let result = try await HubProcess.run(["import", "--dry-run", name], in: folder)
            #expect(result.ending == .exit(0), "\(name): \(result.errors)")
            #expect(result.output == "would import 1 users, 0 courses, 0 enrollments\n")
        }
    }

    // Found from outside, no. 38
    @Test func `a file beyond what the hub takes is refused before anything is done with it`() async throws {
        let folder = try TestFolder()
        let most = ImportReader.mostBytes
        try Data(count: most + 1).write(to: URL(filePath: folder.file("large.csv")))
        let result = try await HubProcess.run(["import", "large.csv"], in: folder)
        #expect(result.ending == .exit(1))
        #expect(result.errors == "amphi: large.csv is larger than 16 MiB, and is not taken.\n", "\(result.errors)")
    }

    // MARK: - token

    // Found from outside, no. 38
    @Test func `revoking a name that nobody has heard of says so, and which may be meant`() async throws {
        let folder = try TestFolder()
        for name in ["platform", "Moodle", "platforms"] {
            #expect(try await HubProcess.run(["token", "--service", name], in: folder).ending == .exit(0))
        }
        #expect(
            try await HubProcess.run(["token", "--revoke", "platforms"], in: folder).output == "revoked platforms\n")
        let slip = try await HubProcess.run(["token", "--revoke", "platfrom"], in: folder)
        #expect(slip.ending == .exit(0))
        let unknown = "but this name was not known here until now"
        #expect(slip.output == "revoked platfrom, \(unknown); known and not revoked: platform\n")
        let foreign = try await HubProcess.run(["token", "--revoke", "calendar"], in: folder)
        #expect(foreign.output == "revoked calendar, \(unknown)\n")
        // The revocation stands all the same.
        #expect(try await HubProcess.run(["token", "--list"], in: folder).output.contains("calendar: known since 20"))
    }

    @Test(
        arguments: [
            ("MOODLE", ["moodle"]), ("modle", ["moodle"]), ("mooodle", ["moodle"]), ("moolde", ["moodle"]),
            ("mle", []), ("lms", ["LMS", "lmsx"]), ("x", []),
        ] as [(String, [String])])
    func `a near name differs in case, or by one or two letters`(name: String, near: [String]) {
        #expect(NearNames.of(name, among: ["moodle", "LMS", "lmsx", "ab"]) == near)
    }
}
