#if PostgreSQL
    import Database
    import StrictJSON
    import TestSupport
    import Testing

    @testable import SessionHub

    /// What the people of one class see of each other who are at two hubs of one database.
    @Suite("Nodes", TestDatabase.ofServers, .timeLimit(.minutes(3)))
    struct NodeTests {
        @Test func `events of both hubs come to both in one order, without a hole`() async throws {
            try await Nodes.with { nodes in
                let (one, first) = try await nodes.north.join(nodes.room.session, as: nodes.room.students[0])
                let (other, _) = try await nodes.south.join(nodes.room.session, as: nodes.room.students[1])
                let start = try #require(first["seq"]?.integerValue)
                var last: Int64 = 0
                for number in 0..<20 {
                    let client = number.isMultiple(of: 2) ? one : other
                    let seq = try await client.say("n\(number)", clientID: "c\(number)")["seq"]?.integerValue
                    last = try #require(seq)
                }
                let (seen, alsoSeen) = (try await one.events(through: last), try await other.events(through: last))
                #expect(seen.compactMap { $0["seq"]?.integerValue } == Array(start + 1...last))
                #expect(seen == alsoSeen.filter { $0["seq"]?.integerValue ?? 0 > start })
            }
        }

        @Test func `posts of both hubs at once have one order, and each comes once`() async throws {
            try await Nodes.with { nodes in
                let (one, first) = try await nodes.north.join(nodes.room.session, as: nodes.room.students[0])
                let (other, _) = try await nodes.south.join(nodes.room.session, as: nodes.room.students[1])
                let start = try #require(first["seq"]?.integerValue)
                let count: Int64 = 200
                for number in 0..<count / 2 {
                    for (name, client) in [("a", one), ("b", other)] {
                        try await client.post(
                            "chat.post",
                            ["client_id": .string("\(name)\(number)"), "text": .string("\(name)\(number)")])
                    }
                }
                let seen = try await one.events(through: start + count)
                let alsoSeen = try await other.events(through: start + count)
                #expect(seen.compactMap { $0["seq"]?.integerValue } == Array(start + 1...start + count))
                #expect(seen == alsoSeen.filter { $0["seq"]?.integerValue ?? 0 > start })
                for name in ["a", "b"] {
                    let own = seen.compactMap { $0["client_id"]?.stringValue }.filter { $0.hasPrefix(name) }
                    #expect(own == (0..<count / 2).map { "\(name)\($0)" })
                }
            }
        }

        @Test func `people at both hubs are in one presence`() async throws {
            try await Nodes.with(grace: 300) { nodes in
                let session = nodes.room.session
                let (watcher, welcome) = try await nodes.north.join(session, as: nodes.room.teacher)
                let (student, shown) = try await nodes.south.join(session, as: nodes.room.students[0])
                #expect(try nodes.picture(shown).people.keys.sorted() == [2, 101])
                var seen = try await watcher.presence(nodes.picture(welcome), until: [2, 101])
                #expect(seen.people[101] == nodes.room.students[0].shown(as: "participant"))
                // Over REST too, at whatever hub.
                for hub in [nodes.north, nodes.south] {
                    let rest = try await hub.expectOK(
                        "GET", "/api/live-sessions/\(session)/presence", token: nodes.room.teacher.token)
                    #expect(rest["count"] == 2)
                }
                await student.drop()
                seen = try await watcher.presence(seen, until: [2])
                #expect(seen.changes.filter { $0.hasSuffix("101") } == ["joined 101", "left 101"])
                let (late, again) = try await nodes.south.join(session, as: nodes.room.students[1])
                _ = try await late.presence(nodes.picture(again), until: [2, 102])
            }
        }

        @Test func `nobody sees how somebody changes from one hub to the other`() async throws {
            try await Nodes.with(grace: 20_000) { nodes in
                let session = nodes.room.session
                let (watcher, welcome) = try await nodes.north.join(session, as: nodes.room.teacher)
                var (student, _) = try await nodes.south.join(session, as: nodes.room.students[0])
                var seen = try await watcher.presence(nodes.picture(welcome), until: [2, 101])
                for hub in [nodes.north, nodes.south, nodes.north] {
                    await student.drop()
                    student = try await hub.join(session, as: nodes.room.students[0]).client
                }
                // Somebody else's coming shows that time has passed.
                let (_, last) = try await nodes.south.join(session, as: nodes.room.students[1])
                seen = try await watcher.presence(seen, until: [2, 101, 102])
                #expect(seen.changes.filter { $0.hasSuffix("101") } == ["joined 101"])
                #expect(try nodes.picture(last).people.keys.sorted() == [2, 101, 102])
                let rows = try await nodes.north.application.database.read { connection in
                    try connection.query(
                        "SELECT COUNT(*) AS count FROM live_session_attendance WHERE user_id = 101 AND session_id = $1",
                        [.integer(session)])
                }
                #expect(rows.first?.integer("count") == 1)
            }
        }

        @Test func `hands, votes, typing and reactions of one hub are shown at the other`() async throws {
            try await Nodes.with { nodes in
                let session = nodes.room.session
                let (teacher, _) = try await nodes.north.join(session, as: nodes.room.teacher)
                let (student, _) = try await nodes.south.join(session, as: nodes.room.students[0])
                _ = try await teacher.next { $0["presence"]?["joined"] != nil }
                _ = try await student.ok("hand", ["up": true])
                _ = try await teacher.next { $0["presence"]?["hands"] == [101] }
                let question = try await student.ok(
                    "chat.post", ["client_id": "q", "text": "why?", "kind": "question"])
                _ = try await teacher.ok("question.vote", ["id": question["id"] ?? .null, "on": true])
                _ = try await student.next { $0["votes"] != nil }
                _ = try await student.ok("typing", ["on": true])
                _ = try await teacher.next { $0["typing"] == [101] }
                _ = try await student.ok("reaction", ["kind": "clap"])
                _ = try await teacher.next { $0["reactions"] == ["clap": 1] }
            }
        }

        @Test func `news that nobody can read hold nothing up, and everybody's rights are looked at again`()
            async throws
        {
            try await Nodes.with { nodes in
                let (student, _) = try await nodes.south.join(nodes.room.session, as: nodes.room.students[0])
                let (other, _) = try await nodes.north.join(nodes.room.session, as: nodes.room.students[1])
                // The revocation itself, and news of it in a form that only a newer hub reads.
                try await nodes.north.application.database.write { connection in
                    try connection.execute("UPDATE enrollments SET is_active = 0 WHERE user_id = 101")
                    try connection.execute("UPDATE hub_commits SET number = number + 1, mark = 7")
                    try connection.execute(
                        "INSERT INTO hub_news (number, mark, node, at, news) SELECT number, 7, 'x', $1, '{' FROM hub_commits",
                        [.integer(nodes.north.now.milliseconds)])
                }
                #expect(try await student.farewell().code == CloseCode.permissionDenied.rawValue)
                let said = try await other.say("on", clientID: "on")
                _ = try await other.events(through: #require(said["seq"]?.integerValue))
            }
        }

        @Test func `the word of a hint is not taken for who is there`() async throws {
            try await Nodes.with { nodes in
                let session = nodes.room.session
                let (watcher, _) = try await nodes.north.join(session, as: nodes.room.teacher)
                let (student, _) = try await nodes.south.join(session, as: nodes.room.students[0])
                _ = try await watcher.next { $0["presence"]?["joined"] != nil }
                let shared = try #require(nodes.south.application.database as? any SharedDatabase)
                let moment: JSON = [
                    "session": .integer(session), "user": 999_999_999, "command": ["type": "typing", "on": true],
                ]
                shared.tell(NodeHint.moment(node: "nobody", moment).text)
                _ = try await student.ok("typing", ["on": true])
                // The true one comes behind the forged one.
                #expect(try await watcher.next { $0["typing"] != nil }["typing"] == [101])
            }
        }

        @Test func `what one hub takes away is gone at the other`() async throws {
            try await Nodes.with { nodes in
                let session = nodes.room.session
                let (student, _) = try await nodes.south.join(session, as: nodes.room.students[0])
                let (banned, _) = try await nodes.south.join(session, as: nodes.room.students[1])
                let (teacher, _) = try await nodes.north.join(session, as: nodes.room.teacher)
                let said = try await student.say("secret", clientID: "s")
                _ = try await teacher.ok("chat.delete", ["id": said["id"] ?? .null])
                _ = try await student.event("chat.deleted")
                // What the other hub keeps in memory is without the text, too.
                let (late, welcome) = try await nodes.south.join(
                    session, as: nodes.room.students[2],
                    resume: (seq: (said["seq"]?.integerValue ?? 1) - 1, epoch: student.epoch(of: nodes)))
                #expect(!welcome.text.contains("secret"))
                _ = late
                _ = try await teacher.ok("moderation.ban", ["user_id": 102])
                #expect(try await banned.farewell().code == CloseCode.banned.rawValue)
                try await nodes.north.enroll(101, in: 1, isActive: false)
                #expect(try await student.farewell().code == CloseCode.permissionDenied.rawValue)
                try await nodes.north.endClass(nodes.room)
                _ = try await late.event("session.ended")
            }
        }
    }

    extension WebSocketTestClient {
        fileprivate func epoch(of nodes: Nodes) async throws -> String {
            try await nodes.north.expectOK("GET", "/api/status")["epoch"]?.stringValue ?? ""
        }
    }
#endif
