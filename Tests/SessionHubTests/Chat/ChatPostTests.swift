import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

@Suite("Channel: chat.post", .timeLimit(.minutes(3)))
struct ChatPostTests {
    @Test(arguments: [1, 2])
    func `a message reaches everybody, its author included, in one order`(loops: Int) async throws {
        try await TestHub.with({ $0.loops = loops }) { hub in
            let room = try await hub.testCourse(students: 2)
            var clients: [WebSocketTestClient] = []
            for person in [room.teacher] + room.students {
                clients.append(try await hub.join(room.session, as: person).client)
            }
            let posted = try await clients[1].say("  Bonjour à tous 👋 ", clientID: "c1")
            #expect(posted["seq"] == 2)
            #expect(posted["duplicate"] == nil)
            let id = try #require(posted["id"]?.integerValue)
            _ = try await clients[0].say("Welcome", clientID: "c1")
            var streams: Set<String> = []
            for client in clients {
                let events = try await client.events(through: 3)
                streams.insert(JSON.array(events).text)
                var expected = JSONObject([
                    ("seq", 2), ("type", "chat.message"), ("at", events[0]["at"] ?? .null),
                    ("user", room.students[0].shown(as: "participant")), ("id", .integer(id)),
                ])
                for (name, value) in [("kind", "text"), ("text", "Bonjour à tous 👋"), ("client_id", "c1")] {
                    expected[name] = .string(value)
                }
                #expect(events[0] == .object(expected))
                #expect(events[1]["user"] == room.teacher.shown(as: "instructor"))
            }
            #expect(streams.count == 1)
        }
    }

    @Test(
        arguments: [
            ("client_id", .null), ("client_id", 7), ("client_id", ""),
            ("client_id", .string(String(repeating: "x", count: 65))),
            ("text", .null), ("text", 7), ("text", ""), ("text", " \n\t "), ("text", ["a"]), ("text", "a\u{0}b"),
            ("text", .string(String(repeating: "é", count: 4001))), ("kind", "poll"), ("kind", 1), ("anonymous", "yes"),
            ("anonymous", true), ("reply_to", 1), ("reply_to", "1"),
        ] as [(String, JSON)])
    func `a field of a wrong type or size is named`(field: String, value: JSON) async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1)
            let (client, _) = try await hub.join(room.session, as: room.student)
            var command = JSONObject([("client_id", "c"), ("text", "Hello")])
            command[field] = value
            let error = try await client.refusal("chat.post", .object(command))
            #expect(error["code"] == "invalid_field")
            #expect(error["field"]?.stringValue == field)
            #expect(error["message"]?.stringValue?.isEmpty == false)
            #expect(try await hub.number("SELECT COUNT(*) AS n FROM live_session_chat") == 0)
        }
    }

    @Test func `an answer needs a question of this session`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1)
            let other = try await hub.session(course: room.course)
            let (elsewhere, _) = try await hub.join(other, as: room.teacher)
            let foreign = try await elsewhere.ok("chat.post", ["client_id": "q", "kind": "question", "text": "Here?"])
            let (client, _) = try await hub.join(room.session, as: room.student)
            let text = try await client.say("no question", clientID: "t")
            for (replyTo, code, field) in [
                (JSON.null, "invalid_field", "reply_to"), (text["id"] ?? .null, "message_not_found", "reply_to"),
                (foreign["id"] ?? .null, "message_not_found", "reply_to"), (999, "message_not_found", "reply_to"),
            ] {
                let error = try await client.refusal(
                    "chat.post", ["client_id": "a", "kind": "answer", "text": "Yes", "reply_to": replyTo]
                )
                #expect(error["code"]?.stringValue == code)
                #expect(error["field"]?.stringValue == field)
            }
            let question = try await client.ok("chat.post", ["client_id": "q", "kind": "question", "text": "Why?"])
            let answer = try await client.ok(
                "chat.post",
                ["client_id": "b", "kind": "answer", "text": "Because", "reply_to": question["id"] ?? .null]
            )
            let event = try await client.events(through: answer["seq"]?.integerValue ?? 0).last
            #expect(event?["reply_to"] == question["id"])
            #expect(event?["kind"] == "answer")
        }
    }

    // MARK: - Once

    @Test(arguments: [1, 2])
    func `a retry with the same client id writes nothing and the first text wins`(loops: Int) async throws {
        try await TestHub.with({ $0.loops = loops }) { hub in
            let room = try await hub.testCourse(students: 2)
            let (client, _) = try await hub.join(room.session, as: room.students[0])
            let first = try await client.say("One", clientID: "same")
            for text in ["One", "Another"] {
                let again = try await client.say(text, clientID: "same")
                #expect(again["id"] == first["id"])
                #expect(again["seq"] == first["seq"])
                #expect(again["duplicate"] == true)
            }
            // Another connection of the same person, after a lost reply.
            let (retry, _) = try await hub.join(room.session, as: room.students[0])
            #expect(try await retry.say("One", clientID: "same")["duplicate"] == true)
            // The same words of somebody else are another message.
            let (neighbour, _) = try await hub.join(room.session, as: room.students[1])
            #expect(try await neighbour.say("One", clientID: "same")["duplicate"] == nil)
            let journal = try await hub.journal(room.session)
            #expect(journal.compactMap { $0.content["text"]?.stringValue } == ["One", "One"])
        }
    }

    @Test func `many retries at once write one message`() async throws {
        try await TestHub.with({ $0.limits.postsPerUser = 0 }) { hub in
            let room = try await hub.testCourse(students: 1)
            let (client, _) = try await hub.join(room.session, as: room.student)
            var refs: [Int64] = []
            for _ in 0..<20 { refs.append(try await client.post("chat.post", ["client_id": "x", "text": "Once"])) }
            var duplicates = 0
            for ref in refs where try await client.reply(to: ref)["ok"]?["duplicate"] == true { duplicates += 1 }
            #expect(duplicates == 19)
            #expect(try await hub.number("SELECT COUNT(*) AS n FROM live_session_chat") == 1)
        }
    }

    @Test func `a retry is still answered after a delete, the end of the class and its aftertalk's rules`() async throws
    {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1)
            let (client, _) = try await hub.join(room.session, as: room.student)
            let first = try await client.say("One", clientID: "same")
            try await hub.expectOK(
                "PUT", "/api/live-sessions/\(room.session)", token: room.teacher.token, json: ["is_chat_enabled": false]
            )
            #expect(
                try await client.refusal("chat.post", ["client_id": "n", "text": "New"])["code"] == "chat_disabled")
            #expect(try await client.say("One", clientID: "same")["duplicate"] == true)
            _ = try await client.ok("chat.delete", ["id": first["id"] ?? .null])
            #expect(try await client.say("One", clientID: "same")["seq"] == first["seq"])
            try await hub.endClass(room)
            let last = try await client.say("One", clientID: "same")
            #expect(last["id"] == first["id"])
            #expect(last["duplicate"] == true)
            // Deleted stays deleted.
            #expect(try await hub.number("SELECT COUNT(*) AS n FROM live_session_chat WHERE message IS NOT NULL") == 0)
        }
    }

    // MARK: - Anonymous questions

    @Test func `nobody reads who asked an anonymous question, hosts and the author included`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 2)
            let (author, welcome) = try await hub.join(room.session, as: room.students[0])
            let epoch = try #require(welcome["epoch"]?.stringValue)
            let (teacher, _) = try await hub.join(room.session, as: room.teacher)
            let (neighbour, _) = try await hub.join(room.session, as: room.students[1])
            let question = try await author.ok(
                "chat.post", ["client_id": "q", "kind": "question", "text": "May I ask?", "anonymous": true]
            )
            let seq = try #require(question["seq"]?.integerValue)
            let event = try #require(try await author.events(through: seq).last)
            #expect(event["user"] == .null)
            #expect(event["anonymous"] == true)
            for client in [teacher, neighbour] {
                #expect(try await client.events(through: seq).last?.text == event.text)
                let page = try await client.ok("history", ["after_seq": .integer(seq - 1)])
                #expect(page["events"]?.arrayValue?.first?.text == event.text)
            }
            let (_, resumed) = try await hub.join(room.session, as: room.teacher, resume: (seq: seq - 1, epoch: epoch))
            #expect(resumed["events"]?.arrayValue?.first?.text == event.text)
            for path in ["chat", "events"] {
                let data = try await hub.expectOK(
                    "GET", "/api/live-sessions/\(room.session)/\(path)", token: room.teacher.token
                )
                #expect(!data.mentions(101))
            }
            // The journal's row itself does not hold it.
            let stored = try await hub.journal(room.session)
            #expect(stored.last?.actor == nil)
            #expect(stored.last?.payload == ["state": "open"])
        }
    }

    @Test func `an anonymous question deleted by its author does not give the author away`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 2)
            let (author, _) = try await hub.join(room.session, as: room.students[0])
            let (teacher, _) = try await hub.join(room.session, as: room.teacher)
            let question = try await author.ok(
                "chat.post", ["client_id": "q", "kind": "question", "text": "Oops", "anonymous": true]
            )
            let deleted = try await author.ok("chat.delete", ["id": question["id"] ?? .null])
            let events = try await teacher.events(through: deleted["seq"]?.integerValue ?? 0)
            #expect(events.last?["type"] == "chat.deleted")
            #expect(!JSON.array(events).mentions(101))
        }
    }

    // MARK: - Refused by state

    @Test func `posting too fast is refused with the time to wait and nothing is lost`() async throws {
        try await TestHub.with({
            $0.limits.postsPerUser = 1
            $0.limits.postsPerUserBurst = 3
        }) { hub in
            let room = try await hub.testCourse(students: 2)
            let (client, _) = try await hub.join(room.session, as: room.students[0])
            var accepted = 0
            var refs: [Int64] = []
            for index in 0..<40 {
                refs.append(try await client.post("chat.post", ["client_id": "\(index)", "text": "\(index)"]))
            }
            for ref in refs {
                let reply = try await client.reply(to: ref)
                if reply["ok"] != nil {
                    accepted += 1
                } else {
                    #expect(reply["error"]?["code"] == "rate_limited")
                    #expect((1...1000).contains(reply["error"]?["retry_after_ms"]?.integerValue ?? 0))
                }
            }
            #expect((3..<40).contains(accepted))
            // Others are not concerned.
            let (neighbour, _) = try await hub.join(room.session, as: room.students[1])
            _ = try await neighbour.say("mine", clientID: "n")
            #expect(
                try await hub.journal(room.session).compactMap { $0.content["text"]?.stringValue }.count == accepted + 1
            )
        }
    }

    @Test func `the rate of posting is a person's, not a connection's`() async throws {
        try await TestHub.with({
            $0.limits.postsPerUser = 1
            $0.limits.postsPerUserBurst = 2
        }) { hub in
            let room = try await hub.testCourse(students: 1)
            var refused = 0
            for connection in 0..<6 {
                let (client, _) = try await hub.join(room.session, as: room.student)
                for index in 0..<4 {
                    let command: JSON = ["client_id": "\(connection).\(index)", "text": "again"]
                    if try await client.request("chat.post", command)["error"] != nil { refused += 1 }
                }
            }
            #expect(refused > 0)
        }
    }

    @Test func `commands that come too fast are refused one by one and the connection stays`() async throws {
        try await TestHub.with({ $0.limits.commandsPerConnection = 5 }) { hub in
            let room = try await hub.testCourse(students: 1)
            let (client, _) = try await hub.join(room.session, as: room.student)
            var refs: [Int64] = []
            for _ in 0..<60 { refs.append(try await client.post("ping")) }
            var refused = 0
            for ref in refs where try await client.reply(to: ref)["error"]?["code"] == "rate_limited" { refused += 1 }
            #expect((1..<60).contains(refused))
        }
    }

    @Test func `posting works while waiting for the start and stops with the membership`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1, isLive: false)
            let (client, _) = try await hub.join(room.session, as: room.student)
            _ = try await client.say("Waiting", clientID: "w")
            try await hub.enroll(101, in: room.course, isActive: false)
            let (bye, code) = try await client.farewell()
            #expect(bye["reconnect"] == false)
            #expect(code == 4502)
        }
    }
}
