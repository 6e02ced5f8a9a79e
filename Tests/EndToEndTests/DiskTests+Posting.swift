import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// People who go on posting.
extension DiskTests {
    @Test func `people who post on a disk that comes and goes lose nothing and get nothing twice`() async throws {
        let disk = try FaultyDisk()
        let (process, hub) = try await Self.serve(disk)
        let room = try await hub.testCourse(students: 10)
        let (answers, answered) = AsyncStream<Bool>.makeStream()
        let diaries = try await withThrowingTaskGroup(of: (posts: [String: Int64], seqs: [Int64]).self) { group in
            for student in room.students {
                group.addTask {
                    try await Self.chat(as: student, in: room, of: hub) { answered.yield($0) }
                }
            }
            // Each fault comes among accepted posts and goes among refused ones.
            for fault in Self.outages + Self.outages {
                try await Self.wait(for: 30, accepted: true, in: answers)
                try disk.fail(fault)
                try await Self.wait(for: 30, accepted: false, in: answers)
                try disk.heal()
            }
            try await Self.wait(for: 30, accepted: true, in: answers)
            group.cancelAll()
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let journal = try await hub.journal(room)
        var stored: [String: [Int64]] = [:]
        for event in journal {
            if let id = event["client_id"]?.stringValue, let seq = event["seq"]?.integerValue {
                stored[id, default: []].append(seq)
            }
        }
        #expect(stored.count == diaries.map(\.posts.count).reduce(0, +))
        for diary in diaries {
            for (id, seq) in diary.posts { #expect(stored[id] == [seq], "\(id)") }
            #expect(diary.seqs == Array((diary.seqs.first ?? 0)...(diary.seqs.last ?? 0)))
        }
        try await Self.expect(journal, of: room, afterACrashOf: process, on: disk)
    }

    /// Posts until cancelled, each message until it is accepted. Returns what was accepted, and the seqs of all events
    /// that came live.
    private static func chat(
        as person: TestPerson, in room: TestCourse, of hub: RunningHub, onAnswer: @Sendable (Bool) -> Void
    ) async throws -> (posts: [String: Int64], seqs: [Int64]) {
        let (client, _) = try await hub.join(room.session, as: person)
        var posts: [String: Int64] = [:]
        while !Task.isCancelled {
            let id = "\(person.id)-\(posts.count)"
            while posts[id] == nil {
                let post: JSON = ["client_id": .string(id), "text": .string("\(TestHub.mark) \(id)")]
                let reply = try await client.request("chat.post", post)
                posts[id] = reply["ok"]?["seq"]?.integerValue
                guard posts[id] != nil || reply["error"]?["code"] == "store_unavailable" else {
                    throw TestFailure("\(id): \(reply.text)")
                }
                onAnswer(posts[id] != nil)
            }
        }
        let events = try await client.events(through: posts.values.max() ?? 0)
        return (posts, events.compactMap { $0["seq"]?.integerValue })
    }

    private static func wait(for count: Int, accepted: Bool, in answers: AsyncStream<Bool>) async throws {
        var left = count
        for await answer in answers where answer == accepted {
            left -= 1
            if left == 0 { return }
        }
    }
}

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif
