import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

@Suite("Channel: commands that store nothing", .timeLimit(.minutes(3)))
struct UnstoredCommandTests {
    // MARK: - history

    @Test func `history pages backwards from the newest and forwards from a seq, always ascending`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1)
            try await hub.append(9, to: room.session)
            let (client, _) = try await hub.join(room.session, as: room.student)
            for (fields, seqs, more) in [
                (["limit": 3], [8, 9, 10], true), (["before_seq": 4, "limit": 3], [1, 2, 3], false),
                (["before_seq": 5, "limit": 3], [2, 3, 4], true), (["after_seq": 0, "limit": 2], [1, 2], true),
                (["after_seq": 8], [9, 10], false), (["after_seq": 10], [], false), (["before_seq": 1], [], false),
                ([:], Array(1...10), false), (["after_seq": 99], [], false),
            ] as [(JSON, [Int64], Bool)] {
                let page = try await client.ok("history", fields)
                #expect(page["events"]?.seqs == seqs, "\(fields.text)")
                #expect(page["more"] == .bool(more), "\(fields.text)")
            }
        }
    }

    @Test(arguments: [
        ("limit", JSON.integer(0)), ("limit", 201), ("limit", "5"), ("limit", 2.5), ("before_seq", 0),
        ("before_seq", "x"),
        ("after_seq", -1), ("after_seq", true),
    ])
    func `history names a field that is wrong`(field: String, value: JSON) async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1)
            let (client, _) = try await hub.join(room.session, as: room.student)
            let error = try await client.refusal("history", .object(JSONObject([(field, value)])))
            #expect(error["code"] == "invalid_field")
            #expect(error["field"]?.stringValue == field)
        }
    }

    @Test func `history takes one direction at a time`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1)
            let (client, _) = try await hub.join(room.session, as: room.student)
            #expect(try await client.refusal("history", ["before_seq": 5, "after_seq": 1])["code"] == "invalid_field")
        }
    }

    // MARK: - presence.list

    @Test func `presence list pages through the people by id`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 4)
            let (client, welcome) = try await hub.join(room.session, as: room.teacher)
            for student in room.students { _ = try await hub.join(room.session, as: student) }
            let everybody: Set<Int64> = [2, 101, 102, 103, 104]
            let picture = try await client.presence(try PresencePicture(welcome["presence"] ?? .null), until: everybody)
            let first = try await client.ok("presence.list", ["limit": 2])
            #expect(
                first
                    == [
                        "people": [room.teacher.shown(as: "instructor"), room.students[0].shown(as: "participant")],
                        "more": true, "version": .integer(picture.version),
                    ]
            )
            let rest = try await client.ok("presence.list", ["after": 101])
            #expect(rest["people"]?.arrayValue?.compactMap { $0["id"]?.integerValue } == [102, 103, 104])
            #expect(rest["more"] == false)
        }
    }

    @Test(arguments: [("limit", JSON.integer(0)), ("limit", 201), ("limit", "2"), ("after", -1), ("after", "x")])
    func `presence list names a field that is wrong`(field: String, value: JSON) async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1)
            let (client, _) = try await hub.join(room.session, as: room.student)
            let error = try await client.refusal("presence.list", .object(JSONObject([(field, value)])))
            #expect(error["code"] == "invalid_field")
            #expect(error["field"]?.stringValue == field)
        }
    }

    // MARK: - typing

    @Test(arguments: [1, 2])
    func `typing shows everybody who types and ends by word, by post and by leaving`(loops: Int) async throws {
        try await TestHub.with({ $0.loops = loops }) { hub in
            let room = try await hub.testCourse(students: 2)
            let (watcher, _) = try await hub.join(room.session, as: room.teacher)
            let (awa, _) = try await hub.join(room.session, as: room.students[0])
            let (linh, _) = try await hub.join(room.session, as: room.students[1])
            #expect(try await awa.ok("typing", ["on": true]) == [:])
            #expect(try await watcher.next { $0["typing"] != nil } == ["typing": [101]])
            _ = try await linh.ok("typing", ["on": true])
            #expect(try await watcher.next { $0["typing"] != nil } == ["typing": [101, 102]])
            _ = try await awa.ok("typing", ["on": false])
            #expect(try await watcher.next { $0["typing"] != nil } == ["typing": [102]])
            _ = try await linh.say("done", clientID: "d")
            #expect(try await watcher.next { $0["typing"] != nil } == ["typing": []])
            _ = try await awa.ok("typing", ["on": true])
            #expect(try await watcher.next { $0["typing"] != nil } == ["typing": [101]])
            await awa.drop()
            #expect(try await watcher.next { $0["typing"] != nil } == ["typing": []])
            // Nothing of it is durable.
            #expect(try await hub.journal(room.session).count == 2)
        }
    }

    @Test func `typing many times is told once`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1)
            let (watcher, _) = try await hub.join(room.session, as: room.teacher)
            let (client, _) = try await hub.join(room.session, as: room.student)
            _ = try await client.ok("typing", ["on": true])
            _ = try await watcher.next { $0["typing"] == [101] }
            for _ in 0..<40 { _ = try await client.ok("typing", ["on": true]) }
            for round in 0..<20 { _ = try await client.ok("typing", ["on": .bool(round % 2 == 0)]) }
            _ = try await client.ok("typing", ["on": true])
            _ = try await client.ok("typing", ["on": false])
            _ = try await watcher.next { $0["typing"] == [] }
            // 62 changes within a moment, a tick is 250 ms: a handful of frames at most.
            let frames = try await watcher.takeReceived().filter { $0["typing"] != nil }
            #expect(frames.count < 10)
        }
    }

    @Test(arguments: [JSON.null, "yes", 1, []])
    func `typing wants true or false`(value: JSON) async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1)
            let (client, _) = try await hub.join(room.session, as: room.student)
            let error = try await client.refusal("typing", ["on": value])
            #expect(error["code"] == "invalid_field")
            #expect(error["field"] == "on")
        }
    }

    // MARK: - ping and language

    @Test func `ping answers the hub's time`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1)
            let (client, _) = try await hub.join(room.session, as: room.student)
            let before = hub.application.clock.now
            let text = try #require(try await client.ok("ping")["server_time"]?.stringValue)
            let time = try #require(Timestamp(text))
            #expect(time >= before && time <= hub.application.clock.now)
        }
    }

    @Test func `errors speak the language of the upgrade's Accept-Language`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1)
            let french = try await hub.open(room.session, headers: [("Accept-Language", "fr-CA, en;q=0.5")])
            try await french.hello(room.student.token)
            let error = try await french.refusal("chat.delete", ["id": 4711])
            #expect(error["message"]?.stringValue == "Ce message n’existe pas.")
        }
    }

    @Test func `the server pings, and who answers nothing is dropped and leaves`() async throws {
        try await TestHub.with({
            $0.limits.pingMilliseconds = 200
            $0.limits.pongMilliseconds = 2000
            $0.windows.grace = 100
        }) { hub in
            let room = try await hub.testCourse(students: 2)
            let dead = try await hub.open(room.session)
            await dead.ignorePings()
            try await dead.hello(room.students[0].token)
            let (alive, welcome) = try await hub.join(room.session, as: room.students[1])
            // Waiting for frames is also answering pings.
            _ = try await alive.presence(try PresencePicture(welcome["presence"] ?? .null), until: [102])
            #expect(await alive.pings > 0)
            // Nobody reads a Close frame there: the hub may leave it out (RFC 6455, 7.1.7).
            #expect([1006, 4002].contains(try await dead.closeCode()))
        }
    }
}
