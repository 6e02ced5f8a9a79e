import Database
import Foundation
import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

@Suite("Channel: the last sign of life", .timeLimit(.minutes(3)))
struct LastSignTests {
    /// Until the hub has written the end of this person's stay.
    private func leftAt(_ hub: TestHub, _ user: Int64) async throws -> Int64 {
        let deadline = Deadline(after: .seconds(20))
        while true {
            let left = try await hub.number(
                "SELECT MAX(COALESCE(left_at, 0)) AS n FROM live_session_attendance WHERE user_id = $1",
                [.integer(user)]
            )
            if left > 0 { return left }
            guard !deadline.hasPassed else { throw TestFailure("\(user) has not left") }
            await Task.yield()
        }
    }

    private static func quick(_ configuration: inout HubConfiguration) {
        configuration.limits.pingMilliseconds = 1500
        configuration.limits.pongMilliseconds = 1000
        configuration.windows.grace = 300
    }

    // Found from outside, no. A2
    @Test func `who is found dead attended until the last word, and not until the finding`() async throws {
        try await TestHub.with(Self.quick) { hub in
            let room = try await hub.testCourse(students: 1)
            let (student, _) = try await hub.join(room.session, as: room.student)
            await student.ignorePings()
            _ = try await student.ok("ping")
            let lastWord = hub.application.clock.now
            let left = try await leftAt(hub, room.student.id)
            // Times are whole milliseconds, of two clocks.
            #expect(left <= lastWord.milliseconds + 50)
            #expect(left >= lastWord.milliseconds - 1000)
            _ = student
        }
    }

    @Test func `who closes, or whose connection is cut, attended until then`() async throws {
        try await TestHub.with({ $0.windows.grace = 300 }) { hub in
            let room = try await hub.testCourse(students: 2)
            for (index, isPolite) in [true, false].enumerated() {
                let (student, _) = try await hub.join(room.session, as: room.students[index])
                try await blocking { Thread.sleep(forTimeInterval: 0.5) }
                let before = hub.application.clock.now
                if isPolite { try await student.close() } else { await student.drop() }
                let left = try await leftAt(hub, room.students[index].id)
                #expect(left >= before.milliseconds - 10)
            }
        }
    }
}
