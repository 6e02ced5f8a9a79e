#if PostgreSQL
    import Foundation
    import StrictJSON
    import TestSupport
    import Testing

    /// A rolling restart as Cluster.md has it, while two classes talk.
    @Suite("The executable: a rolling restart", .timeLimit(.minutes(3)))
    struct RollingRestartTests {
        private static func block() throws -> [String] {
            try ClusterGuide.block("node=north address=10.0.0.11:8080").components(separatedBy: "\n")
        }

        /// Types the guide's block for a node: what it says of systemd is done by the test, the rest by a shell.
        private static func restart(_ name: String, of nodes: TwoNodes) async throws {
            let lines = try block()
            #expect(lines[1] == "sudo systemctl restart amphi@$node")
            await nodes.signal(SIGTERM, to: name)
            try await nodes.finish(name, after: SIGTERM)
            try await nodes.startAgain(name)
            let script = ["node=\(name) address=127.0.0.1:\(nodes.ports[name] ?? 0)", lines[2]]
            let result = try await HubProcess.run(
                path: "/bin/bash", ["-e", "-c", script.joined(separator: "\n")],
                environment: ["PATH": "/usr/bin:/bin"], in: TestFolder())
            #expect(result.ending == .exit(0), "\(result.errors)")
        }

        /// What the guide's last line waits for: who was sent away is back, and the load balancer has seen the node.
        private static func settle(
            _ name: String, _ members: [ClassMember], after before: [(ends: Int, posts: Int)], _ nodes: TwoNodes
        ) async throws {
            #expect(try block().count == 4 && block()[3].hasPrefix("sleep "))
            let deadline = Deadline(after: .seconds(30))
            for (member, before) in zip(members, before) {
                // Everybody also has more to say.
                while true {
                    let (ends, posts) = (await member.ends.count, await member.acknowledged.count)
                    if ends >= before.ends, posts >= before.posts + 5 { break }
                    guard !deadline.hasPassed else { throw TestFailure("\(member.person.id) is not back") }
                    try await blocking { _ = poll(nil, 0, 20) }
                }
            }
            if nodes.kind == .haproxy { try await nodes.proxy.wait(until: "status", of: name, is: "UP") }
        }

        @Test(arguments: TestProxy.Kind.allCases)
        func `classes go on over a rolling restart: nobody seems to leave, and nothing acknowledged is lost`(
            kind: TestProxy.Kind
        ) async throws {
            let nodes = try await TwoNodes.start(kind)
            let room = try await nodes.hub("north").testCourse(students: 6)
            let classes = try await nodes.classes(of: room)
            var members: [ClassMember] = []
            // By turns, so that the bound of HAProxy's ring sends nobody elsewhere.
            for index in 0..<3 {
                for (offset, name) in [(0, "north"), (3, "south")] {
                    let session = try #require(classes[name])
                    members.append(
                        try await ClassMember(room.students[index + offset], in: session, at: nodes.front))
                }
            }
            for member in members {
                try await member.see(Set(members.filter { $0.session == member.session }.map(\.person.id)))
            }
            for (member, name) in zip(members, ["north", "south", "north", "south", "north", "south"]) {
                #expect(try await nodes.places(of: member.session)[member.person.id] == [name])
            }

            try await withThrowingTaskGroup(of: Void.self) { group in
                for member in members { group.addTask { try await member.talk() } }
                for name in ["north", "south"] {
                    var before: [(ends: Int, posts: Int)] = []
                    for member in members {
                        let places = try await nodes.places(of: member.session)[member.person.id] ?? []
                        let ends = await member.ends.count + (places.contains(name) ? 1 : 0)
                        before.append((ends, await member.acknowledged.count))
                    }
                    try await Self.restart(name, of: nodes)
                    try await Self.settle(name, members, after: before, nodes)
                }
                for member in members { await member.beQuiet() }
                try await group.waitForAll()
            }
            for session in classes.values {
                try await Self.expectOneOrder(members.filter { $0.session == session }, in: room, session, nodes)
            }
            try await nodes.stop()
        }

        /// Everybody was shown the journal itself, and it has what was acknowledged.
        private static func expectOneOrder(
            _ members: [ClassMember], in room: TestCourse, _ session: Int64, _ nodes: TwoNodes
        ) async throws {
            let journal = try await nodes.hub("south").journal(session, as: room.teacher)
            let posted = Dictionary(
                journal.compactMap { event in
                    (event["client_id"]?.stringValue).map { ($0, event["seq"]?.integerValue ?? 0) }
                }
            ) { first, _ in
                Issue.record("twice in the journal: \(first)")
                return first
            }
            for member in members {
                try await member.catchUp(to: Int64(journal.count))
                let (start, seen) = (Int(await member.start), await member.seen)
                #expect(seen == Array(journal[start...]))
                let acknowledged = await member.acknowledged
                #expect(acknowledged.count >= 10 && acknowledged.allSatisfy { posted[$0.key] == $0.value })
                #expect(await member.missed == [])
                #expect(await member.refusals == [])
                // Sent away with a word each time, and never more often than nodes were stopped.
                let ends = await member.ends
                #expect((1...2).contains(ends.count) && ends.allSatisfy { $0 == 4000 }, "\(ends)")
            }
        }
    }

    #if canImport(Glibc)
        import Glibc
    #else
        import Darwin
    #endif
#endif
