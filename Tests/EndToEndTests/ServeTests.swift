import Foundation
import StrictJSON
import TestSupport
import Testing

@Suite("The executable: serve", .timeLimit(.minutes(3)))
struct ServeTests {
    @Test func `it says where it listens and answers there`() async throws {
        let folder = try TestFolder()
        let begin = ContinuousClock.now
        let (process, port) = try await HubProcess.serve(folder)
        let response = try await HTTPTestClient(port: port).send("GET", "/livez")
        Attachment.record("first answer after \(ContinuousClock.now - begin)", named: "start.txt")
        #expect(response.status == 200)
        #expect(try await HTTPTestClient(port: port).send("GET", "/readyz").status == 200)
        #expect(try await HTTPTestClient(port: port).send("GET", "/").status == 200)
        process.signal(SIGTERM)
        let result = try await process.finish()
        #expect(result.ending == .exit(0))
        #expect(FileManager.default.fileExists(atPath: folder.file("amphi.db")))
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func `a signal sends everybody away with bye and ends with status 0 in time`(signal: Int32) async throws {
        let folder = try TestFolder()
        let (process, port) = try await HubProcess.serve(folder, ["AMPHI_LOOPS": "2"])
        let hub = RunningHub(port: port)
        let room = try await hub.testCourse(students: 10)
        var clients: [WebSocketTestClient] = []
        for student in room.students { clients.append(try await hub.join(room.session, as: student).client) }
        let stuck = try await hub.open(room.session)
        let posted = try await clients[0].say("\(TestHub.mark) the last word", clientID: "last")
        process.signal(signal)
        for client in clients {
            let (bye, code) = try await client.farewell()
            #expect(bye["code"] == 4000)
            #expect(bye["reconnect"] == true)
            #expect(code == 4000)
        }
        #expect(try await process.finish(within: .seconds(10)).ending == .exit(0))
        _ = stuck
        let (again, next) = try await HubProcess.serve(folder)
        let (_, welcome) = try await RunningHub(port: next).join(room.session, as: room.student)
        #expect(welcome["seq"] == posted["seq"])
        #expect(welcome["events"]?.arrayValue?.last?["text"] == .string("\(TestHub.mark) the last word"))
        try await again.stop()
    }

    // MARK: - Refusals

    private func refused(_ folder: TestFolder, _ more: [String: String] = [:]) async throws -> HubProcess.Result {
        try await HubProcess.run(["serve"], environment: HubProcess.environment(folder, more), in: folder)
    }

    @Test func `without a secret it says what to do and exits 1`() async throws {
        let folder = try TestFolder()
        let environment = HubProcess.environment(folder, without: "JWT_SECRET")
        let result = try await HubProcess.run(["serve"], environment: environment, in: folder)
        #expect(result.ending == .exit(1))
        #expect(result.output == "")
        #expect(result.errors.contains("JWT_SECRET is not set"))
        #expect(result.errors.contains("openssl rand -hex 32"))
        #expect(result.errors.contains("serve --demo"))
    }

    @Test(arguments: [
        (["JWT_SECRET": "short"], "JWT_SECRET"), (["JITSI_APP_SECRET": TestHub.secret], "JITSI_APP_SECRET is the same"),
        (["AMPHI_PORT": "99999"], "AMPHI_PORT"), (["AMPHI_LOG_LEVEL": "loud"], "AMPHI_LOG_LEVEL"),
        (["AMPHI_GRACE": "soon"], "AMPHI_GRACE"), (["AMPHI_TLS_CERT": "cert.pem"], "AMPHI_TLS_KEY"),
        (["AMPHI_MIGRATIONS": "nowhere"], "AMPHI_MIGRATIONS"),
    ])
    func `a setting that cannot be used is named and it exits 1`(setting: [String: String], word: String) async throws {
        let result = try await refused(try TestFolder(), setting)
        #expect(result.ending == .exit(1))
        #expect(result.errors.contains(word))
        #expect(!result.errors.contains(TestHub.secret))
    }

    @Test func `a second hub on the same database exits 1 and leaves the first alone`() async throws {
        let folder = try TestFolder()
        let (process, port) = try await HubProcess.serve(folder)
        let second = try await refused(folder)
        #expect(second.ending == .exit(1))
        #expect(second.errors.contains("another hub serves"))
        #expect(try await HTTPTestClient(port: port).send("GET", "/readyz").status == 200)
        try await process.crash()
        // The lock goes with its process, however that ended.
        let (third, _) = try await HubProcess.serve(folder)
        try await third.stop()
    }

    @Test func `a port that is taken is said and exits 1`() async throws {
        let folder = try TestFolder()
        let (process, port) = try await HubProcess.serve(folder)
        let second = try await refused(try TestFolder(), ["AMPHI_PORT": "\(port)"])
        #expect(second.ending == .exit(1))
        #expect(second.errors.contains("\(port)"))
        try await process.stop()
    }

    // Found from outside, no. 1
    @Test func `a certificate and a key that do not belong together are refused, in the doctor's words`() async throws {
        let folder = try TestFolder()
        let (own, other) = (try TestCertificate("own", in: folder), try TestCertificate("other", in: folder))
        let keys = ["AMPHI_TLS_CERT": own.path, "AMPHI_TLS_KEY": other.keyPath]
        let sentence = "AMPHI_TLS_CERT and AMPHI_TLS_KEY cannot be used: both must be PEM, and belong together."
        let served = try await refused(folder, keys)
        #expect(served.ending == .exit(1) && served.output == "", "\(served.output)")
        #expect(served.errors.contains("amphi: \(sentence)\n"), "\(served.errors)")
        let examined = try await HubProcess.run(
            "amphi", ["doctor"], environment: HubProcess.environment(folder, keys), in: folder)
        #expect(examined.ending == .exit(1) && examined.output.contains("PROBLEM  \(sentence)\n"))
    }

    // MARK: - Migrations

    private func migrations(in folder: TestFolder, changing: String? = nil, adding: String? = nil) throws -> String {
        let copy = folder.file("migrations-\(UUID().uuidString)")
        try FileManager.default.copyItem(atPath: PackageFolder.migrations, toPath: copy)
        if let adding { try Data(adding.utf8).write(to: URL(fileURLWithPath: "\(copy)/9999_later.sql")) }
        if let changing {
            let first = try #require(try FileManager.default.contentsOfDirectory(atPath: copy).sorted().first)
            let handle = try #require(FileHandle(forWritingAtPath: "\(copy)/\(first)"))
            try handle.seekToEnd()
            try handle.write(contentsOf: Data(changing.utf8))
            try handle.close()
        }
        return copy
    }

    @Test func `a database newer than the program is refused`() async throws {
        let folder = try TestFolder()
        let later = try migrations(in: folder, adding: "CREATE TABLE later (id INTEGER PRIMARY KEY);\n")
        let migrated = try await HubProcess.run(
            "amphi", ["migrate"], environment: HubProcess.environment(folder, ["AMPHI_MIGRATIONS": later]), in: folder
        )
        #expect(migrated.ending == .exit(0))
        #expect(migrated.output.contains("9999_later"))
        let result = try await refused(folder)
        #expect(result.ending == .exit(1))
        #expect(result.errors.contains("9999_later"))
    }

    @Test func `a migration that was changed after it was applied is refused`() async throws {
        let folder = try TestFolder()
        let (process, _) = try await HubProcess.serve(folder)
        try await process.stop()
        let changed = try migrations(in: folder, changing: "\n-- changed\n")
        let result = try await refused(folder, ["AMPHI_MIGRATIONS": changed])
        #expect(result.ending == .exit(1))
        #expect(result.errors.contains("0001_hub"))
    }
}
