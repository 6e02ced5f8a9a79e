import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

extension Classroom {
    func moderate(_ session: Int64, as host: Someone, _ fields: JSON) async throws -> TestResponse {
        try await post("/api/live-sessions/\(session)/moderation", as: host, fields)
    }
}

/// What hosts impose on somebody, over real sockets.
@Suite("Moderation: mute, remove, ban", .timeLimit(.minutes(3)))
struct SanctionTests {
    private static let awa = JSON.integer(Someone.awa.id)

    @Test func `whoever is muted posts nothing until the time is over or a host says so`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            let (teacher, _) = try await room.enter(session, .teacher)
            let (awa, _) = try await room.enter(session, .awa)
            let (koffi, _) = try await room.enter(session, .koffi)
            let first = try await awa.say("before", clientID: "known")
            let muted = try await teacher.ok(
                "moderation.mute", ["user_id": Self.awa, "seconds": 60, "reason": "Too loud"])
            let seq = try #require(muted["seq"]?.integerValue)
            let told = try await awa.event("moderation.updated")
            #expect(told["action"] == "mute" && told["user_id"] == Self.awa && told["reason"] == "Too loud")
            #expect(told["by"]?["id"] == .integer(Someone.teacher.id) && told["until"]?.stringValue != nil)
            #expect(try await koffi.events(through: seq).last == ["seq": .integer(seq), "type": "withheld"])

            let refused = try await awa.refusal("chat.post", ["client_id": "a", "text": "psst"])
            #expect(refused["code"] == "muted")
            #expect((1...60_000).contains(refused["retry_after_ms"]?.integerValue ?? 0), "\(refused.text)")
            // What was said before is answered first, as ever.
            let again = try await awa.ok("chat.post", ["client_id": "known", "text": "before"])
            #expect(again["duplicate"] == true && again["id"] == first["id"])
            #expect(try await room.enter(session, .awa).welcome["me"]?["muted"] == ["until": told["until"] ?? .null])
            let overview = try await room.enter(session, .teacher).welcome["moderation"]
            #expect(overview == ["muted": [["user_id": Self.awa, "until": told["until"] ?? .null]], "banned": []])
            #expect(try await room.enter(session, .koffi).welcome["moderation"] == nil)

            room.clock.advance(seconds: 61)
            _ = try await awa.say("after", clientID: "b")
            let endless = try await teacher.ok("moderation.mute", ["user_id": Self.awa])
            #expect(try await teacher.ok("moderation.mute", ["user_id": Self.awa]) == endless, "no second event")
            let closed = try await awa.refusal("chat.post", ["client_id": "c", "text": "psst"])
            #expect(closed["code"] == "muted" && closed["retry_after_ms"] == nil)
            #expect(try await room.enter(session, .awa).welcome["me"]?["muted"] == ["until": .null])
            _ = try await teacher.ok("moderation.unmute", ["user_id": Self.awa])
            _ = try await awa.say("at last", clientID: "d")
            #expect(try await room.enter(session, .awa).welcome["me"]?["muted"] == .null)
        }
    }

    @Test(arguments: [1, 2])
    func `whoever is removed goes at once, on every loop, and may come in again`(loops: Int) async throws {
        try await Classroom.with({ $0.loops = loops }) { room in
            let session = try await room.live()
            let (teacher, _) = try await room.enter(session, .teacher)
            var tabs: [WebSocketTestClient] = []
            for _ in 0..<4 { tabs.append(try await room.enter(session, .awa).client) }
            _ = try await teacher.next { frame in
                frame["presence"]?["joined"]?.arrayValue?.contains { $0["id"] == Self.awa } == true
            }
            #expect(try await room.row(session).seatedCount == 1)
            let removed = try await teacher.ok("moderation.remove", ["user_id": Self.awa, "reason": "Enough"])
            for tab in tabs { #expect(try await tab.farewell().code == 4503) }
            // Nobody waits for them as for a connection that broke.
            _ = try await teacher.next { $0["presence"]?["left"]?.arrayValue == [Self.awa] }
            #expect(try await room.row(session).seatedCount == 0)
            let token = try await room.post("/api/live-sessions/\(session)/jitsi-token", as: .awa)
            expectRefusal(token, 400, .notJoined)
            #expect(try await teacher.ok("moderation.remove", ["user_id": Self.awa]) == removed, "nobody is there")
            let (back, welcome) = try await room.enter(session, .awa)
            #expect(welcome["me"]?["user"]?["id"] == Self.awa)
            _ = try await back.say("I am back", clientID: "1")
            #expect(try await room.row(session).seatedCount == 1)
        }
    }

    @Test func `whoever talks on after the class can be removed as well`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            let (teacher, _) = try await room.enter(session, .teacher)
            let (awa, _) = try await room.enter(session, .awa)
            try await room.end(session)
            _ = try await teacher.ok("moderation.remove", ["user_id": Self.awa])
            #expect(try await awa.farewell().code == 4503)
            let (back, _) = try await room.enter(session, .awa)
            _ = try await back.say("Sorry", clientID: "1")
        }
    }

    @Test func `a hand of somebody who is banned from the course is passed over`() async throws {
        try await Classroom.with { room in
            let (session, other) = (try await room.live(), try await room.live())
            let (teacher, _) = try await room.enter(other, .teacher)
            for person in [Someone.awa, .koffi] {
                _ = try await room.enter(other, person).client.ok("hand", ["up": true])
            }
            let caller = try room.application.tokens.caller(from: room.token(.teacher), nowSeconds: room.nowSeconds)
            // In one transaction, so that the closing of her connection cannot lower the hand before.
            let called = try await room.application.journal.write(.sessions) { transaction in
                let host = try SessionAccess.load(session: session, for: caller, in: transaction.connection)
                let fields = Fields(JSONObject([("user_id", Self.awa), ("scope", "course")]))
                _ = try ModerationOperations().carryOut(
                    ModerationRequest(.ban, fields), as: host, by: caller, in: transaction)
                let there = try SessionAccess.load(session: other, for: caller, in: transaction.connection)
                return try HandOperations.callNext(as: there, in: transaction)
            }
            #expect(called == Someone.koffi.id)
            #expect(try await teacher.event("hand.called")["user_id"] == .integer(Someone.koffi.id))
        }
    }

    @Test func `nothing that was queued behind a removal is committed`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            let (awa, _) = try await room.enter(session, .awa)
            let caller = try room.application.tokens.caller(from: room.token(.awa), nowSeconds: room.nowSeconds)
            let teacher = try room.application.tokens.caller(from: room.token(.teacher), nowSeconds: room.nowSeconds)
            let work = try ChannelAPI.standard.work(
                for: ClientCommand(
                    frame: Array(#"{"ref":1,"type":"chat.post","client_id":"x","text":"quick"}"#.utf8),
                    mostBytes: 1000))
            guard case .write(let post) = work else {
                Issue.record("a post is a write")
                return
            }
            // Both stand in one batch of the writer, in this order.
            try await room.application.journal.write(.session(session)) { transaction in
                let host = try SessionAccess.load(session: session, for: teacher, in: transaction.connection)
                let request = try ModerationRequest(.remove, Fields(JSONObject([("user_id", Self.awa)])))
                _ = try ModerationOperations().carryOut(request, as: host, by: teacher, in: transaction)
                let call = ChannelCall(
                    session: session, caller: caller, isLive: true, steady: transaction.moment.steady)
                let error = #expect(throws: HubError.self) { try post.run(call, transaction) }
                #expect(error?.code == .removed)
            }
            #expect(try await awa.farewell().code == 4503)
        }
    }

    @Test(arguments: ["session", "course"])
    func `whoever is banned is out of everything until a host takes it back`(scope: String) async throws {
        try await Classroom.with { room in
            let (session, other) = (try await room.live(), try await room.live())
            let (teacher, _) = try await room.enter(session, .teacher)
            let (awa, _) = try await room.enter(session, .awa)
            let (elsewhere, _) = try await room.enter(other, .awa)
            try await room.join(session, .awa)
            _ = try await teacher.ok("moderation.ban", ["user_id": Self.awa, "scope": .string(scope)])
            #expect(try await awa.farewell().code == 4504)
            if scope == "course" { #expect(try await elsewhere.farewell().code == 4504) }
            let again = try await room.open(session)
            #expect(try await again.refusedHello(room.token(.awa))["code"] == "banned")
            #expect(try await again.farewell().code == 4504)
            let path = "/api/live-sessions/\(session)"
            expectRefusal(try await room.post("\(path)/join", as: .awa), 403, .banned)
            expectRefusal(try await room.post("\(path)/jitsi-token", as: .awa), 403, .banned)
            for rest in ["", "/chat", "/events", "/participants", "/presence"] {
                expectRefusal(try await room.get(path + rest, as: .awa), 403, .banned)
            }
            // Lists still name the class; in a room that needs no token its name would be the way in.
            for list in ["/api/courses/1/live-sessions", "/api/student/live-sessions"] {
                let text = try await room.get(list, as: .awa).text
                #expect(!text.contains(try await room.row(session).roomName), "\(list)")
            }
            #expect(try await room.row(session).seatedCount == 0)
            let bans = try data(await room.get("/api/courses/1/bans", as: .teacher)).arrayValue ?? []
            #expect(bans.map { $0["user"]?["id"] } == [Self.awa] && bans.map { $0["scope"] } == [.string(scope)])
            #expect(
                try await room.enter(session, .assistant).welcome["moderation"] == ["muted": [], "banned": [Self.awa]])
            // A second ban of the same kind is none; a wider one is.
            let head = try await room.row(session).headSeq
            _ = try await teacher.ok("moderation.ban", ["user_id": Self.awa, "scope": .string(scope)])
            #expect(try await room.row(session).headSeq == head)
            _ = try await teacher.ok("moderation.unban", ["user_id": Self.awa])
            #expect(try data(await room.get("/api/courses/1/bans", as: .teacher)) == [])
            _ = try await room.enter(session, .awa)
        }
    }

    @Test func `nobody moderates somebody of equal or higher standing, nor themselves`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            let refusals: [(host: Someone, target: Someone)] = [
                (.assistant, .teacher), (.assistant, .admin), (.teacher, .admin), (.teacher, .teacher),
                (.assistant, .assistant), (.admin, .admin),
            ]
            for (host, target) in refusals {
                for action in ["mute", "remove", "ban"] {
                    let answer = try await room.moderate(
                        session, as: host, ["action": .string(action), "user_id": .integer(target.id)])
                    expectRefusal(answer, 403, .forbidden, field: "user_id")
                }
            }
            for (host, target) in [(.teacher, .assistant), (.admin, .teacher), (.assistant, .awa)]
                as [(Someone, Someone)]
            {
                let answer = try await room.moderate(
                    session, as: host, ["action": "mute", "user_id": .integer(target.id), "seconds": 5])
                _ = try data(answer)
            }
            let unknown = try await room.moderate(session, as: .teacher, ["action": "ban", "user_id": 4711])
            expectRefusal(unknown, 404, .userNotFound, field: "user_id")
            let outsider = try await room.moderate(
                session, as: .teacher, ["action": "ban", "user_id": .integer(Someone.outsider.id)])
            expectRefusal(outsider, 404, .userNotFound, field: "user_id")
        }
    }

    @Test(
        arguments: [
            (["user_id": 20], "action"), (["action": "kick", "user_id": 20], "action"), (["action": "mute"], "user_id"),
            (["action": "mute", "user_id": "20"], "user_id"),
            (["action": "mute", "user_id": 20, "seconds": 0], "seconds"),
            (["action": "mute", "user_id": 20, "seconds": 604_801], "seconds"),
            (["action": "mute", "user_id": 20, "reason": 7], "reason"),
            (["action": "ban", "user_id": 20, "scope": "world"], "scope"),
            (["action": "chat.mode", "user_id": 20], "action"),
        ] as [(JSON, String)]) func `what cannot be an act is refused by its field`(body: JSON, field: String)
        async throws
    {
        try await Classroom.with { room in
            let session = try await room.live()
            expectRefusal(try await room.moderate(session, as: .teacher, body), 400, .invalidField, field: field)
        }
    }
}
