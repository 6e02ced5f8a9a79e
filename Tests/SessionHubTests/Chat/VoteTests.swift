import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// Counts of votes, and how readers are shown them.
@Suite("Votes", .timeLimit(.minutes(3)))
struct VoteTests {
    private static let start = Timestamp(milliseconds: 0)

    @Test func `a frame has what changed, and for whoever missed one all that ever changed`() {
        var counts = VoteCounts()
        counts.set(9, votes: 1)
        counts.set(9, votes: 2)
        counts.set(4, votes: 1)
        #expect(counts.needsTick)
        let first = counts.changedFrame(now: Self.start)
        #expect(first == EphemeralFrame(Self.bytes(#"{"votes":{"4":1,"9":2}}"#), afterGap: first?.bytes))
        #expect(!counts.needsTick)
        counts.set(4, votes: 1)
        let nothing = counts.changedFrame(now: Self.start)
        #expect(nothing == nil)
        counts.set(9, votes: 1)
        let second = counts.changedFrame(now: Self.start)
        #expect(
            second
                == EphemeralFrame(
                    Self.bytes(#"{"votes":{"9":1}}"#), afterGap: Self.bytes(#"{"votes":{"4":1,"9":1}}"#)))
    }

    private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test func `a reader who was shown the frame before gets the change, another one the whole`() {
        var frames = EphemeralFrames<String>()
        frames.show("typing 1", of: 0)
        frames.show("change 1", afterGap: "whole 1", of: 1)
        frames.show("typing 2", of: 0)
        frames.show("change 2", afterGap: "whole 2", of: 1)
        func shown(after version: Int) -> [String] { frames.after(version).map(\.frame) }
        #expect(shown(after: 0) == ["typing 2", "whole 2"])
        #expect(shown(after: 1) == ["typing 2", "whole 2"])
        #expect(shown(after: 2) == ["typing 2", "change 2"])
        #expect(shown(after: 3) == ["change 2"])
        #expect(shown(after: 4) == [])
    }

    @Test(arguments: [1, 2])
    func `2,000 votes of 40 people end exact for everybody, also for a newcomer in between`(loops: Int) async throws {
        try await TestHub.with({ $0.loops = loops }) { hub in
            let room = try await hub.testCourse(students: 40)
            let (teacher, _) = try await hub.join(room.session, as: room.teacher)
            var ids: [JSON] = []
            for index in 0..<10 { ids.append(try await teacher.ask("Question \(index)")) }
            var clients: [WebSocketTestClient] = []
            for student in room.students { clients.append(try await hub.join(room.session, as: student).client) }
            // Five steps for each question: on, off, on, off, and for the first 20 people on again.
            for round in 0..<5 {
                if round == 3 { clients.append(try await hub.join(room.session, as: room.assistant).client) }
                for (index, client) in clients.prefix(40).enumerated() {
                    for id in ids {
                        let isOn = round == 4 ? index < 20 : round.isMultiple(of: 2)
                        _ = try await client.votePatiently(id, on: isOn)
                    }
                }
            }
            let counts = try await hub.number("SELECT CAST(SUM(votes) AS BIGINT) AS n FROM live_session_chat")
            let rows = try await hub.number("SELECT COUNT(*) AS n FROM question_votes")
            #expect(counts == 200 && rows == 200)
            for client in [teacher, clients[0], clients[40]] {
                var known: [String: Int64] = [:]
                while !ids.allSatisfy({ known[$0.text] == 20 }) {
                    let frame = try await client.next { $0["votes"] != nil }
                    for member in frame["votes"]?.objectValue?.members ?? [] {
                        known[member.name] = member.value.integerValue
                    }
                }
            }
        }
    }

    @Test(arguments: [1, 2])
    func `a reader that takes nothing during a storm is then sent the last counts, not every frame`(
        loops: Int
    ) async throws {
        try await TestHub.with({
            $0.loops = loops
            $0.limits.pingMilliseconds = 600_000
        }) { hub in
            let room = try await hub.testCourse(students: 10)
            let (teacher, _) = try await hub.join(room.session, as: room.teacher)
            var ids: [JSON] = []
            for index in 0..<3 { ids.append(try await teacher.ask("Question \(index)")) }
            let (slow, _) = try await hub.join(room.session, as: room.assistant, receiveBuffer: 4096)
            // More than the kernel holds for a reader: whatever comes behind it waits in the hub.
            for _ in 0..<5 { try await hub.append(100, to: room.session, note: String(repeating: "é", count: 5000)) }
            let head = Int64(try await hub.journal(room.session).count)
            _ = try await teacher.events(through: head)
            var shown = 0
            for round in 0..<3 {
                for student in room.students {
                    for id in ids {
                        try await hub.expectOK(
                            "POST", "/api/live-sessions/\(room.session)/questions/\(id.text)/vote",
                            token: student.token, json: ["on": .bool(round != 1)])
                    }
                }
                shown += try await teacher.counts(of: ids, until: round == 1 ? 0 : 10)
            }
            #expect(shown >= 3)
            // One frame, whatever it missed: it has all that have changed since it last took one.
            #expect(try await slow.counts(of: ids, until: 10) == 1)
            #expect(try await slow.events(through: head).count > 0)
            _ = try await slow.ok("ping")
            #expect(try await slow.takeReceived().allSatisfy { $0["votes"] == nil })
        }
    }

    @Test func `votes are limited for each person, and only in the class's window`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            let (koffi, _) = try await room.enter(session, .koffi)
            let (awa, _) = try await room.enter(session, .awa)
            let asked = try await koffi.ask("Pourquoi ?")
            for index in 0..<20 { _ = try await awa.ok("question.vote", ["id": asked, "on": .bool(index % 2 == 0)]) }
            let refused = try await awa.refusal("question.vote", ["id": asked, "on": true])
            #expect(refused["code"] == "rate_limited" && refused["retry_after_ms"]?.integerValue != nil)
            _ = try await room.end(session)
            room.clock.advance(seconds: 16 * 60)
            let path = "/api/live-sessions/\(session)/questions/\(asked.text)/vote"
            expectRefusal(try await room.post(path, as: .awa, ["on": true]), 400, .sessionOver)
        }
    }
}

extension WebSocketTestClient {
    /// Takes frames with votes until all these questions have so many; how many frames it took.
    fileprivate func counts(of questions: [JSON], until votes: Int64) async throws -> Int {
        var (known, frames): ([String: Int64], Int) = ([:], 0)
        while !questions.allSatisfy({ known[$0.text] == votes }) {
            frames += 1
            for member in try next(where: { $0["votes"] != nil })["votes"]?.objectValue?.members ?? [] {
                known[member.name] = member.value.integerValue
            }
        }
        return frames
    }

    /// Votes, and waits where the hub asks for it.
    fileprivate func votePatiently(_ question: JSON, on: Bool) async throws -> JSON {
        while true {
            let reply = try request("question.vote", ["id": question, "on": .bool(on)])
            guard let wait = reply["error"]?["retry_after_ms"]?.integerValue else { return reply["ok"] ?? reply }
            try await Task.sleep(for: .milliseconds(wait))
        }
    }
}
