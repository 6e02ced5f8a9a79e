import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// How a class may talk, and the list of what hosts did.
@Suite("Moderation: rules of the chat, audit", .timeLimit(.minutes(3)))
struct ChatRuleTests {
    private static func post(_ text: String, _ kind: String = "text") -> JSON {
        ["client_id": .string(text), "text": .string(text), "kind": .string(kind)]
    }

    @Test func `members write what the mode allows, hosts always`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            let (teacher, _) = try await room.enter(session, .teacher)
            let (awa, welcome) = try await room.enter(session, .awa)
            #expect(welcome["session"]?["chat_mode"] == "open" && welcome["session"]?["slow_mode_seconds"] == 0)
            _ = try await teacher.ok("chat.mode", ["mode": "questions"])
            #expect(try await awa.event("session.updated")["changes"] == ["chat_mode": "questions"])
            let refused = try await awa.refusal("chat.post", Self.post("text"))
            #expect(refused["code"] == "chat_locked" && refused["message"] == "Only questions may be posted now.")
            _ = try await awa.ok("chat.post", Self.post("why", "question"))
            _ = try await teacher.ok("chat.post", Self.post("because"))
            _ = try await teacher.ok("chat.mode", ["mode": "locked"])
            for kind in ["text", "question"] {
                #expect(try await awa.refusal("chat.post", Self.post("no \(kind)", kind))["code"] == "chat_locked")
            }
            _ = try await teacher.ok("chat.post", Self.post("listen"))
            // By REST as well, and after the class, while people may still talk.
            try await room.end(session)
            let path = "/api/live-sessions/\(session)"
            #expect(try data(await room.put(path, as: .teacher, ["chat_mode": "open"]))["chat_mode"] == "open")
            _ = try await awa.ok("chat.post", Self.post("thanks"))
            for mode in ["closed", 1, .null] as [JSON] {
                let error = try await teacher.refusal("chat.mode", ["mode": mode])
                #expect(error["code"] == "invalid_field" && error["field"] == "mode")
            }
        }
    }

    @Test func `in slow mode a member waits between two posts`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            let (teacher, _) = try await room.enter(session, .teacher)
            let (awa, _) = try await room.enter(session, .awa)
            _ = try await teacher.ok("chat.slow", ["seconds": 30])
            _ = try await awa.ok("chat.post", Self.post("one"))
            room.clock.advance(seconds: 10)
            let refused = try await awa.refusal("chat.post", Self.post("two"))
            #expect(refused["code"] == "slow_mode")
            #expect((1...20_000).contains(refused["retry_after_ms"]?.integerValue ?? 0), "\(refused.text)")
            #expect(try await awa.ok("chat.post", Self.post("one"))["duplicate"] == true)
            for text in ["a", "b"] { _ = try await teacher.ok("chat.post", Self.post(text)) }
            room.clock.advance(seconds: 20)
            _ = try await awa.ok("chat.post", Self.post("two"))
            _ = try await teacher.ok("chat.slow", ["seconds": 0])
            _ = try await awa.ok("chat.post", Self.post("three"))
            for seconds in [-1, 601, "30", .null] as [JSON] {
                let error = try await teacher.refusal("chat.slow", ["seconds": seconds])
                #expect(error["code"] == "invalid_field" && error["field"] == "seconds")
            }
        }
    }

    @Test func `every act stands in the list, with who, whom and why, for hosts only`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            let (teacher, _) = try await room.enter(session, .teacher)
            let (awa, _) = try await room.enter(session, .awa)
            let said = try await awa.say("rude", clientID: "1")
            let asked = try await awa.ok(
                "chat.post", ["client_id": "2", "text": "who?", "kind": "question", "anonymous": true])
            let own = try await awa.say("oops", clientID: "3")
            _ = try await awa.ok("chat.delete", ["id": own["id"] ?? .null])
            _ = try await teacher.ok("chat.delete", ["id": said["id"] ?? .null])
            _ = try await teacher.ok("chat.delete", ["id": asked["id"] ?? .null])
            let path = "/api/live-sessions/\(session)"
            _ = try data(await room.put(path, as: .assistant, ["chat_mode": "locked", "slow_mode_seconds": 5]))
            _ = try await teacher.ok("moderation.mute", ["user_id": .integer(Someone.awa.id), "reason": "Rude"])
            let acts = try data(await room.get("\(path)/moderation", as: .teacher)).arrayValue ?? []
            #expect(
                acts.map { $0["action"] } == ["mute", "chat.slow", "chat.mode", "chat.delete", "chat.delete"],
                "the newest first, and not what people do to their own")
            #expect(acts.map { $0["by"]?["id"]?.integerValue } == [10, 11, 11, 10, 10])
            #expect(
                acts.map { $0["user"]?["id"]?.integerValue } == [20, nil, nil, nil, 20],
                "the author of an anonymous question stands nowhere")
            #expect(acts.map { $0["message_id"] } == [.null, .null, .null, asked["id"], said["id"]])
            #expect(acts.map { $0["value"] } == [.null, "5", "locked", .null, .null])
            #expect(acts.first?["reason"] == "Rude" && acts.first?["until"] == .null)
            let page = try await room.get("\(path)/moderation?limit=2&page=3", as: .teacher)
            #expect(page.json["data"]?.arrayValue?.map { $0["message_id"] } == [said["id"]])
            #expect(page.json["pagination"]?["total"] == 5)
            // Of the acts a member learns what was done to themselves.
            let seen = try data(await room.get("\(path)/events?limit=200", as: .awa))["events"]?.arrayValue ?? []
            #expect(seen.filter { $0["type"] == "moderation.updated" }.map { $0["reason"] } == ["Rude"])
            let others = try await room.get("\(path)/events?limit=200", as: .koffi)
            #expect(!others.text.contains("Rude") && !others.text.contains("moderation.updated"))
        }
    }
}
