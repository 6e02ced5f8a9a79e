import Foundation
import StrictJSON
import TestSupport
import Testing

@Suite("The executable: commands", .timeLimit(.minutes(3)))
struct CommandLineTests {
    @Test func `version, help and the list of keys`() async throws {
        let folder = try TestFolder()
        let version = try await HubProcess.run(["version"], in: folder)
        #expect(version.ending == .exit(0))
        #expect(version.output.hasPrefix("amphi "))
        let help = try await HubProcess.run(["--help"], in: folder)
        for command in [
            "init", "serve", "status", "user", "course", "enroll", "cohost", "import", "backup", "restore", "copy",
            "migrate",
            "token",
            "doctor", "version",
        ] {
            #expect(help.output.contains(command))
        }
        let keys = try await HubProcess.run(["serve", "--help-keys"], in: folder)
        #expect(keys.ending == .exit(0))
        for key in ["JWT_SECRET", "AMPHI_DATABASE", "AMPHI_LIMIT_POSTS_PER_USER", "JITSI_APP_SECRET"] {
            #expect(keys.output.contains(key))
        }
        #expect(try await HubProcess.run(["nonsense"], in: folder).ending != .exit(0))
    }

    @Test func `migrate makes the database and does nothing the second time`() async throws {
        let folder = try TestFolder()
        let first = try await HubProcess.run(["migrate"], in: folder)
        #expect(first.ending == .exit(0))
        #expect(first.output.contains("0001_hub") && first.output.contains("0002_accounts"))
        let second = try await HubProcess.run(["migrate"], in: folder)
        #expect(second.ending == .exit(0))
        #expect(second.output.contains("is up to date"))
    }

    @Test func `the environment file is read and flags win over it`() async throws {
        let folder = try TestFolder()
        try folder.write("JWT_SECRET=\"\(TestHub.secret)\"\nAMPHI_PORT=99999\n", to: ".env")
        let environment = HubProcess.environment(folder, without: "JWT_SECRET", "AMPHI_PORT")
        let process = try await HubProcess.start(
            "amphi", ["serve", "--port", "0"], environment: environment, in: folder)
        let hub = RunningHub(port: try await process.port())
        _ = try await hub.user(7)
        try await process.stop()
    }

    // MARK: - token

    @Test func `a token for a person and for a service work on the hub`() async throws {
        let folder = try TestFolder()
        let (process, port) = try await HubProcess.serve(folder)
        let hub = RunningHub(port: port)
        try await hub.expectOK(
            "PUT", "/api/users/7", json: ["email": "awa@school.example", "first_name": "Awa", "role": "instructor"]
        )
        let person = try await HubProcess.run(["token", "--user", "7"], in: folder)
        #expect(person.ending == .exit(0))
        let own = try await hub.http.send("GET", "/api/auth/me", token: person.output.trimmingCharacters(in: .newlines))
        #expect(own.status == 200)
        #expect(own.data["id"] == 7)
        #expect(own.data["role"] == "instructor")
        let service = try await HubProcess.run(["token", "--service", "platform", "--ttl", "10m"], in: folder)
        let users = try await hub.http.send(
            "GET", "/api/users/7", token: service.output.trimmingCharacters(in: .newlines)
        )
        #expect(users.status == 200)
        try await process.stop()
    }

    @Test func `a service is listed and revoked beside the hub that serves it, and comes back with a new token`()
        async throws
    {
        let folder = try TestFolder()
        func token() async throws -> String {
            let result = try await HubProcess.run(["token", "--service", "platform"], in: folder)
            #expect(result.ending == .exit(0), "\(result.errors)")
            return result.output.trimmingCharacters(in: .newlines)
        }
        // Before there is a hub, and a database.
        let first = try await token()
        let (process, port) = try await HubProcess.serve(folder)
        let http = HTTPTestClient(port: port)
        func status(_ token: String) async throws -> Int {
            try await http.send("GET", "/api/users", token: token).status
        }
        #expect(try await status(first) == 200)
        #expect(try await HubProcess.run(["token", "--revoke", "platform"], in: folder).output == "revoked platform\n")
        #expect(try await status(first) == 401)
        let revoked = try await HubProcess.run(["token", "--list"], in: folder).output
        #expect(revoked.hasPrefix("platform: known since 20") && revoked.contains(", revoked 20"))
        let second = try await token()
        #expect(try await status(second) == 200)
        #expect(try await status(first) == 401)
        let list = try await HubProcess.run(["token", "--list"], in: folder).output
        #expect(list.hasPrefix("platform: known since 20") && !list.contains("revoked"))
        try await process.stop()
    }

    @Test(arguments: [
        ["token", "--list", "--user", "1"], ["token", "--revoke", " "], ["token", "--service", ""],
        ["token"], ["token", "--user", "0"], ["token", "--user", "9007199254740992"], ["token", "--user", "x"],
        ["token", "--user", "1", "--service", "s"],
        ["token", "--user", "1", "--ttl", "soon"], ["token", "--user", "1", "--role", "king"],
        ["token", "--user", "1", "--email", "nobody"],
    ])
    func `a token command that makes no sense is refused`(arguments: [String]) async throws {
        let result = try await HubProcess.run(arguments, in: try TestFolder())
        #expect(result.ending != .exit(0))
        #expect(result.output == "")
        #expect(!result.errors.isEmpty)
    }

    @Test func `a token without a secret is refused`() async throws {
        let folder = try TestFolder()
        let environment = HubProcess.environment(folder, without: "JWT_SECRET")
        let result = try await HubProcess.run(["token", "--user", "1"], environment: environment, in: folder)
        #expect(result.ending == .exit(1))
        #expect(result.errors.contains("JWT_SECRET is not set"))
    }

    // MARK: - import

    private static let people = """
        {"user":{"id":2,"email":"awa@school.example","first_name":"Awa","role":"instructor"}}
        {"course":{"id":1,"title":"Networks","instructor_id":2}}
        {"user":{"id":7,"email":"koffi@school.example","first_name":"Koffi","role":"student"}}

        {"enrollment":{"course_id":1,"user_id":7}}
        """

    @Test func `an import is taken as a whole, and by the hub that serves the database`() async throws {
        let folder = try TestFolder()
        try folder.write(Self.people, to: "people.ndjson")
        let imported = try await HubProcess.run(["import", "people.ndjson"], in: folder)
        #expect(imported.ending == .exit(0))
        #expect(imported.output == "imported 2 users, 1 courses, 1 enrollments\n")
        let (process, port) = try await HubProcess.serve(folder)
        let hub = RunningHub(port: port)
        let enrollment = try await hub.http.send("GET", "/api/courses/1/enrollments/7", token: hub.serviceToken())
        #expect(enrollment.status == 200)
        try folder.write(#"{"user":{"id":8,"email":"linh@school.example"}}"#, to: "more.ndjson")
        let more = try await HubProcess.run(["import", "more.ndjson"], in: folder)
        #expect(more.ending == .exit(0), "\(more.errors)")
        #expect(more.output == "imported 1 users, 0 courses, 0 enrollments\n")
        #expect(try await hub.http.send("GET", "/api/users/8", token: hub.serviceToken()).status == 200)
        try folder.write(#"{"user":{"id":9,"email":"linh@school.example"}}"#, to: "bad.ndjson")
        let bad = try await HubProcess.run(["import", "bad.ndjson"], in: folder)
        #expect(bad.ending == .exit(1))
        #expect(bad.errors.contains("line 1, email"))
        try await process.stop()
    }

    @Test func `an import with a bad line names it and takes nothing`() async throws {
        let folder = try TestFolder()
        try folder.write("\(Self.people)\n{\"enrollment\":{\"course_id\":9,\"user_id\":7}}\n", to: "people.ndjson")
        let result = try await HubProcess.run(["import", "people.ndjson"], in: folder)
        #expect(result.ending == .exit(1))
        #expect(result.errors.contains("line 6"))
        let (process, port) = try await HubProcess.serve(folder)
        let hub = RunningHub(port: port)
        #expect(try await hub.http.send("GET", "/api/users/2", token: hub.serviceToken()).status == 404)
        try await process.stop()
        #expect(try await HubProcess.run(["import", "missing.ndjson"], in: folder).ending == .exit(1))
    }

    // MARK: - doctor

    @Test func `the doctor finds a good configuration good and a bad one bad, and shows no secret`() async throws {
        let folder = try TestFolder()
        #expect(try await HubProcess.run(["migrate"], in: folder).ending == .exit(0))
        let good = try await HubProcess.run(["doctor"], in: folder)
        #expect(good.ending == .exit(0), "\(good.output) \(good.errors)")
        #expect(!good.output.contains(TestHub.secret))
        let bad = try await HubProcess.run(
            ["doctor"], environment: HubProcess.environment(folder, without: "JWT_SECRET"), in: folder)
        #expect(bad.ending == .exit(1))
        #expect((bad.output + bad.errors).contains("JWT_SECRET"))
    }

    // MARK: - demo

    @Test func `the demo's links let each person in once, into a class that is live`() async throws {
        let folder = try TestFolder()
        let environment = HubProcess.environment(folder, without: "JWT_SECRET", "AMPHI_DATABASE")
        let process = try await HubProcess.start("amphi", ["serve", "--demo"], environment: environment, in: folder)
        let first = try await process.line(startingWith: "A class is live")
        #expect(first.contains("Open a link"))
        var links: [URL] = []
        while links.count < 5 {
            let line = try await process.line(startingWith: "  ")
            let word = try #require(line.split(separator: " ").last.map(String.init))
            links.append(try #require(URL(string: word)))
        }
        let port = try await process.port()
        let http = HTTPTestClient(port: port)
        var ids: Set<Int64> = []
        for link in links {
            #expect(link.port == Int(port))
            let page = try await http.send("GET", link.path)
            #expect(page.status == 200)
            let query = URLComponents(url: link, resolvingAgainstBaseURL: false)
            let items = (query?.queryItems ?? []) + Self.items(query?.fragment)
            let code = try #require(items.first { $0.name == "code" }?.value)
            let session = try #require(items.first { $0.name == "next" }?.value?.split(separator: "/").last)
            let answer = try await http.send("POST", "/api/auth/sign-in-link", json: ["code": .string(code)])
            #expect(answer.status == 200, "\(answer.text)")
            let token = try #require(answer.data["token"]?.stringValue)
            let again = try await http.send("POST", "/api/auth/sign-in-link", json: ["code": .string(code)])
            #expect(again.status == 401, "\(again.text)")
            let client = try await WebSocketTestClient.open(
                port: port, path: TestHub.channelPath(try #require(Int64(session)))
            )
            let welcome = try await client.hello(token)
            #expect(welcome["session"]?["status"] == "live")
            ids.insert(try #require(welcome["me"]?["user"]?["id"]?.integerValue))
        }
        #expect(ids.count == 5)
        try await process.stop()
    }

    /// The fragment of a link, read like a query.
    private static func items(_ fragment: String?) -> [URLQueryItem] {
        var components = URLComponents()
        components.percentEncodedQuery = fragment
        return components.queryItems ?? []
    }
}
