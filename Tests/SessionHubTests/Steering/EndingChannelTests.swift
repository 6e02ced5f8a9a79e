import Database
import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

@Suite("Channel: an end that comes by itself, a reopening", .timeLimit(.minutes(3)))
struct EndingChannelTests {
    @Test(arguments: [1, 2])
    func `after a reopening whoever is here attends again, and the channel goes on`(loops: Int) async throws {
        try await TestHub.with({ $0.loops = loops }) { hub in
            let room = try await hub.testCourse(students: 1)
            var student = try await ClassViewer(room.student, in: room.session, of: hub)
            let (teacher, _) = try await hub.join(room.session, as: room.teacher)
            _ = try await teacher.ok("session.end")
            _ = try await hub.expectOK("POST", "/api/live-sessions/\(room.session)/reopen", token: room.teacher.token)
            try await student.catchUp(to: 3)
            #expect(
                student.picture.events.map { $0["type"] } == ["session.started", "session.ended", "session.reopened"])
            let open = "SELECT COUNT(*) AS n FROM live_session_attendance WHERE left_at IS NULL AND source = 'channel'"
            while try await hub.number(open) < 2 { await Task.yield() }
            #expect(
                try await hub.number("SELECT COUNT(*) AS n FROM live_session_participants WHERE seat = 'channel'") == 2)
            let (_, welcome) = try await hub.join(room.session, as: room.student)
            let fresh = try ClassPicture(welcome: welcome)
            #expect(student.picture.differences(from: fresh).isEmpty)
            #expect(fresh.session["status"] == "live" && fresh.session["actual_end_at"] == .null)
        }
    }

    @Test func `an announced end is taken back when a host comes`() async throws {
        // Without a host it is due at once, after its notice.
        try await TestHub.with({ $0.windows.autoEnd = 1 }) { hub in
            let room = try await hub.testCourse(students: 1)
            let operations = hub.application.sessions
            _ = try await hub.application.journal.write { transaction in
                try transaction.connection.execute(
                    "UPDATE live_sessions SET scheduled_start_at = 1, scheduled_end_at = 2 WHERE id = $1",
                    [.integer(room.session)])
            }
            var student = try await ClassViewer(room.student, in: room.session, of: hub)
            try await hub.application.journal.write { try operations.endForgotten(in: $0) }
            try await student.catchUp(to: 2)
            #expect(student.picture.session["ending_at"]?.stringValue != nil)
            let (teacher, _) = try await hub.join(room.session, as: room.teacher)
            try await hub.application.journal.write { try operations.endForgotten(in: $0) }
            try await student.catchUp(to: 3)
            // Here until now: a client that nobody holds any more has gone.
            try await teacher.close()
            #expect(student.picture.session["ending_at"] == .null && student.picture.session["status"] == "live")
            #expect(
                student.picture.events.map { $0["type"] } == ["session.started", "session.ending", "session.ending"])
        }
    }

    @Test func `the heartbeat looks for classes that nobody ends`() async throws {
        try await TestHub.with({ $0.windows.autoEnd = 1 }) { hub in
            let room = try await hub.testCourse(students: 1)
            var student = try await ClassViewer(room.student, in: room.session, of: hub)
            _ = try await hub.application.journal.write { transaction in
                try transaction.connection.execute(
                    "UPDATE live_sessions SET scheduled_start_at = 1, scheduled_end_at = 2 WHERE id = $1",
                    [.integer(room.session)])
            }
            try await student.catchUp(to: 2)
            #expect(student.picture.events.last?["type"] == "session.ending")
        }
    }
}
