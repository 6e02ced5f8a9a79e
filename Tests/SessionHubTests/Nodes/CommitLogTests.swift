#if PostgreSQL
    import Database
    import StrictJSON
    import Synchronization
    import TestSupport
    import Tokens
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

        /// The server may have started anew in between: what it shows then counts when a commit of one's own is back.
        @Test func `after its connections broke a hub shows others' commits behind one of its own`() async throws {
            try await Nodes.with { nodes in
                let (student, _) = try await nodes.south.join(nodes.room.session, as: nodes.room.students[0])
                let database = nodes.south.application.database
                _ = try await database.read { connection in
                    try connection.query(
                        """
                        SELECT pg_terminate_backend(pid)::int AS ended FROM pg_stat_activity
                        WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE 'ROLLBACK%'
                        """)
                }
                _ = try? await database.read { try $0.query("SELECT 1 AS one") }
                try await Self.change(
                    nodes, "UPDATE enrollments SET is_active = 0 WHERE user_id = 101",
                    "UPDATE hub_commits SET number = number + 1, mark = 7",
                    """
                    INSERT INTO hub_news (number, mark, node, at, news)
                    SELECT number, 7, 'x', 0, '{"changed":[101]}' FROM hub_commits
                    """)
                #expect(try await student.farewell().code == CloseCode.permissionDenied.rawValue)
            }
        }

        @Test func `what is told with another key than the hubs' is not shown`() async throws {
            try await Nodes.with { nodes in
                let (watcher, _) = try await nodes.south.join(nodes.room.session, as: nodes.room.teacher)
                let (student, _) = try await nodes.north.join(nodes.room.session, as: nodes.room.students[0])
                let shared = try #require(nodes.north.application.database as? any SharedDatabase)
                let text = try Self.forgery(nodes, former: nil)
                let box = SecretBox(key: [UInt8](repeating: 0, count: 32))
                shared.tell(NodeHint.told(Self.told(text, box)).text)
                for other in ["", "0", text, Base64URL.encode(Array(text.utf8))] {
                    shared.tell(NodeHint.told(other).text)
                }
                _ = try await student.say("true", clientID: "t")
                #expect(try await watcher.event("chat.message")["text"] == "true")
            }
        }

        private static func told(_ text: String, _ box: SecretBox) -> String {
            Base64URL.encode(box.seal(Array(text.utf8)))
        }

        /// Everybody who may connect to a database hears what is told in it.
        @Test func `nobody without the hubs' key reads what is told`() async throws {
            try await Nodes.with { nodes in
                let heard = Mutex<[String]>([])
                let shared = try #require(nodes.north.application.database as? any SharedDatabase)
                shared.hear { hint in if let hint { heard.withLock { $0.append(hint) } } }
                let (watcher, _) = try await nodes.south.join(nodes.room.session, as: nodes.room.teacher)
                let (student, _) = try await nodes.north.join(nodes.room.session, as: nodes.room.students[0])
                _ = try await student.say("zèbres", clientID: "t")
                _ = try await watcher.event("chat.message")
                func told() -> [String] { heard.withLock { $0 }.filter { $0.hasPrefix("t") } }
                while told().isEmpty { await Task.yield() }
                let log = try #require(nodes.south.application.journal.log)
                while !told().contains(where: { log.open(String($0.dropFirst()))?.text.contains("zèbres") ?? false }) {
                    await Task.yield()
                }
                for text in heard.withLock({ $0 }) {
                    let bytes = Base64URL.decode(String(text.dropFirst())) ?? []
                    for word in ["zèbres", "Linh"] {
                        #expect(!text.contains(word) && !bytes.containsRun(Array(word.utf8)))
                    }
                }
            }
        }

        /// A commit of one's own behind others that could not be read just then.
        @Test func `what was held is shown with the next commit`() async throws {
            try await Nodes.with { nodes in
                let (student, _) = try await nodes.south.join(nodes.room.session, as: nodes.room.students[0])
                let journal = nodes.south.application.journal
                let seen = try #require(journal.log?.seen)
                try await Self.change(
                    nodes, "UPDATE enrollments SET is_active = 0 WHERE user_id = 101",
                    "UPDATE hub_commits SET number = number + 2, mark = 7",
                    """
                    INSERT INTO hub_news (number, mark, node, at, news)
                    SELECT number, 7, '\(nodes.south.application.configuration.node)', 0, '{}' FROM hub_commits
                    """)
                let own = ToldCommit(
                    place: CommitLog.Place(number: seen.number + 2, mark: 7), former: 6, events: [],
                    signals: [.accessChanged(users: [101])], changes: [])
                journal.telling.withLock { $0.hold(own) }
                _ = try? await journal.write { _ in }
                #expect(try await student.farewell().code == CloseCode.permissionDenied.rawValue)
                let isEmpty = journal.telling.withLock(\.isEmpty)
                #expect(isEmpty)
            }
        }

        @Test func `a commit that follows another one than was seen is read, and not taken from who told it`()
            async throws
        {
            try await Nodes.with { nodes in
                let (client, _) = try await nodes.north.join(nodes.room.session, as: nodes.room.students[0])
                let (watcher, _) = try await nodes.south.join(nodes.room.session, as: nodes.room.teacher)
                _ = try await client.say("one", clientID: "1")
                _ = try await watcher.event("chat.message")
                let text = try Self.forgery(nodes, former: 12345)
                let log = try #require(nodes.south.application.journal.log)
                let told = try Self.told(text, nodes.south.application.tokens.hintBox())
                _ = nodes.south.application.journal.hear(log.open(told))
                let isEmpty = nodes.south.application.journal.telling.withLock(\.isEmpty)
                #expect(isEmpty)
                _ = try await client.say("two", clientID: "2")
                #expect(try await watcher.event("chat.message")["text"] == "two")
            }
        }
    }
#endif
