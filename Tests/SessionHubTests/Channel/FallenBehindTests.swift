import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

@Suite("Channel: readers who fall behind", .timeLimit(.minutes(3)))
struct FallenBehindTests {
    @Test(arguments: [1, 2])
    func `a reader that fell out of the ring gets a notice and every page, and delays nobody`(loops: Int) async throws {
        try await TestHub.with({
            $0.loops = loops
            // On a busy machine this test may be slower than a peer may be.
            $0.limits.pingMilliseconds = 600_000
        }) { hub in
            let room = try await hub.testCourse(students: 2)
            let (slow, _) = try await hub.join(room.session, as: room.students[0], receiveBuffer: 4096)
            let (quick, _) = try await hub.join(room.session, as: room.students[1])
            // 5 MB in 500 events: more than the kernel's buffers (4 MB at most) and the ring (1 MB) hold.
            let note = String(repeating: "é", count: 5000)
            for _ in 0..<5 { try await hub.append(100, to: room.session, note: note) }
            #expect(try await quick.events(through: 501).seqs == Array(2...501))
            let events = try await slow.events(through: 501)
            #expect(events.seqs == Array(2...501))
            let gaps = try await slow.takeReceived().compactMap { $0["gap"] }
            let gap = try #require(gaps.first)
            let (from, to) = (gap["from"]?.integerValue ?? 0, gap["to"]?.integerValue ?? 0)
            #expect(from >= 2 && from < to && to <= 501)
            // Live again, without another notice.
            try await hub.append(1, to: room.session)
            #expect(try await slow.events(through: 502).seqs == [502])
            // The same words for both, whether from the ring or from the store.
            let stored = try await hub.journal(room.session)
            #expect(events.map(\.text) == stored.dropFirst().dropLast().map(\.json.text))
        }
    }

    @Test func `a slow reader is behind in memory of one frame, and its own commands are still answered`() async throws
    {
        try await TestHub.with({ $0.limits.pingMilliseconds = 600_000 }) { hub in
            let room = try await hub.testCourse(students: 2)
            let (slow, _) = try await hub.join(room.session, as: room.student, receiveBuffer: 4096)
            try await hub.append(400, to: room.session, note: String(repeating: "x", count: 15_000))
            let ref = try await slow.post("chat.post", ["client_id": "s", "text": "I am slow"])
            // The post is accepted although its author reads nothing.
            let (other, _) = try await hub.join(room.session, as: room.students[1])
            _ = other
            let reply = try await slow.reply(to: ref)
            #expect(reply["ok"]?["seq"] == 402)
            #expect(try await slow.events(through: 402).seqs == Array(2...402))
        }
    }

    @Test func `a frame holds at most 64 KiB of events`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1)
            let (client, _) = try await hub.join(room.session, as: room.student)
            try await hub.append(60, to: room.session, note: String(repeating: "x", count: 9_000))
            var last: Int64 = 1
            while last < 61 {
                let frame = try await client.next { $0["events"] != nil }
                #expect(frame.encoded().count <= 64 * 1024)
                last = frame["seq"]?.integerValue ?? last
            }
        }
    }

    @Test func `a reader that asks and never reads is cut off, and may resume`() async throws {
        try await TestHub.with({
            $0.limits.commandsPerConnection = 0
            $0.limits.pingMilliseconds = 600_000
            $0.windows.grace = 100
        }) { hub in
            let room = try await hub.testCourse(students: 1)
            let (teacher, first) = try await hub.join(room.session, as: room.teacher)
            try await hub.append(20, to: room.session, note: String(repeating: "x", count: 12_000))
            let (greedy, welcome) = try await hub.join(room.session, as: room.student, receiveBuffer: 4096)
            let epoch = try #require(welcome["epoch"]?.stringValue)
            let both = try await teacher.presence(try PresencePicture(first["presence"] ?? .null), until: [2, 101])
            // 240 KB each, and nothing is read: the kernel's buffers, then the bounded list of replies are full.
            // It may be cut off before the last of them.
            for ref in 1...60 { try? await greedy.send(["ref": .integer(Int64(1000 + ref)), "type": "history"]) }
            await teacher.wait(atMost: .seconds(40))
            _ = try await teacher.presence(both, until: [2])
            #expect([1006, 4005].contains(try await greedy.closeCode()))
            let (back, again) = try await hub.join(room.session, as: room.student, resume: (seq: 21, epoch: epoch))
            #expect(again["resumed"] == true)
            _ = try await back.ok("ping")
        }
    }
}
