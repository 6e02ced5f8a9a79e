#if PostgreSQL
    import Foundation
    import StrictJSON
    import TestSupport
    import Testing

    /// The configurations of Cluster.md, each run by the load balancer that it is for, before two nodes.
    @Suite("The executable: nodes behind a load balancer", .timeLimit(.minutes(3)))
    struct NodesBehindProxyTests {
        private static func position(_ welcome: JSON) throws -> (seq: Int64, epoch: String) {
            (try #require(welcome["seq"]?.integerValue), try #require(welcome["epoch"]?.stringValue))
        }

        @Test(arguments: TestProxy.Kind.allCases, [SIGKILL, SIGTERM])
        func `a class is at one node, and at the other one as soon as its own is gone`(
            kind: TestProxy.Kind, ending: Int32
        ) async throws {
            let nodes = try await TwoNodes.start(kind)
            let room = try await nodes.hub("north").testCourse(students: 7)
            let classes = try await nodes.classes(of: room)
            let (lost, kept) = (try #require(classes["north"]), try #require(classes["south"]))
            var clients: [(client: WebSocketTestClient, welcome: JSON)] = []
            var neighbours: [WebSocketTestClient] = []
            for index in 0..<3 {
                clients.append(try await nodes.front.join(lost, as: room.students[index]))
                neighbours.append(try await nodes.front.join(kept, as: room.students[index + 3]).client)
            }
            #expect(try await nodes.places(of: lost) == [101: ["north"], 102: ["north"], 103: ["north"]])
            #expect(try await nodes.places(of: kept) == [104: ["south"], 105: ["south"], 106: ["south"]])
            let (watcher, shown) = try await nodes.hub("south").join(lost, as: room.teacher)
            var seen = try await watcher.presence(
                PresencePicture(shown["presence"] ?? .null), until: [2, 101, 102, 103])
            let before = seen.changes.count
            let said = try await clients[0].client.say("\(TestHub.mark) before", clientID: "before")
            for (client, _) in clients { _ = try await client.events(through: said["seq"]?.integerValue ?? 0) }

            await nodes.signal(ending, to: "north")
            var again: [WebSocketTestClient] = []
            for (index, (client, welcome)) in clients.enumerated() {
                if ending == SIGTERM {
                    let (bye, code) = try await client.farewell()
                    #expect(code == 4000 && bye["reconnect"] == true, "\(bye.text)")
                } else {
                    #expect(try await client.closeCode() == 1006)
                }
                var position = try Self.position(welcome)
                position.seq = try #require(said["seq"]?.integerValue)
                // The very first try: the load balancer may not know yet that the node is gone.
                let (next, resumed) = try await nodes.front.join(lost, as: room.students[index], resume: position)
                #expect(resumed["resumed"] == true)
                _ = try await next.say("\(TestHub.mark) after", clientID: "after\(index)")
                again.append(next)
            }
            try await nodes.finish("north", after: ending)
            let places = try await nodes.places(of: lost)
            #expect(places.keys.sorted() == [2, 101, 102, 103] && places.values.allSatisfy { $0.contains("south") })
            // Somebody else's coming shows that time has passed, and that newcomers get in.
            let (newcomer, _) = try await nodes.front.join(lost, as: room.students[6])
            seen = try await watcher.presence(seen, until: [2, 101, 102, 103, 107])
            #expect(seen.changes.dropFirst(before) == ["joined 107"])
            for neighbour in neighbours { _ = try await neighbour.ok("ping") }
            let last = try await newcomer.say("\(TestHub.mark) last", clientID: "last")
            let events = try await watcher.events(through: try #require(last["seq"]?.integerValue))
            #expect(
                events.compactMap { $0["client_id"]?.stringValue } == ["before", "after0", "after1", "after2", "last"])

            try await nodes.startAgain("north")
            withExtendedLifetime(again) {}
            try await nodes.stop()
        }

        @Test(arguments: TestProxy.Kind.allCases)
        func `a node that says 503 gets nobody`(kind: TestProxy.Kind) async throws {
            let folder = try TestFolder()
            let settings = try TestEngine.postgres.settings(for: folder)
            let (process, port) = try await HubProcess.serve(folder, settings.merging(["AMPHI_NODE": "south"]) { $1 })
            let ill = try ScriptedServer(
                "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            let certificate = try TestCertificate("proxy", in: folder)
            let proxy = try await ClusterGuide.proxy(kind, north: ill.port, south: port, certificate, in: folder)
            if kind == .haproxy { try await proxy.wait(until: "status", of: "north", is: "DOWN") }
            let front = RunningHub(port: proxy.port, trusting: certificate.path)
            let room = try await RunningHub(port: port).testCourse(students: 1)
            // Of so many numbers each node has some.
            for number in room.session..<room.session + 20 {
                let answer = try await front.http.send(
                    "GET", "/api/live-sessions/\(number)", token: room.teacher.token)
                #expect(answer.status == (number == room.session ? 200 : 404), "\(number)")
                #expect(try await front.http.send("GET", "/readyz").status == 200)
            }
            let (student, _) = try await front.join(room.session, as: room.student)
            _ = try await student.say("\(TestHub.mark) here", clientID: "here")
            withExtendedLifetime(ill) {}
            try await process.stop()
        }

        @Test func `HAProxy: a class with most of the people is shared by the nodes, and stays one class`() async throws
        {
            let nodes = try await TwoNodes.start(.haproxy)
            let room = try await nodes.hub("north").testCourse(students: 8)
            try await nodes.proxy.wait(until: "scur", of: "BACKEND", is: "0")
            var clients: [WebSocketTestClient] = []
            var welcome = JSON.null
            for student in room.students {
                let (client, shown) = try await nodes.front.join(room.session, as: student)
                clients.append(client)
                if clients.count == 1 { welcome = shown }
            }
            let crowds = Dictionary(grouping: try await nodes.places(of: room.session), by: \.value).mapValues(\.count)
            #expect(crowds.count == 2 && crowds.values.max() ?? 8 <= 6, "\(crowds)")
            var seqs: [Int64] = []
            for (index, client) in clients.enumerated() {
                let said = try await client.say("\(TestHub.mark) word", clientID: "w\(index)")
                seqs.append(try #require(said["seq"]?.integerValue))
            }
            #expect(seqs == Array(try Self.position(welcome).seq + 1...(try #require(seqs.last))))
            let first = try await clients[0].events(through: try #require(seqs.last))
            #expect(first.compactMap { $0["seq"]?.integerValue } == seqs)
            try await nodes.stop()
        }

        @Test func `HAProxy: a node is drained, one that stands still is left alone, and its people are sent on`()
            async throws
        {
            let nodes = try await TwoNodes.start(.haproxy)
            let room = try await nodes.hub("north").testCourse(students: 3)
            let session = try #require(try await nodes.classes(of: room)["north"])
            let (staying, welcome) = try await nodes.front.join(session, as: room.students[0])

            _ = try await nodes.proxy.tell(ClusterGuide.command("set server amphi/north state drain"))
            let (elsewhere, _) = try await nodes.front.join(session, as: room.students[1])
            #expect(try await nodes.places(of: session) == [101: ["north"], 102: ["south"]])
            _ = try await staying.say("\(TestHub.mark) still here", clientID: "still")
            _ = try await elsewhere.event("chat.message")
            let table = try await nodes.proxy.tell(ClusterGuide.command("show servers conn amphi"))
            let rows = table.components(separatedBy: "\n").map { $0.split(separator: " ") }
            let column = try #require(rows.first { $0.contains("used_cur") }?.firstIndex(of: "used_cur"))
            // The line of names begins with a sign of its own.
            let row = try #require(rows.first { $0.first == "amphi/north" }, "\(table)")
            #expect(row[column - 1] == "1", "\(table)")
            try await elsewhere.close()
            try await nodes.proxy.wait(until: "scur", of: "south", is: "0")
            try await staying.close()
            try await nodes.proxy.wait(until: "scur", of: "north", is: "0")
            _ = try await nodes.proxy.tell(ClusterGuide.command("set server amphi/north state ready"))

            let seq = try #require(welcome["seq"]?.integerValue) + 1
            let position = (seq: seq, epoch: try Self.position(welcome).epoch)
            let (frozen, _) = try await nodes.front.join(session, as: room.students[0], resume: position)
            #expect(try await nodes.places(of: session) == [101: ["north"]])
            await nodes.signal(SIGSTOP, to: "north")
            try await nodes.proxy.wait(until: "status", of: "north", is: "DOWN")
            let (newcomer, _) = try await nodes.front.join(session, as: room.students[2])
            // One that is down for the load balancer keeps its channels.
            try await nodes.proxy.wait(until: "scur", of: "north", is: "1")
            _ = try await nodes.proxy.tell(ClusterGuide.command("shutdown sessions server amphi/north"))
            #expect(try await frozen.closeCode() == 1006)
            let (back, resumed) = try await nodes.front.join(session, as: room.students[0], resume: position)
            #expect(resumed["resumed"] == true)
            let said = try await back.say("\(TestHub.mark) back", clientID: "back")
            let heard = try await newcomer.events(through: try #require(said["seq"]?.integerValue))
            #expect(heard.last?["client_id"] == "back")
            await nodes.signal(SIGKILL, to: "north")
            try await nodes.finish("north", after: SIGKILL)
            try await nodes.startAgain("north")
            try await nodes.stop()
        }
    }

    #if canImport(Glibc)
        import Glibc
    #else
        import Darwin
    #endif
#endif
