import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

@Suite("Channel: anonymous questions", .timeLimit(.minutes(5)))
struct AnonymityTests {
    private static let rounds = 40

    // Found from outside, no. 7
    @Test func `who reads every frame around 40 anonymous questions of 5 people names no author better than chance`()
        async throws
    {
        try await TestHub.with({ $0.loops = 2 }) { hub in
            let room = try await hub.testCourse(students: 5)
            let (watcher, _) = try await hub.join(room.session, as: room.teacher)
            var askers: [WebSocketTestClient] = []
            for student in room.students { askers.append(try await hub.join(room.session, as: student).client) }
            let everybody = room.students.map(\.id)
            var named = 0
            for round in 0..<Self.rounds {
                // All are writing: whatever changes at the moment of the post would be the author's alone.
                for asker in askers { _ = try await asker.ok("typing", ["on": true]) }
                if round == 0 { _ = try await watcher.next { Self.students(everybody, in: $0["typing"]).count == 5 } }
                _ = try await watcher.takeReceived()
                let author = (round * 3 + round / 5) % 5
                let question: JSON = [
                    "client_id": .string("q\(round)"), "kind": "question", "text": "May I?", "anonymous": true,
                ]
                let seq = try #require(try await askers[author].ok("chat.post", question)["seq"]?.integerValue)
                let seen = try await Self.frames(of: watcher, through: seq, teacherTypes: round.isMultiple(of: 2))
                if Self.suspect(everybody, in: seen) == everybody[author] { named += 1 }
            }
            #expect(named <= Self.rounds / 5)
        }
    }

    /// Everything up to the event and the next word about who types, which the watching teacher brings about.
    private static func frames(
        of watcher: WebSocketTestClient, through seq: Int64, teacherTypes: Bool
    ) async throws -> [JSON] {
        _ = try await watcher.ok("typing", ["on": .bool(teacherTypes)])
        var seen: [JSON] = []
        var isTold = false
        while !isTold || !seen.contains(where: { $0["events"]?.seqs.contains(seq) == true }) {
            let frame = try await watcher.next()
            if let typing = frame["typing"] { isTold = typing.mentions(2) == teacherTypes }
            seen.append(frame)
        }
        return seen
    }

    /// The one who stands out in some frame; the first of the class when nobody does.
    private static func suspect(_ everybody: [Int64], in seen: [JSON]) -> Int64? {
        for frame in seen {
            let told = students(everybody, in: frame)
            if told.count == 1 { return told.first }
            if told.count == everybody.count - 1 { return everybody.first { !told.contains($0) } }
        }
        return everybody.first
    }

    private static func students(_ everybody: [Int64], in frame: JSON?) -> [Int64] {
        everybody.filter { frame?.mentions($0) == true }
    }
}
