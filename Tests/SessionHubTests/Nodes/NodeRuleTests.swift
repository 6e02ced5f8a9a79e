#if PostgreSQL
    import Database
    import StrictJSON
    import TestSupport
    import Testing

    @testable import SessionHub

    /// Rules that must hold once for all hubs of a database.
    @Suite("Nodes: rules", TestDatabase.ofServers, .timeLimit(.minutes(3)))
    struct NodeRuleTests {
        @Test func `failed sign-ins count at whatever hub they are tried`() async throws {
            try await Nodes.with { nodes in
                let hubs = [nodes.north, nodes.south]
                func login(_ number: Int, _ password: JSON) async throws -> Int {
                    let answer = try await hubs[number % 2].http.send(
                        "POST", "/api/auth/login",
                        json: ["email": .string(TestHub.email(101)), "password": password])
                    return answer.status
                }
                try await nodes.north.expectOK("PUT", "/api/users/101", json: ["password": "a long enough one"])
                #expect(try await login(1, "a long enough one") == 200)
                let free = HubLimits().loginFailures
                for number in 0..<free { #expect(try await login(number, "another one") == 401) }
                for number in 0..<4 { #expect(try await login(number, "a long enough one") == 429) }
                let names = try await nodes.north.application.database.read { connection in
                    try connection.query("SELECT name FROM login_delays").map { $0.text("name") }
                }
                #expect(!names.isEmpty && !names.contains { $0.contains("@") || $0.contains("127.0.0.1") })
            }
        }

        @Test func `a repeated request is carried out once, at whatever hub it arrives`() async throws {
            try await Nodes.with { nodes in
                let token = try nodes.north.serviceToken()
                let start = nodes.north.now + 600_000
                for round in 0..<5 {
                    let answers = try await withThrowingTaskGroup(of: TestResponse.self) { group in
                        for hub in [nodes.north, nodes.south, nodes.north, nodes.south] {
                            group.addTask {
                                try await hub.http.send(
                                    "POST", "/api/courses/1/live-sessions", token: token,
                                    json: [
                                        "title": .string("Round \(round)"),
                                        "scheduled_start_at": .string(start.text),
                                        "scheduled_end_at": .string((start + 600_000).text),
                                    ],
                                    headers: [("Idempotency-Key", "key-\(round)")])
                            }
                        }
                        return try await group.reduce(into: []) { $0.append($1) }
                    }
                    #expect(answers.contains { $0.status == 201 })
                    #expect(answers.allSatisfy { $0.status == 201 || $0.status == 409 })
                }
                let titles = try await nodes.north.application.database.read { connection in
                    try connection.query("SELECT title FROM live_sessions WHERE title LIKE 'Round%' ORDER BY title")
                        .map { $0.text("title") }
                }
                #expect(titles == (0..<5).map { "Round \($0)" })
            }
        }

        @Test func `imports at two hubs at once come one after the other, and both are whole`() async throws {
            try await Nodes.with { nodes in
                let token = try nodes.north.serviceToken()
                func lines(_ first: Int64) -> [UInt8] {
                    let people: [JSON] = (first..<first + 600).map { id in
                        [
                            "user": [
                                "id": .integer(id), "email": .string(TestHub.email(id)), "first_name": "Awa",
                                "last_name": "Nr", "role": "student",
                            ]
                        ]
                    }
                    return Array(people.map(\.text).joined(separator: "\n").utf8)
                }
                let answers = try await withThrowingTaskGroup(of: TestResponse.self) { group in
                    for (hub, first) in [(nodes.north, Int64(10_000)), (nodes.south, Int64(20_000))] {
                        group.addTask {
                            try await hub.http.send(
                                "POST", "/api/directory/import", token: token,
                                headers: [("Content-Type", "application/x-ndjson")], body: lines(first))
                        }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(answers.map(\.status) == [200, 200], "\(answers.map(\.text))")
                let count = try await nodes.north.application.database.read { connection in
                    try connection.first("SELECT COUNT(*) AS count FROM users WHERE id >= 10000")
                }
                #expect(count?.integer("count") == 1200)
            }
        }

        @Test func `the turn of an import that a former life of a hub left behind is free after its start`()
            async throws
        {
            try await Nodes.with { nodes in
                let name = nodes.north.folder.file("west")
                try await nodes.north.application.database.write { connection in
                    try connection.execute("INSERT INTO hub (name, value) VALUES ('import', $1)", [.text(name)])
                }
                let west = try await nodes.start("west")
                let rows = try await nodes.north.application.database.read { connection in
                    try connection.query("SELECT value FROM hub WHERE name = 'import'")
                }
                #expect(rows.isEmpty)
                await west.stop()
            }
        }

        @Test func `a sign-in link is used once`() async throws {
            try await Nodes.with { nodes in
                let made = try await nodes.north.expectOK("POST", "/api/users/101/sign-in-link", json: [:])
                let url = try #require(made["url"]?.stringValue)
                let code = try #require(url.split(separator: "=").last.map(String.init))
                let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                    for hub in [nodes.south, nodes.north, nodes.south] {
                        group.addTask {
                            try await hub.http.send("POST", "/api/auth/sign-in-link", json: ["code": .string(code)])
                                .status
                        }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(statuses.sorted() == [200, 401, 401])
            }
        }

        @Test func `each hub tells of all`() async throws {
            try await Nodes.with { nodes in
                for hub in [nodes.north, nodes.south] {
                    let cluster = try await hub.expectOK("GET", "/api/status")["cluster"]
                    #expect(cluster?["nodes"]?.arrayValue?.map { $0["state"] } == ["up", "up"])
                    #expect(cluster?["node"]?.stringValue == hub.application.configuration.node)
                    #expect(cluster?["commits"]?.integerValue ?? 0 > 0)
                }
                // A third one comes and goes.
                let third = try await nodes.start("west")
                await third.stop()
                let cluster = try await nodes.north.expectOK("GET", "/api/status")["cluster"]
                #expect(
                    cluster?["nodes"]?.arrayValue?.compactMap { $0["state"]?.stringValue }.sorted()
                        == ["left", "up", "up"])
            }
        }
    }
#endif
