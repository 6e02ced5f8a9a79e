import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

@Suite("Channel: hello without a hole", .timeLimit(.minutes(3)))
struct HelloWithoutHoleTests {
    @Test(arguments: [1, 2])
    func `everybody who joins while others post has every event exactly once`(loops: Int) async throws {
        let configuration: (inout HubConfiguration) -> Void = {
            $0.loops = loops
            $0.limits.postsPerUser = 0
            $0.limits.postsPerSession = 0
            $0.limits.commandsPerConnection = 0
        }
        try await TestHub.with(configuration) { hub in
            let room = try await hub.testCourse(students: 50, fields: ["max_participants": 100])
            let (teacher, _) = try await hub.join(room.session, as: room.teacher)
            let posting = Task { try await Self.postUntilCancelled(teacher) }
            // Five at a time: all at once would be one commit, and their welcomes one moment.
            let joined = try await withThrowingTaskGroup(of: [(WebSocketTestClient, JSON)].self) { group in
                for row in 0..<5 {
                    group.addTask {
                        var joined: [(WebSocketTestClient, JSON)] = []
                        for student in room.students[row * 10..<row * 10 + 10] {
                            joined.append(try await hub.join(room.session, as: student))
                        }
                        return joined
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            posting.cancel()
            let last = try await posting.value
            for (client, welcome) in joined {
                var seqs = welcome["events"]?.seqs ?? []
                #expect(welcome["seq"]?.integerValue == seqs.last)
                if last > (seqs.last ?? 0) { seqs += try await client.events(through: last).seqs }
                #expect(seqs == Array((seqs.first ?? 0)...last))
            }
            // The welcomes really fell into the posting.
            #expect(Set(joined.map { $0.1["seq"]?.integerValue }).count > 5)
        }
    }

    /// Posts a few at a time until its task is cancelled; returns the last seq.
    private static func postUntilCancelled(_ client: WebSocketTestClient) async throws -> Int64 {
        var last: Int64 = 0
        var count = 0
        while !Task.isCancelled {
            var refs: [Int64] = []
            for _ in 0..<4 {
                count += 1
                refs.append(try await client.post("chat.post", ["client_id": "p\(count)", "text": "Word \(count)"]))
            }
            for ref in refs {
                let reply = try await client.reply(to: ref)
                guard let seq = reply["ok"]?["seq"]?.integerValue else { throw TestFailure(reply.text) }
                #expect(seq > last)
                last = seq
            }
        }
        return last
    }

    @Test(arguments: [1, 2])
    func `commands sent behind the hello run in their order after the welcome`(loops: Int) async throws {
        try await TestHub.with({ $0.loops = loops }) { hub in
            let room = try await hub.testCourse(students: 1)
            let client = try await hub.open(room.session)
            try await client.post("hello", ["token": .string(room.student.token)])
            for index in 0..<5 {
                try await client.post("chat.post", ["client_id": "c\(index)", "text": "Text \(index)"])
            }
            try await client.post("ping")
            #expect(try await client.next()["ok"]?["type"] == "welcome")
            for index in 0..<5 {
                let reply = try await client.reply(to: Int64(2 + index))
                #expect(reply["ok"]?["seq"]?.integerValue == Int64(2 + index))
            }
            #expect(try await client.reply(to: 7)["ok"] != nil)
            let texts = try await client.events(through: 6).map { $0["text"] }
            #expect(texts == (0..<5).map { "Text \($0)" })
        }
    }

    @Test func `who sends too much behind the hello is asked to come back`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1)
            let client = try await hub.open(room.session)
            // In one write, so that all of it is there before the store has answered.
            var bytes = WebSocketFrame(
                text: #"{"ref":1,"type":"hello","token":"\#(room.student.token)"}"#
            ).bytes()
            for ref in 2..<100 { bytes += WebSocketFrame(text: #"{"ref":\#(ref),"type":"ping"}"#).bytes() }
            try await client.sendRaw(bytes)
            let (bye, code) = try await client.farewell()
            #expect(bye["reason"] == "too_many_requests")
            #expect(bye["reconnect"] == true)
            #expect(code == 4004)
        }
    }
}
