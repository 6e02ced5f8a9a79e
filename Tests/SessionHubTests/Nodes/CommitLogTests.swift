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
    }
#endif
