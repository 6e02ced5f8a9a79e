import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// What one person may send, however they send it.
@Suite("Limits of one person", .timeLimit(.minutes(3)))
struct CommandLimitTests {
    private let start = Timestamp(milliseconds: 0)

    // Found from outside, no. 15
    @Test func `one person has one budget in a session, others have their own`() {
        let limits = CommandLimits(rate: 2)
        #expect(
            [0, 0, 0].map { limits.take(user: 1, session: 1, now: start + $0) } == [.allowed, .allowed, .wait(500)])
        #expect(limits.take(user: 2, session: 1, now: start) == .allowed)
        #expect(limits.take(user: 1, session: 2, now: start) == .allowed)
        #expect(limits.take(user: 1, session: 1, now: start + 500) == .allowed)
        let none = CommandLimits(rate: 0)
        #expect((0..<1000).allSatisfy { _ in none.take(user: 1, session: 1, now: start) == .allowed })
    }

    // Found from outside, no. 15
    @Test func `refusals are counted, and whoever goes on is sent away`() {
        let limits = CommandLimits(rate: 2)
        let verdicts = (0..<1003).map { _ in limits.take(user: 1, session: 1, now: start) }
        #expect(verdicts == [.allowed, .allowed] + Array(repeating: .wait(500), count: 1000) + [.flood])
    }

    // Found from outside, no. 15
    @Test func `eight tabs share one budget`() async throws {
        try await TestHub.with({ ($0.limits.commandsPerConnection, $0.loops) = (2, 2) }) { hub in
            let room = try await hub.testCourse(students: 1)
            var tabs: [WebSocketTestClient] = []
            for _ in 0..<8 { tabs.append(try await hub.join(room.session, as: room.student).client) }
            let begin = ContinuousClock.now
            var accepted: Int64 = 0
            for tab in tabs {
                for _ in 0..<2 where try await tab.request("ping")["ok"] != nil { accepted += 1 }
            }
            let passed = (ContinuousClock.now - begin).components.seconds + 1
            #expect(accepted <= 2 + 2 * passed, "\(accepted) in \(passed) s")
        }
    }

    // Found from outside, no. 15
    @Test(arguments: ["{", #"{"ref":1,"type":"nonsense"}"#, #"{"ref":1,"type":"ping"}"#])
    func `a flood of frames ends the connection, also of ones that cannot be read`(frame: String) async throws {
        try await TestHub.with({ $0.limits.commandsPerConnection = 1 }) { hub in
            let room = try await hub.testCourse(students: 1)
            let (client, _) = try await hub.join(room.session, as: room.student)
            for _ in 0..<1500 { try await client.sendRaw(WebSocketFrame(text: frame).bytes()) }
            let (bye, code) = try await client.farewell()
            #expect(code == 4004 && bye["reconnect"] == true && bye["after_ms"] == 5000)
        }
    }

    // Found from outside, no. 15
    @Test func `pages of presence come from an order that is kept`() {
        var (view, random) = (PresenceView(), SeededGenerator(seed: 7))
        func entry(_ id: Int64) -> Presence.Entry {
            Presence.Entry(person: Person(id: id, firstName: "", lastName: "", avatar: nil), role: .participant)
        }
        for version in 1...200 {
            var diff = PresenceDiff(version: Int64(version))
            let ids = (0..<Int.random(in: 0...20, using: &random)).map { _ in Int64.random(in: 1...300, using: &random)
            }
            diff.joined = Set(ids).filter { view.people[$0] == nil }.map(entry)
            diff.left = Set((0..<6).map { _ in Int64.random(in: 1...300, using: &random) })
                .filter { view.people[$0] != nil }.map(entry)
            view.apply(diff)
            #expect(view.order == view.people.keys.sorted())
            let after = Int64.random(in: 0...301, using: &random)
            let page = view.page(after: after, limit: 5)
            let rest = view.people.keys.filter { $0 > after }.sorted()
            #expect(page.people.map(\.person.id) == Array(rest.prefix(5)) && page.more == (rest.count > 5))
        }
        #expect(view.page(after: Int64.max, limit: 5).people.isEmpty)
    }

    // Found from outside, no. 20b
    @Test func `steering has a rate: one for a person, by REST and channel alike, and one for a class`() async throws {
        try await Classroom.with({ ($0.limits.steeringPerUser, $0.limits.steeringPerSession) = (1, 2) }) { room in
            let session = try await room.live()
            let path = "/api/live-sessions/\(session)"
            func change(_ title: String, _ person: Someone) async throws -> TestResponse {
                try await room.put(path, as: person, ["title": .string(title)])
            }
            // The start was the teacher's first.
            #expect(try await change("a", .teacher).status == 200)
            let refused = try await change("b", .teacher)
            expectRefusal(refused, 429, .rateLimited)
            #expect(refused.header("Retry-After") == "1")
            expectRefusal(try await room.post("\(path)/end", as: .teacher), 429, .rateLimited)
            let client = try await room.enter(session, .teacher).client
            let error = try await client.refusal("session.update", ["title": "c"])
            #expect(error["code"] == "rate_limited" && error["retry_after_ms"] == 1000)
            // Four at once in a class, by whomever.
            #expect(try await change("d", .assistant).status == 200)
            #expect(try await change("e", .assistant).status == 200)
            expectRefusal(try await change("f", .admin), 429, .rateLimited)
            room.clock.advance(seconds: 1)
            _ = try await client.ok("session.update", ["title": "g"])
            #expect(try await room.row(session).title == "g")
        }
    }

    // Found from outside, no. 13 of a look at moderation
    @Test func `whoever may change nothing in a class uses up nothing of what its hosts may`() async throws {
        try await Classroom.with({ ($0.limits.steeringPerUser, $0.limits.steeringPerSession) = (0, 1) }) { room in
            let session = try await room.live()
            room.clock.advance(seconds: 1)
            let path = "/api/live-sessions/\(session)"
            let (awa, _) = try await room.enter(session, .awa)
            for _ in 0..<5 {
                #expect(try await awa.refusal("session.update", ["title": "mine"])["code"] == "forbidden")
                expectRefusal(try await room.put(path, as: .awa, ["title": "mine"]), 403, .forbidden)
                expectRefusal(try await room.put(path, as: .outsider, ["title": "mine"]), 404, .sessionNotFound)
            }
            let (teacher, _) = try await room.enter(session, .teacher)
            _ = try await teacher.ok("moderation.mute", ["user_id": .integer(Someone.awa.id)])
        }
    }
}
