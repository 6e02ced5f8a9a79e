import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

@Suite("Channel: welcome and resume", .timeLimit(.minutes(3)))
struct ResumeTests {
    @Test func `the welcome holds the session, oneself, the newest events, the people and the limits`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1)
            let (_, first) = try await hub.join(room.session, as: room.student)
            #expect(first["type"] == "welcome")
            #expect(first["seq"] == 1)
            #expect(first["resumed"] == false)
            #expect(first["events"]?.arrayValue?.count == 1)
            #expect(first["events"]?.arrayValue?.first?["type"] == "session.started")
            #expect(first["epoch"]?.stringValue?.isEmpty == false)
            #expect(
                first["me"]?["user"] == room.student.shown(as: "participant") && first["me"]?["role"] == "participant"
            )
            #expect(
                first["me"]?["permissions"]
                    == [
                        "chat.post", "chat.delete", "typing", "history", "presence.list", "token.refresh", "ping",
                        "hand", "reaction", "question.vote",
                    ]
            )
            #expect(first["session"]?["id"]?.integerValue == room.session)
            #expect(first["session"]?["status"] == "live")
            #expect(first["session"]?["title"] == "A class")
            #expect(first["session"]?["instructor"]?["id"] == 2)
            #expect(first["session"]?["course"] == ["id": 1, "title": "Course 1"])
            #expect(first["limits"] == hub.application.configuration.limits.json)
            #expect(first["server_time"]?.stringValue?.hasSuffix("Z") == true)
        }
    }

    @Test func `the welcome tells nobody the password, the join address or an e-mail`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1)
            for person in [room.student, room.teacher] {
                let (_, welcome) = try await hub.join(room.session, as: person)
                #expect(!welcome.text.contains("password"))
                #expect(!welcome.text.contains("join_url"))
                #expect(!welcome.text.contains("@"))
            }
        }
    }

    @Test func `hosts have the host's permissions under their own role`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1)
            for (person, role) in [(room.teacher, "instructor"), (room.assistant, "moderator")] {
                let (_, welcome) = try await hub.join(room.session, as: person)
                #expect(welcome["me"]?["user"] == person.shown(as: role))
                let permissions = welcome["me"]?["permissions"]?.arrayValue?.compactMap(\.stringValue) ?? []
                #expect(
                    Set(["session.start", "session.end", "session.update", "chat.delete.any"]).isSubset(of: permissions)
                )
            }
        }
    }

    @Test(arguments: [1, 2])
    func `a resume brings exactly the events that were missed`(loops: Int) async throws {
        try await TestHub.with({ $0.loops = loops }) { hub in
            let room = try await hub.testCourse(students: 2)
            let (teacher, welcome) = try await hub.join(room.session, as: room.teacher)
            let epoch = try #require(welcome["epoch"]?.stringValue)
            let (student, _) = try await hub.join(room.session, as: room.student)
            for index in 0..<9 { _ = try await teacher.say("Message \(index)", clientID: "\(index)") }
            let live = try await student.events(through: 10)
            await student.drop()
            let (_, resumed) = try await hub.join(room.session, as: room.student, resume: (seq: 4, epoch: epoch))
            #expect(resumed["resumed"] == true)
            #expect(resumed["seq"] == 10)
            #expect(resumed["epoch"]?.stringValue == epoch)
            // To the byte what was delivered live.
            #expect(resumed["events"]?.arrayValue?.map(\.text) == live.dropFirst(3).map(\.text))
            #expect(live.map { $0["seq"]?.integerValue } == Array(2...10))
            let (_, current) = try await hub.join(room.session, as: room.student, resume: (seq: 10, epoch: epoch))
            #expect(current["resumed"] == true)
            #expect(current["events"] == [])
        }
    }

    @Test func `a resume of another epoch, or from beyond the head, starts afresh`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1)
            let (client, welcome) = try await hub.join(room.session, as: room.student)
            let epoch = try #require(welcome["epoch"]?.stringValue)
            _ = try await client.say("Hello", clientID: "1")
            for position in [(seq: Int64(1), epoch: "0000"), (seq: 3, epoch: epoch), (seq: Int64.max, epoch: epoch)] {
                let (_, afresh) = try await hub.join(room.session, as: room.student, resume: position)
                #expect(afresh["resumed"] == false)
                #expect(afresh["seq"] == 2)
                #expect(afresh["events"]?.arrayValue?.count == 2)
                #expect(afresh["epoch"]?.stringValue == epoch)
            }
        }
    }

    @Test func `a gap of a thousand events is bridged and one of a thousand and one is not`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1)
            try await hub.append(1101, to: room.session)
            let (_, welcome) = try await hub.join(room.session, as: room.student)
            let epoch = try #require(welcome["epoch"]?.stringValue)
            #expect(welcome["seq"] == 1102)
            #expect(welcome["events"]?.arrayValue?.compactMap { $0["seq"]?.integerValue } == Array(1003...1102))
            let (_, near) = try await hub.join(room.session, as: room.student, resume: (seq: 102, epoch: epoch))
            #expect(near["resumed"] == true)
            #expect(near["events"]?.arrayValue?.compactMap { $0["seq"]?.integerValue } == Array(103...1102))
            let (_, far) = try await hub.join(room.session, as: room.student, resume: (seq: 101, epoch: epoch))
            #expect(far["resumed"] == false)
            #expect(far["events"]?.arrayValue?.count == 100)
        }
    }

    @Test func `a welcome is bounded in bytes and history pages through the rest without a hole`() async throws {
        try await TestHub.with({ $0.limits.postsPerUser = 0 }) { hub in
            let room = try await hub.testCourse(students: 1)
            let (teacher, first) = try await hub.join(room.session, as: room.teacher)
            let epoch = try #require(first["epoch"]?.stringValue)
            let long = String(repeating: "é", count: 4000)
            for index in 0..<60 { _ = try await teacher.say(long, clientID: "\(index)") }
            let (client, welcome) = try await hub.join(room.session, as: room.student, resume: (seq: 1, epoch: epoch))
            // 480 KiB do not fit into 256.
            #expect(welcome["resumed"] == false)
            #expect(welcome.encoded().count < 300 * 1024)
            var events = welcome["events"]?.arrayValue ?? []
            var isMore = true
            while isMore, let oldest = events.first?["seq"] {
                let page = try await client.ok("history", ["before_seq": oldest, "limit": 200])
                events = (page["events"]?.arrayValue ?? []) + events
                isMore = page["more"] == true
            }
            #expect(events.map { $0["seq"]?.integerValue } == Array(1...61))
        }
    }

    @Test func `a resume asks again who may come in`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1)
            let (client, welcome) = try await hub.join(room.session, as: room.student)
            let epoch = try #require(welcome["epoch"]?.stringValue)
            await client.drop()
            try await hub.enroll(101, in: room.course, isActive: false)
            let back = try await hub.open(room.session)
            #expect(
                try await back.refusedHello(room.student.token, resume: (seq: 1, epoch: epoch))["code"]
                    == "session_not_found"
            )
        }
    }

    @Test func `positions outlive a restart of the hub`() async throws {
        let folder = try TestFolder()
        let (room, epoch) = try await TestHub.with(folder: folder) { hub in
            let room = try await hub.testCourse(students: 1)
            let (client, welcome) = try await hub.join(room.session, as: room.student)
            for index in 0..<3 { _ = try await client.say("\(index)", clientID: "\(index)") }
            return (room, try #require(welcome["epoch"]?.stringValue))
        }
        try await TestHub.with(folder: folder) { hub in
            let (client, welcome) = try await hub.join(room.session, as: room.student, resume: (seq: 2, epoch: epoch))
            #expect(welcome["resumed"] == true)
            #expect(welcome["events"]?.arrayValue?.map { $0["text"] } == ["1", "2"])
            #expect(try await client.say("after", clientID: "3")["seq"] == 5)
        }
    }
}
