import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

@Suite("Channel: frames", .timeLimit(.minutes(3)))
struct FrameRuleTests {
    private func joined<Value: Sendable>(
        _ body: (WebSocketTestClient, WebSocketTestClient) async throws -> Value
    ) async throws -> Value {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 2)
            let client = try await hub.join(room.session, as: room.students[0]).client
            let bystander = try await hub.join(room.session, as: room.students[1]).client
            let value = try await body(client, bystander)
            _ = try await bystander.ok("ping")
            return value
        }
    }

    @Test func `a binary frame closes with 1003`() async throws {
        try await joined { client, _ in
            try await client.send(WebSocketFrame(.binary, [1, 2, 3]))
            #expect(try await client.closeCode() == 1003)
        }
    }

    @Test func `a message over the limit closes with 1009`() async throws {
        try await joined { client, _ in
            try await client.send(WebSocketFrame(.text, [UInt8](repeating: 0x20, count: 65_537)))
            #expect(try await client.closeCode() == 1009)
        }
    }

    @Test func `a new message inside an unfinished one closes with 1002`() async throws {
        try await joined { client, _ in
            try await client.send(WebSocketFrame(.text, [0x7B], isFinal: false))
            try await client.send(WebSocketFrame(.text, [0x7D]))
            #expect(try await client.closeCode() == 1002)
        }
    }

    @Test func `fragments that add up to too much close with 1009`() async throws {
        try await joined { client, _ in
            let piece = [UInt8](repeating: 0x20, count: 33_000)
            try await client.send(WebSocketFrame(.text, piece, isFinal: false))
            try await client.send(WebSocketFrame(.continuation, piece))
            #expect(try await client.closeCode() == 1009)
        }
    }

    @Test func `a command of exactly the limit is answered`() async throws {
        try await joined { client, _ in
            let command = Array(#"{"ref":7,"type":"ping"}"#.utf8)
            let padding = [UInt8](repeating: 0x20, count: 65_536 - command.count)
            try await client.send(WebSocketFrame(.text, padding + command))
            #expect(try await client.reply(to: 7)["ok"] != nil)
        }
    }

    @Test func `a command in many fragments, a ping among them, is one command`() async throws {
        try await joined { client, _ in
            try await client.send(WebSocketFrame(.text, Array(#"{"ref":7,"#.utf8), isFinal: false))
            try await client.send(WebSocketFrame(.ping, [9]))
            try await client.send(WebSocketFrame(.continuation, Array(#""type":"#.utf8), isFinal: false))
            try await client.send(WebSocketFrame(.continuation, Array(#""ping"}"#.utf8)))
            #expect(try await client.reply(to: 7)["ok"] != nil)
        }
    }

    @Test(arguments: [[UInt8](arrayLiteral: 0xC3, 0x28), [0x22, 0xFF, 0x22], [0xED, 0xA0, 0x80], [0xF0, 0x9F]])
    func `text that is no UTF-8 closes with 1007`(bytes: [UInt8]) async throws {
        try await joined { client, _ in
            try await client.send(WebSocketFrame(.text, bytes))
            #expect(try await client.closeCode() == 1007)
        }
    }

    @Test(arguments: ["{", "7", "null", #""hello""#, "[1,2]", #"{"ref":1,"ref":2,"type":"ping"}"#, ""])
    func `a frame that is no JSON object is told so and the connection stays`(text: String) async throws {
        try await joined { client, _ in
            try await client.send(text: text)
            let answer = try await client.next { $0["error"] != nil }
            #expect(answer["ref"] == .null)
            #expect(answer["error"]?["code"] == "bad_json")
            _ = try await client.ok("ping")
        }
    }

    // Found from outside, no. 36
    @Test(arguments: [
        #""text":"caf\ud83d""#, #""text":"\udc00""#, #""x":1e999"#, #""x":1,"x":2"#, "\"text\":\"a\u{1}b\"",
        #""x":\#(String(repeating: "[", count: 40) + String(repeating: "]", count: 40))"#, #""x":undefined"#,
    ])
    func `a frame that is refused whole is answered with its ref, and the next post is taken`(rest: String) async throws
    {
        try await joined { client, _ in
            try await client.send(text: #"{"ref":71,"type":"chat.post","client_id":"c",\#(rest)}"#)
            let answer = try await client.reply(to: 71)
            #expect(answer["error"]?["code"] == "bad_json")
            _ = try await client.say("the next one", clientID: "d")
        }
    }

    @Test func `JSON that is nested too deep is told so and the connection stays`() async throws {
        try await joined { client, _ in
            let deep = String(repeating: "[", count: 40) + String(repeating: "]", count: 40)
            try await client.send(text: #"{"ref":1,"type":"ping","x":\#(deep)}"#)
            #expect(try await client.next { $0["error"] != nil }["error"]?["code"] == "bad_json")
            _ = try await client.ok("ping")
        }
    }

    @Test(arguments: [
        (#"{"type":"ping"}"#, JSON.null), (#"{"ref":"1","type":"ping"}"#, .null), (#"{"ref":-1,"type":"ping"}"#, .null),
        (#"{"ref":1.5,"type":"ping"}"#, .null), (#"{"ref":9007199254740992,"type":"ping"}"#, .null),
        (#"{"ref":5}"#, 5), (#"{"ref":5,"type":7}"#, 5), (#"{"ref":5,"type":null}"#, 5),
    ])
    func `ref and type are required and have their types`(text: String, ref: JSON) async throws {
        try await joined { client, _ in
            try await client.send(text: text)
            let answer = try await client.next { $0["error"] != nil }
            #expect(answer["ref"] == ref)
            #expect(answer["error"]?["code"] == "invalid_field")
            _ = try await client.ok("ping")
        }
    }

    @Test(arguments: [
        "question.ask", "question", "hand.raise", "material", "task", "moderation", "moderation.kick", "chat.lock",
        "co-host",
        "nonsense", "",
    ])
    func `an unknown type is answered and the connection stays`(type: String) async throws {
        try await joined { client, _ in
            let error = try await client.refusal(type)
            #expect(error["code"]?.stringValue == (type.isEmpty ? "invalid_field" : "unknown_type"))
            #expect(error["field"] == "type")
            _ = try await client.ok("ping")
        }
    }

    @Test func `unknown fields are ignored`() async throws {
        try await joined { client, _ in
            _ = try await client.ok("ping", ["colour": ["red"], "x": nil])
        }
    }

    @Test func `a second hello is a conflict and changes nothing`() async throws {
        try await joined { client, _ in
            #expect(try await client.refusal("hello", ["token": "x"])["code"] == "conflict")
            _ = try await client.ok("ping")
        }
    }

    @Test func `every command gets exactly one reply, refs may repeat`() async throws {
        try await joined { client, _ in
            for _ in 0..<3 { try await client.send(["ref": 4, "type": "ping"]) }
            for _ in 0..<3 { #expect(try await client.reply(to: 4)["ok"] != nil) }
            _ = try await client.ok("ping")
            #expect(try await client.takeReceived().filter { $0["ref"] != nil } == [])
        }
    }
}
