#if PostgreSQL
    import Database
    import StrictJSON
    import TestSupport
    import Testing

    @testable import SessionHub

    /// A log of commits that is not what a hub has followed.
    @Suite("Nodes: the log of commits", TestDatabase.ofServers, .timeLimit(.minutes(2)))
    struct CommitLogTests {
        /// Waits for the hub to say why the database is not the one that it knows.
        private static func fence(_ hub: TestHub) async -> String? {
            for await reason in hub.application.journal.fences { return reason }
            return nil
        }

        private static func change(_ nodes: Nodes, _ statements: String...) async throws {
            try await nodes.north.application.database.write { connection in
                for statement in statements { try connection.execute(statement) }
            }
        }

        @Test func `a hub that has followed commits which are lost finds that out`() async throws {
            try await Nodes.with { nodes in
                let (client, _) = try await nodes.north.join(nodes.room.session, as: nodes.room.students[0])
                _ = try await client.say("one", clientID: "1")
                // As on a standby that had not got the last commits, and on which others have gone on since.
                try await Self.change(nodes, "UPDATE hub_news SET mark = mark - 1")
                #expect(await Self.fence(nodes.south) == CommitLog.broken)
            }
        }

        @Test func `so does one whose own next number was there already`() async throws {
            try await Nodes.with { nodes in
                try await Self.change(
                    nodes, "UPDATE hub_commits SET number = number - 5",
                    "DELETE FROM hub_news WHERE number > (SELECT number FROM hub_commits)")
                #expect(await Self.fence(nodes.south) == CommitLog.broken)
            }
        }

        @Test func `news that are forgotten before they were read end the hub`() async throws {
            try await Nodes.with { nodes in
                try await Self.change(
                    nodes, "UPDATE hub_commits SET number = number + 100, forgotten = number + 100",
                    "DELETE FROM hub_news")
                #expect(await Self.fence(nodes.south)?.contains("too far behind") == true)
            }
        }

        /// The next commit, as somebody would tell it who says that a student has posted "forged".
        private static func forgery(_ nodes: Nodes, former: Int64?) throws -> String {
            let seen = try #require(nodes.south.application.journal.log?.seen)
            let student = nodes.room.students[0]
            let kind = try #require(nodes.south.application.journal.reader.kind(named: "chat.message"))
            let event = ServerEvent(
                session: nodes.room.session, seq: 2, kind: kind, at: nodes.south.now, audience: .all,
                actor: Actor(Person(id: student.id, firstName: "F", lastName: "", avatar: nil), role: .participant),
                payload: JSONObject([("id", 1), ("kind", "text")]), content: JSONObject([("text", "forged")]))
            let turn = CommitLog.Turn(
                number: seen.number + 1, isHeard: true, mark: 1, former: former ?? seen.mark ?? 0)
            return try #require(ToldCommit.json(turn, CommitNews([event], [], []), [event], [])).text
        }

        @Test func `what is told without the seal of a hub is not shown`() async throws {
            try await Nodes.with { nodes in
                let (watcher, _) = try await nodes.south.join(nodes.room.session, as: nodes.room.teacher)
                let (student, _) = try await nodes.north.join(nodes.room.session, as: nodes.room.students[0])
                let shared = try #require(nodes.north.application.database as? any SharedDatabase)
                let text = try Self.forgery(nodes, former: nil)
                for seal in ["", "0", String(repeating: "0", count: 64)] {
                    shared.tell(NodeHint.told(seal: seal, text).text)
                }
                _ = try await student.say("true", clientID: "t")
                #expect(try await watcher.event("chat.message")["text"] == "true")
            }
        }

        @Test func `a commit that follows another one than was seen ends the hub`() async throws {
            try await Nodes.with { nodes in
                let (client, _) = try await nodes.north.join(nodes.room.session, as: nodes.room.students[0])
                let (watcher, _) = try await nodes.south.join(nodes.room.session, as: nodes.room.teacher)
                _ = try await client.say("one", clientID: "1")
                _ = try await watcher.event("chat.message")
                let text = try Self.forgery(nodes, former: 12345)
                let log = try #require(nodes.south.application.journal.log)
                let seal = try #require(nodes.south.application.tokens.seal(ofHint: text))
                let seen = log.seen
                _ = nodes.south.application.journal.hear(log.open(text, seal: seal))
                #expect(await Self.fence(nodes.south) == CommitLog.broken)
                #expect(log.seen == seen, "nothing behind it was shown")
            }
        }
    }
#endif
