import Foundation
import StrictJSON
import TestSupport
import Testing

/// From an empty folder to a class, by commands; with and without a hub that serves the database.
@Suite("The executable: installation", .timeLimit(.minutes(3)))
struct InstallTests {
    /// What a shell has that knows nothing of Amphi.
    private func environment(_ folder: TestFolder) -> [String: String] {
        var environment = HubProcess.environment(folder)
        for name in ["JWT_SECRET", "AMPHI_DATABASE", "AMPHI_PORT"] { environment[name] = nil }
        return environment
    }

    private func run(_ arguments: [String], in folder: TestFolder) async throws -> HubProcess.Result {
        try await HubProcess.run("amphi", arguments, environment: environment(folder), in: folder)
    }

    private func serve(_ folder: TestFolder) async throws -> (process: HubProcess, port: UInt16) {
        let process = try await HubProcess.start("amphi", ["serve"], environment: environment(folder), in: folder)
        return (process, try await process.port())
    }

    private func signIn(_ output: String, at hub: RunningHub) async throws -> JSON {
        let link = try #require(output.split(whereSeparator: \.isWhitespace).first { $0.contains("#code=") })
        let code = try #require(link.split(separator: "#code=").last?.split(separator: "&").first)
        return try await hub.http.send("POST", "/api/auth/sign-in-link", json: ["code": .string(String(code))]).data
    }

    @Test func `init makes an environment that works, for its owner only, and an administrator`() async throws {
        let folder = try TestFolder()
        let made = try await run(
            ["init", "--admin-email", "ama@school.example", "--admin-name", "Ama Mensah", "--port", "0"], in: folder
        )
        #expect(made.ending == .exit(0), "\(made.errors)")
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.file(".env"))
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        let text = try String(contentsOfFile: folder.file(".env"), encoding: .utf8)
        let secret = try #require(text.split(separator: "\n").first { $0.hasPrefix("JWT_SECRET=") })
        #expect(secret.utf8.count == "JWT_SECRET=".utf8.count + 64)
        #expect(!made.output.contains(secret.dropFirst("JWT_SECRET=".count)))

        let (process, port) = try await serve(folder)
        let hub = RunningHub(port: port)
        let answer = try await signIn(made.output, at: hub)
        #expect(answer["user"]?["first_name"] == "Ama")
        let token = try #require(answer["token"]?.stringValue)
        #expect(try await hub.http.send("GET", "/api/status", token: token).status == 200)

        let again = try await run(["init", "--admin-email", "ama@school.example"], in: folder)
        #expect(again.ending == .exit(1))
        #expect(again.errors.contains("left as it is"))
        #expect(try String(contentsOfFile: folder.file(".env"), encoding: .utf8) == text)
        try await process.stop()
    }

    @Test func `init that fails leaves no environment behind`() async throws {
        let folder = try TestFolder()
        let failed = try await run(
            ["init", "--admin-email", "ama@school.example", "--public-url", "nonsense"], in: folder
        )
        #expect(failed.ending == .exit(1))
        #expect(failed.errors.contains("AMPHI_PUBLIC_URL"))
        #expect(!FileManager.default.fileExists(atPath: folder.file(".env")))
    }

    @Test(arguments: [false, true])
    func `people, a course and its members, on a hub that runs or not`(isServed: Bool) async throws {
        let folder = try TestFolder()
        #expect(
            try await run(["init", "--admin-email", "ama@school.example", "--port", "0"], in: folder).ending == .exit(0)
        )
        var served: (process: HubProcess, port: UInt16)?
        if isServed { served = try await serve(folder) }
        let teacher = try await run(
            ["user", "add", "odile@school.example", "--name", "Odile Kaboré", "--role", "instructor"], in: folder
        )
        #expect(teacher.ending == .exit(0), "\(teacher.errors)")
        let student = try await run(["user", "add", "awa@school.example", "--name", "Awa"], in: folder)
        let twice = try await run(["user", "add", "AWA@school.example"], in: folder)
        #expect(twice.ending == .exit(1))
        #expect(twice.errors.contains("another person"))
        let added = try await run(["course", "add", "Réseaux", "--instructor", "odile@school.example"], in: folder)
        #expect(added.ending == .exit(0), "\(added.errors)")
        let course = added.output.trimmingCharacters(in: .newlines)
        let nobody = try await run(["enroll", course, "awa@school.example", "nobody@school.example"], in: folder)
        #expect(nobody.ending == .exit(1))
        #expect(nobody.errors.contains("amphi user add nobody@school.example"))
        #expect(nobody.output == "")
        let enrolled = try await run(["enroll", course, "awa@school.example"], in: folder)
        #expect(enrolled.output == "awa@school.example is enrolled\n", "\(enrolled.errors)")

        if served == nil { served = try await serve(folder) }
        let (process, port) = try #require(served)
        let hub = RunningHub(port: port)
        let answer = try await signIn(student.output, at: hub)
        let token = try #require(answer["token"]?.stringValue)
        let list = try await hub.http.send("GET", "/api/courses/\(course)/live-sessions", token: token)
        #expect(list.status == 200, "\(list.text)")
        try await process.stop()
    }

    // Found from outside, no. 50
    @Test(arguments: [false, true])
    func `whoever has lost the link gets another, and chooses a password by it, on a hub that runs or not`(
        isServed: Bool
    ) async throws {
        let folder = try TestFolder()
        let made = try await run(["init", "--admin-email", "Ama@school.example", "--port", "0"], in: folder)
        #expect(made.output.contains("amphi user link Ama@school.example"))
        // Enough others whose addresses end like hers.
        for index in 0..<3 {
            #expect(try await run(["user", "add", "x\(index)ama@school.example"], in: folder).ending == .exit(0))
        }
        var served: (process: HubProcess, port: UInt16)?
        if isServed { served = try await serve(folder) }
        let link = try await run(["user", "link", "ama@SCHOOL.example"], in: folder)
        #expect(link.ending == .exit(0), "\(link.errors)")
        let reset = try await run(["user", "link", "ama@school.example", "--reset"], in: folder)
        let nobody = try await run(["user", "link", "nobody@school.example"], in: folder)
        #expect(nobody.ending == .exit(1) && nobody.errors.contains("nobody@school.example") && nobody.output == "")
        if served == nil { served = try await serve(folder) }
        let (process, port) = try #require(served)
        let hub = RunningHub(port: port)
        // The first link is used and her tab is closed.
        _ = try await signIn(made.output, at: hub)
        let answer = try await signIn(link.output, at: hub)
        #expect(answer["user"]?["email"] == "Ama@school.example" && answer["purpose"] == "sign_in")
        let byReset = try await signIn(reset.output, at: hub)
        #expect(byReset["purpose"] == "reset_password")
        let password = JSON.string("\(TestHub.mark) words of hers")
        let chosen = try await hub.http.send(
            "PUT", "/api/auth/password", token: answer["token"]?.stringValue, json: ["password": password])
        #expect(chosen.status == 200, "\(chosen.text)")
        let login = try await hub.http.send(
            "POST", "/api/auth/login", json: ["email": "ama@school.example", "password": password])
        #expect(login.status == 200)
        try await process.stop()
    }

    // Found from outside, no. 41
    @Test func `status shows the hub that serves the database, for people and for programs`() async throws {
        let folder = try TestFolder()
        let (process, port) = try await HubProcess.serve(folder)
        let environment = HubProcess.environment(folder)
        let shown = try await HubProcess.run("amphi", ["status"], environment: environment, in: folder)
        #expect(shown.ending == .exit(0), "\(shown.errors)")
        #expect(shown.output.contains("live classes") && shown.output.contains("writing        works"))
        let json = try await HubProcess.run(
            "amphi", ["status", "--json", "--url", "http://127.0.0.1:\(port)"], environment: environment, in: folder
        )
        #expect(try JSON.parse(Array(json.output.utf8), limits: JSONLimits(maxBytes: 65_536))["live_sessions"] == 0)
        var placed = environment
        placed["AMPHI_PUBLIC_URL"] = "https://school.example/live"
        placed["AMPHI_DATABASE"] = folder.file("other.db")
        let (under, other) = try await HubProcess.serve(folder, placed)
        let below = try await HubProcess.run(
            "amphi", ["status", "--url", "http://127.0.0.1:\(other)/live"], environment: environment, in: folder)
        #expect(below.ending == .exit(0), "\(below.errors)")
        under.signal(SIGKILL)
        var wrong = environment
        wrong["JWT_SECRET"] = "\(TestHub.mark)-another-secret-0123456789"
        let refused = try await HubProcess.run("amphi", ["status"], environment: wrong, in: folder)
        #expect(refused.ending == .exit(1))
        #expect(refused.errors.contains("is JWT_SECRET here the one"))
        try await process.crash()
        let gone = try await HubProcess.run("amphi", ["status"], environment: environment, in: folder)
        #expect(gone.ending == .exit(1))
        #expect(gone.errors.contains("no hub answers"))
        // What the killed hub left of its socket is in nobody's way.
        let (again, _) = try await HubProcess.serve(folder)
        let back = try await HubProcess.run("amphi", ["status"], environment: environment, in: folder)
        #expect(back.ending == .exit(0), "\(back.errors)")
        try await again.stop()
        #expect(!FileManager.default.fileExists(atPath: folder.file("amphi.db.sock")))
    }
}
