import Foundation
import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// A client that is gone behind a real proxy, whose kernel goes on taking what the hub says to the class.
@Suite("The executable behind a proxy", .timeLimit(.minutes(3)))
struct ProxyTests {
    private static let keys = ["AMPHI_LIMIT_PING": "1s", "AMPHI_LIMIT_PONG": "1s", "AMPHI_GRACE": "1s"]
    /// Ping, pong and grace are 3 s; before, nobody was gone within five minutes. The rest is for a busy machine.
    private static let longest: Duration = .seconds(25)

    /// Posts until the others are told that this person has left.
    private func post(_ client: WebSocketTestClient, until gone: Int64) async throws -> Int64 {
        let deadline = Deadline(after: Self.longest)
        for number in 0... {
            let said = try await client.say("one of many words, number \(number)", clientID: "w\(number)")
            let frames = try await client.takeReceived()
            let hasLeft = frames.contains { frame in
                frame["presence"]?["left"]?.arrayValue?.contains { ($0["id"] ?? $0).integerValue == gone } ?? false
            }
            if hasLeft { return said["seq"]?.integerValue ?? 0 }
            guard !deadline.hasPassed else { throw TestFailure("\(gone) is still present") }
            // Four words a second for a class that talks: below the limit of posts.
            try await blocking { _ = poll(nil, 0, 250) }
        }
        throw TestFailure("no more numbers")
    }

    // Found from outside, no. A2
    @Test(arguments: TestProxy.Kind.allCases)
    func `who is gone behind a proxy leaves while the class talks, and a late return has everything`(
        kind: TestProxy.Kind
    ) async throws {
        let folder = try TestFolder()
        let (process, port) = try await HubProcess.serve(folder, Self.keys)
        let hub = RunningHub(port: port)
        let room = try await hub.testCourse(students: 2)
        let proxy = try await TestProxy.start(kind, before: port, in: folder)
        let front = RunningHub(port: proxy.port)
        let (student, welcome) = try await front.join(room.session, as: room.students[0])
        let (neighbour, _) = try await hub.join(room.session, as: room.students[1])
        let (teacher, _) = try await hub.join(room.session, as: room.teacher)
        // Alive for longer than a ping and a pong: behind a proxy, too, who answers stays.
        for number in 0..<12 {
            _ = try await student.ok("ping")
            _ = try await teacher.say("while all are here, number \(number)", clientID: "b\(number)")
            try await blocking { _ = poll(nil, 0, 250) }
        }
        _ = try await student.ok("ping")
        let lastWord = hub.now
        // From here on nobody serves the student's socket; its kernel takes whatever comes.
        let last = try await post(teacher, until: room.students[0].id)
        let list = try await hub.expectOK(
            "GET", "/api/live-sessions/\(room.session)/attendance", token: room.teacher.token
        )
        let row = list["participants"]?.arrayValue?.first { $0["user_id"]?.integerValue == room.students[0].id }
        let segment = row?["segments"]?.arrayValue?.last
        let left = segment?["left_at"]?.stringValue.flatMap { Timestamp($0) }
        #expect(left.map { $0 - lastWord < 500 } == true, "left at \(left?.text ?? "?"), last word \(lastWord.text)")

        // It wakes up: what the proxy still has, then the end; and it comes back to where it was.
        _ = try await student.closeCode()
        var seq = welcome["seq"]?.integerValue ?? 0
        var seen: [Int64] = []
        for frame in try await student.takeReceived() {
            seen += (frame["events"]?.arrayValue ?? []).compactMap { $0["seq"]?.integerValue }
        }
        seq = seen.last ?? seq
        let epoch = welcome["epoch"]?.stringValue ?? ""
        let (back, again) = try await front.join(room.session, as: room.students[0], resume: (seq, epoch))
        #expect(again["resumed"] == true)
        seen += (again["events"]?.arrayValue ?? []).compactMap { $0["seq"]?.integerValue }
        let first = (welcome["seq"]?.integerValue ?? 0) + 1
        #expect(seen == Array(first...last))
        withExtendedLifetime((neighbour, back, proxy)) {}
        try await process.stop()
    }
}
