#if PostgreSQL
    import PostgresSupport
    import StrictJSON
    import TestSupport
    import Testing

    /// The executable with its data in PostgreSQL: what is not the same as with a file.
    @Suite("The executable: PostgreSQL", .timeLimit(.minutes(3)))
    struct PostgresTests {
        private static func settings(_ url: String) -> [String: String] {
            ["AMPHI_DATABASE": url, "AMPHI_LIMIT_POSTS_PER_USER": "0", "AMPHI_LIMIT_POSTS_PER_SESSION": "0"]
        }

        @Test func `a class goes on when the server was killed, and what was acknowledged is there`() async throws {
            let server = try TestPostgres(isDurable: true)
            let folder = try TestFolder()
            let url = server.url(of: try server.makeDatabase())
            let (process, port) = try await HubProcess.serve(folder, Self.settings(url))
            let hub = RunningHub(port: port)
            let room = try await hub.testCourse(students: 2)
            let (student, _) = try await hub.join(room.session, as: room.students[0])
            let (other, _) = try await hub.join(room.session, as: room.students[1])
            let before = try await student.say("\(TestHub.mark) before", clientID: "before")

            server.kill()
            let refusal = try await student.refusal("chat.post", ["client_id": "d", "text": "\(TestHub.mark) during"])
            #expect(refusal["code"] == "store_unavailable")
            for client in [student, other] {
                let told = try await client.next { $0["degraded"] != nil }
                #expect(told["degraded"] == ["on": true, "reason": "store"])
            }
            try server.start()
            for client in [student, other] {
                let told = try await client.next { $0["degraded"] != nil }
                #expect(told["degraded"] == ["on": false])
            }
            // The same post again, as a client does it.
            let after = try await student.say("\(TestHub.mark) during", clientID: "d")
            #expect(after["seq"]?.integerValue ?? 0 > before["seq"]?.integerValue ?? 0)
            let journal = try await hub.journal(room)
            #expect(journal.compactMap { $0["client_id"]?.stringValue } == ["before", "d"])
            // No hole, and nothing twice.
            #expect(journal.compactMap { $0["seq"]?.integerValue } == Array(1...Int64(journal.count)))
            try await process.stop()
        }

        @Test(arguments: ["incarnation = incarnation + 1", "batch = 0"])
        func `a hub whose database is another's, or has gone back, ends and says so`(change: String) async throws {
            let server = try TestPostgres(isDurable: true)
            let (folder, name) = (try TestFolder(), try server.makeDatabase())
            let settings = Self.settings(server.url(of: name))
            let (process, port) = try await HubProcess.serve(folder, settings)
            let hub = RunningHub(port: port)
            let room = try await hub.testCourse(students: 1)
            let (student, _) = try await hub.join(room.session, as: room.students[0])
            _ = try await student.say("\(TestHub.mark) before", clientID: "before")
            try server.sql("UPDATE hub_lanes SET \(change)", in: name)
            let refusal = try await student.refusal("chat.post", ["client_id": "d", "text": "\(TestHub.mark) during"])
            #expect(refusal["code"] == "store_unavailable")
            let result = try await process.finish(within: .seconds(30))
            #expect(result.ending == .exit(1))
            #expect(result.errors.contains("Start the hub again"), "\(result.errors)")

            let (again, next) = try await HubProcess.serve(folder, settings)
            let (back, _) = try await RunningHub(port: next).join(room.session, as: room.students[0])
            _ = try await back.say("\(TestHub.mark) during", clientID: "d")
            let journal = try await RunningHub(port: next).journal(room)
            #expect(journal.compactMap { $0["client_id"]?.stringValue } == ["before", "d"])
            try await again.stop()
        }

        @Test func `one hub has a name at a time, and commands find it`() async throws {
            let folder = try TestFolder()
            let settings = try TestEngine.postgres.settings(for: folder)
            let (process, port) = try await HubProcess.serve(folder, settings)
            let second = try await HubProcess.run(
                ["serve"], environment: HubProcess.environment(folder, settings), in: folder)
            #expect(second.ending == .exit(1))
            #expect(second.errors.contains("a hub with the name amphi serves postgres"), "\(second.errors)")

            for command in [
                ["user", "add", "ama@school.example", "--name", "Ama Mensah", "--role", "admin"], ["status"],
                ["token", "--service", "platform"], ["token", "--list"], ["doctor"],
            ] {
                let result = try await HubProcess.run(
                    command, environment: HubProcess.environment(folder, settings), in: folder)
                #expect(result.ending == .exit(0), "\(command): \(result.output) \(result.errors)")
            }
            let token = try RunningHub(port: port).serviceToken()
            let people = try await RunningHub(port: port).expectOK("GET", "/api/users", token: token)
            #expect(people.arrayValue?.map { $0["email"] } == ["ama@school.example"])
            for command in [["backup", "copy.db"], ["restore", "copy.db"]] {
                let result = try await HubProcess.run(
                    command, environment: HubProcess.environment(folder, settings), in: folder)
                #expect(result.ending != .exit(0) && result.errors.contains("pg_dump"), "\(result.errors)")
            }
            try await process.stop()
            // Nobody holds it any more, and a start finds everything.
            let (again, next) = try await HubProcess.serve(folder, settings)
            let same = try await RunningHub(port: next).expectOK("GET", "/api/users", token: token)
            #expect(same == people)
            try await again.stop()
        }

        @Test func `a database that sorts otherwise is refused, and no sentence names the password`() async throws {
            let server = try TestPostgres.shared()
            let name = try server.makeDatabase(options: "ICU_LOCALE 'fr' LOCALE_PROVIDER icu")
            defer { try? server.dropDatabase(name) }
            let folder = try TestFolder()
            let url = server.url(of: name) + "&password=\(TestHub.mark)-a-password"
            for command in ["serve", "migrate", "doctor"] {
                let result = try await HubProcess.run(
                    [command], environment: HubProcess.environment(folder, ["AMPHI_DATABASE": url]), in: folder)
                let said = result.output + result.errors
                #expect(result.ending == .exit(1), "\(said)")
                #expect(said.contains("LC_COLLATE 'C'"), "\(said)")
                #expect(!said.contains(TestHub.mark))
            }
            let nobody = "postgres://amphi:\(TestHub.mark)@127.0.0.1:1/amphi"
            let result = try await HubProcess.run(
                ["serve"], environment: HubProcess.environment(folder, ["AMPHI_DATABASE": nobody]), in: folder)
            #expect(result.ending == .exit(1))
            #expect(result.errors.contains("postgres://127.0.0.1:1/amphi cannot be used"), "\(result.errors)")
            #expect(!(result.output + result.errors).contains(TestHub.mark))
        }
    }
#endif
