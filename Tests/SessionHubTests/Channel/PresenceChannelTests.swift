import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

@Suite("Channel: presence", .timeLimit(.minutes(3)))
struct PresenceChannelTests {
    private func picture(_ welcome: JSON) throws -> PresencePicture {
        try PresencePicture(welcome["presence"] ?? .null)
    }

    @Test(arguments: [1, 2])
    func `two tabs and a phone are one person, who leaves with the last of them`(loops: Int) async throws {
        try await TestHub.with({
            $0.loops = loops
            $0.windows.grace = 200
        }) { hub in
            let room = try await hub.testCourse(students: 2)
            let (watcher, welcome) = try await hub.join(room.session, as: room.teacher)
            var tabs: [WebSocketTestClient] = []
            for _ in 0..<3 { tabs.append(try await hub.join(room.session, as: room.students[0]).client) }
            var seen = try await watcher.presence(picture(welcome), until: [2, 101])
            #expect(seen.people[101] == room.students[0].shown(as: "participant"))
            try await tabs[0].close()
            await tabs[1].drop()
            // Somebody else's coming and going shows that time has passed.
            let (other, _) = try await hub.join(room.session, as: room.students[1])
            seen = try await watcher.presence(seen, until: [2, 101, 102])
            await other.drop()
            seen = try await watcher.presence(seen, until: [2, 101])
            try await tabs[2].close()
            seen = try await watcher.presence(seen, until: [2])
            #expect(seen.count == 1)
            #expect(seen.changes.filter { $0.hasSuffix("101") } == ["joined 101", "left 101"])
        }
    }

    @Test(arguments: [1, 2])
    func `a reconnect inside the grace is invisible`(loops: Int) async throws {
        try await TestHub.with({
            $0.loops = loops
            $0.windows.grace = 6000
        }) { hub in
            let room = try await hub.testCourse(students: 2)
            let (watcher, welcome) = try await hub.join(room.session, as: room.teacher)
            var client = try await hub.join(room.session, as: room.students[0]).client
            var seen = try await watcher.presence(picture(welcome), until: [2, 101])
            for _ in 0..<4 {
                await client.drop()
                client = try await hub.join(room.session, as: room.students[0]).client
            }
            let (other, _) = try await hub.join(room.session, as: room.students[1])
            seen = try await watcher.presence(seen, until: [2, 101, 102])
            await other.drop()
            seen = try await watcher.presence(seen, until: [2, 101])
            #expect(seen.changes.filter { $0.hasSuffix("101") } == ["joined 101"])
            _ = try await client.ok("ping")
        }
    }

    @Test func `readers on two loops, the list and REST agree`() async throws {
        try await TestHub.with({ $0.loops = 2 }) { hub in
            let room = try await hub.testCourse(students: 20)
            var readers: [(client: WebSocketTestClient, picture: PresencePicture)] = []
            for person in [room.teacher] + room.students {
                let (client, welcome) = try await hub.join(room.session, as: person)
                readers.append((client, try picture(welcome)))
            }
            let everybody = Set([2] + room.students.map(\.id))
            for (client, picture) in readers {
                let end = try await client.presence(picture, until: everybody)
                #expect(end.count == 21)
            }
            let list = try await readers[7].client.ok("presence.list")
            #expect(Set(list["people"]?.arrayValue?.compactMap { $0["id"]?.integerValue } ?? []) == everybody)
            let rest = try await hub.expectOK(
                "GET", "/api/live-sessions/\(room.session)/presence?limit=100", token: room.teacher.token
            )
            #expect(rest["people"] == list["people"])
        }
    }

    @Test func `when many classes fill at once every reader ends up with everybody`() async throws {
        try await TestHub.with({ $0.loops = 2 }) { hub in
            let room = try await hub.testCourse(students: 4)
            var sessions = [room.session]
            for _ in 1..<30 { sessions.append(try await hub.session(course: room.course)) }
            let people = [room.teacher] + room.students
            try await withThrowingTaskGroup(of: Void.self) { group in
                for session in sessions {
                    for person in people {
                        group.addTask {
                            let (client, welcome) = try await hub.join(session, as: person)
                            await client.wait(atMost: .seconds(30))
                            let start = try PresencePicture(welcome["presence"] ?? .null)
                            _ = try await client.presence(start, until: [2, 101, 102, 103, 104])
                            try await client.close()
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func `a wave of joins is told in few frames`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 40)
            let (watcher, welcome) = try await hub.join(room.session, as: room.teacher)
            let clients = try await withThrowingTaskGroup(of: WebSocketTestClient.self) { group in
                for student in room.students {
                    group.addTask { try await hub.join(room.session, as: student).client }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let start = try picture(welcome)
            let end = try await watcher.presence(start, until: Set([2] + room.students.map(\.id)))
            // One version a frame: with a frame per join there would be 40.
            #expect(end.version - start.version < 30)
            for client in clients { _ = try await client.ok("ping") }
        }
    }

    @Test func `a change of name is an update, never a leave and a join`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1)
            let (watcher, welcome) = try await hub.join(room.session, as: room.teacher)
            let (_, own) = try await hub.join(room.session, as: room.student)
            var seen = try await watcher.presence(picture(welcome), until: [2, 101])
            try await hub.user(101, firstName: "Linh-Đan")
            // A rename alone is no change of access: the next hello brings it.
            _ = try await hub.join(room.session, as: room.student)
            let frame = try await watcher.next { $0["presence"] != nil }
            try seen.apply(frame["presence"] ?? .null)
            #expect(seen.people[101]?["name"] == "Linh-Đan Nr101")
            #expect(seen.changes.last == "updated 101")
            #expect(seen.ids == [2, 101])
            #expect(own["me"]?["user"]?["name"] == "Linh Nr101")
        }
    }

    @Test func `who is refused never appears`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1)
            let (watcher, welcome) = try await hub.join(room.session, as: room.teacher)
            let stranger = try await hub.open(room.session)
            _ = try await stranger.refusedHello(room.outsider.token)
            _ = try await hub.join(room.session, as: room.student)
            let seen = try await watcher.presence(picture(welcome), until: [2, 101])
            #expect(seen.changes.allSatisfy { !$0.hasSuffix(" 9") })
        }
    }

    @Test func `above 220 people the welcome shows hosts and oneself, and the list has everybody`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 222, fields: ["max_participants": 500])
            let (teacher, first) = try await hub.join(room.session, as: room.teacher)
            #expect(first["presence"]?["complete"] == true)
            var clients: [WebSocketTestClient] = []
            for student in room.students { clients.append(try await hub.join(room.session, as: student).client) }
            let snapshot = try await teacher.next { $0["presence"]?["complete"] == false }
            #expect(snapshot["presence"]?["people"] == [room.teacher.shown(as: "instructor")])
            // A welcome has the people of the last tick; the last of these came after it.
            if snapshot["presence"]?["count"] != 223 { _ = try await teacher.next { $0["presence"]?["count"] == 223 } }
            let (_, welcome) = try await hub.join(room.session, as: room.student)
            #expect(welcome["presence"]?["count"] == 223)
            #expect(welcome["presence"]?["complete"] == false)
            #expect(welcome["presence"]?["people"]?.arrayValue?.compactMap { $0["id"]?.integerValue } == [2, 101])
            let page = try await teacher.ok("presence.list", ["limit": 200])
            let rest = try await teacher.ok(
                "presence.list", ["after": page["people"]?.arrayValue?.last?["id"] ?? .null]
            )
            #expect((page["people"]?.arrayValue?.count ?? 0) + (rest["people"]?.arrayValue?.count ?? 0) == 223)
            for client in clients { await client.drop() }
        }
    }
}
