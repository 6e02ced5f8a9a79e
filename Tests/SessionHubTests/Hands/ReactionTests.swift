import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

@Suite("Reactions", .timeLimit(.minutes(3)))
struct ReactionTests {
    @Test func `reactions are counted until they are shown, once`() {
        var counts = ReactionCounts()
        let nothing = counts.changedFrame(now: Timestamp(milliseconds: 0))
        #expect(nothing == nil)
        for kind in [ReactionCounts.Kind.heart, .clap, .thumbsUp, .clap] { counts.add(kind) }
        #expect(counts.needsTick)
        let frame = counts.changedFrame(now: Timestamp(milliseconds: 0))
        #expect(frame == EphemeralFrame(Array(#"{"reactions":{"clap":2,"heart":1,"thumbs_up":1}}"#.utf8)))
        #expect(!counts.needsTick)
        let again = counts.changedFrame(now: Timestamp(milliseconds: 250))
        #expect(again == nil)
    }

    /// Takes frames until so many of this kind were counted.
    private func count(_ kind: String, to total: Int64, _ client: WebSocketTestClient) async throws -> Int {
        var (sum, frames): (Int64, Int) = (0, 0)
        while sum < total {
            let frame = try await client.next { $0["reactions"]?[kind] != nil }
            sum += frame["reactions"]?[kind]?.integerValue ?? 0
            frames += 1
        }
        #expect(sum == total)
        return frames
    }

    @Test(arguments: [1, 2])
    func `what comes between two ticks is one frame, and whoever comes later is told nothing`(loops: Int) async throws {
        try await TestHub.with({ $0.loops = loops }) { hub in
            let room = try await hub.testCourse(students: 40)
            let (teacher, _) = try await hub.join(room.session, as: room.teacher)
            let (assistant, _) = try await hub.join(room.session, as: room.assistant)
            var clients: [WebSocketTestClient] = []
            for student in room.students { clients.append(try await hub.join(room.session, as: student).client) }
            let start = ContinuousClock.now
            for client in clients {
                for _ in 0..<5 { try await client.post("reaction", ["kind": "clap"]) }
            }
            for client in clients { for ref in 2...6 { #expect(try await client.reply(to: Int64(ref))["ok"] == [:]) } }
            for reader in [teacher, assistant] {
                let frames = try await count("clap", to: 200, reader)
                let most = Int((ContinuousClock.now - start) / .milliseconds(250)) + 2
                #expect(frames <= most, "at most one at once, and then four a second")
            }
            let (late, _) = try await hub.join(room.session, as: room.teacher)
            _ = try await assistant.ok("reaction", ["kind": "thumbs_up"])
            // The first that the newcomer hears of is what came after the welcome.
            #expect(try await late.next { $0["reactions"] != nil } == ["reactions": ["thumbs_up": 1]])
            #expect(try await hub.journal(room.session).count == 1)
        }
    }

    @Test func `reactions are for a live class, also one that is reopened`() async throws {
        try await TestHub.with({ $0.loops = 2 }) { hub in
            let room = try await hub.testCourse(students: 1, isLive: false)
            let (teacher, _) = try await hub.join(room.session, as: room.teacher)
            let (student, _) = try await hub.join(room.session, as: room.student)
            #expect(try await student.refusal("reaction", ["kind": "heart"])["code"] == "not_live")
            _ = try await teacher.ok("session.start")
            #expect(try await teacher.ok("reaction", ["kind": "heart"]) == [:])
            _ = try await teacher.ok("session.end")
            #expect(try await teacher.refusal("reaction", ["kind": "heart"])["code"] == "not_live")
            try await hub.expectOK("POST", "/api/live-sessions/\(room.session)/reopen", token: room.teacher.token)
            _ = try await student.event("session.reopened")
            #expect(try await teacher.ok("reaction", ["kind": "laugh"]) == [:])
            _ = try await student.next { $0["reactions"]?["laugh"] == 1 }
        }
    }

    @Test func `one person may react five times at once, and is told when again`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1)
            let (one, _) = try await hub.join(room.session, as: room.student)
            let (other, _) = try await hub.join(room.session, as: room.student)
            let (teacher, _) = try await hub.join(room.session, as: room.teacher)
            // Both tabs are one person.
            var refusals: [JSON] = []
            for round in 0..<12 {
                let reply = try await (round % 2 == 0 ? one : other).request("reaction", ["kind": "surprised"])
                if let error = reply["error"] { refusals.append(error) }
            }
            #expect(!refusals.isEmpty)
            #expect(refusals.allSatisfy { $0["code"] == "rate_limited" })
            #expect(refusals.allSatisfy { (1...500).contains($0["retry_after_ms"]?.integerValue ?? 0) })
            #expect(try await teacher.ok("reaction", ["kind": "thinking"]) == [:])
        }
    }

    @Test(arguments: [JSON.null, "applause", 1, ["clap"]])
    func `a reaction is one of six`(value: JSON) async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1)
            let (client, _) = try await hub.join(room.session, as: room.student)
            let error = try await client.refusal("reaction", ["kind": value])
            #expect(error["code"] == "invalid_field")
            #expect(error["field"] == "kind")
        }
    }
}
