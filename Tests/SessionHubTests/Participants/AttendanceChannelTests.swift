import Database
import Foundation
import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

@Suite("Channel: attendance", .timeLimit(.minutes(3)))
struct AttendanceChannelTests {
    private func segments(_ hub: TestHub, of user: Int64, open: Bool? = nil) async throws -> Int64 {
        let condition = open.map { $0 ? " AND left_at IS NULL" : " AND left_at IS NOT NULL" } ?? ""
        return try await hub.number(
            "SELECT COUNT(*) AS n FROM live_session_attendance WHERE user_id = $1\(condition)", [.integer(user)]
        )
    }

    @Test(arguments: [1, 2])
    func `who waits attends from the start on, and the end closes everybody`(loops: Int) async throws {
        try await TestHub.with({ $0.loops = loops }) { hub in
            let room = try await hub.testCourse(students: 2, isLive: false)
            let (student, _) = try await hub.join(room.session, as: room.students[0])
            let (teacher, _) = try await hub.join(room.session, as: room.teacher)
            #expect(try await segments(hub, of: 101) == 0)
            let start = hub.application.clock.now
            _ = try await teacher.ok("session.start")
            #expect(try await segments(hub, of: 101, open: true) == 1)
            #expect(try await segments(hub, of: 2, open: true) == 1)
            #expect(
                try await hub.number("SELECT MIN(joined_at) AS n FROM live_session_attendance") >= start.milliseconds
            )
            _ = try await hub.join(room.session, as: room.students[1])
            #expect(try await segments(hub, of: 102, open: true) == 1)
            _ = try await teacher.ok("session.end")
            #expect(
                try await hub.number("SELECT COUNT(*) AS n FROM live_session_attendance WHERE left_at IS NULL") == 0
            )
            // The aftertalk is no class.
            _ = try await hub.join(room.session, as: room.students[1])
            #expect(try await segments(hub, of: 102) == 1)
            _ = try await student.ok("ping")
        }
    }

    @Test func `two tabs are one segment and a reconnect inside the grace goes on with it`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1)
            let (one, _) = try await hub.join(room.session, as: room.student)
            let (two, _) = try await hub.join(room.session, as: room.student)
            await one.drop()
            await two.drop()
            let (three, _) = try await hub.join(room.session, as: room.student)
            _ = try await three.ok("ping")
            #expect(try await segments(hub, of: 101) == 1)
            #expect(try await segments(hub, of: 101, open: true) == 1)
        }
    }

    @Test func `who leaves for longer than the grace has two segments when back`() async throws {
        try await TestHub.with({ $0.windows.grace = 100 }) { hub in
            let room = try await hub.testCourse(students: 1)
            let (watcher, welcome) = try await hub.join(room.session, as: room.teacher)
            let (client, _) = try await hub.join(room.session, as: room.student)
            var seen = try PresencePicture(welcome["presence"] ?? .null)
            seen = try await watcher.presence(seen, until: [2, 101])
            try await client.close()
            seen = try await watcher.presence(seen, until: [2])
            let (back, _) = try await hub.join(room.session, as: room.student)
            _ = try await watcher.presence(seen, until: [2, 101])
            #expect(try await segments(hub, of: 101, open: false) == 1)
            #expect(try await segments(hub, of: 101, open: true) == 1)
            // The first ended when the connection was lost, not when the grace was over.
            let left = try await hub.number(
                "SELECT left_at - joined_at AS n FROM live_session_attendance WHERE left_at IS NOT NULL"
            )
            #expect(left >= 0)
            _ = try await back.ok("ping")
        }
    }

    @Test func `a seat is free again for others when its grace is over`() async throws {
        try await TestHub.with({ $0.windows.grace = 100 }) { hub in
            let room = try await hub.testCourse(students: 2, fields: ["max_participants": 1])
            let (watcher, welcome) = try await hub.join(room.session, as: room.teacher)
            let (first, _) = try await hub.join(room.session, as: room.students[0])
            var seen = try PresencePicture(welcome["presence"] ?? .null)
            seen = try await watcher.presence(seen, until: [2, 101])
            await first.drop()
            _ = try await watcher.presence(seen, until: [2])
            // The departure is written behind what others see; a post behind it in the journal shows that it is done.
            _ = try await watcher.say("next please", clientID: "n")
            _ = try await hub.join(room.session, as: room.students[1])
        }
    }

    @Test func `joining over REST as well is one attendance, and the channel's end closes both`() async throws {
        try await TestHub.with({ $0.windows.grace = 100 }) { hub in
            let room = try await hub.testCourse(students: 1)
            let (watcher, welcome) = try await hub.join(room.session, as: room.teacher)
            try await hub.expectOK(
                "POST", "/api/live-sessions/\(room.session)/join", token: room.student.token, json: [:]
            )
            let (client, _) = try await hub.join(room.session, as: room.student)
            var seen = try PresencePicture(welcome["presence"] ?? .null)
            seen = try await watcher.presence(seen, until: [2, 101])
            #expect(try await segments(hub, of: 101, open: true) == 2)
            try await client.close()
            _ = try await watcher.presence(seen, until: [2])
            _ = try await watcher.say("bye", clientID: "b")
            #expect(try await segments(hub, of: 101, open: true) == 0)
        }
    }

    @Test func `a restart holds open segments, and a return goes on with its own`() async throws {
        let folder = try TestFolder()
        let room = try await TestHub.with(folder: folder) { hub in
            let room = try await hub.testCourse(students: 2)
            for student in room.students { _ = try await hub.join(room.session, as: student) }
            return room
        }
        try await TestHub.with(folder: folder) { hub in
            let held = "SELECT COUNT(*) AS n FROM live_session_attendance WHERE left_at IS NULL AND is_held = 1"
            #expect(try await hub.number(held) == 2)
            let (back, _) = try await hub.join(room.session, as: room.students[0])
            #expect(try await hub.number(held) == 1)
            #expect(try await segments(hub, of: 101) == 1)
            try await hub.endClass(room)
            // Who did not come back attended until the last heartbeat, not until the end.
            let late = try await hub.number(
                "SELECT COUNT(*) AS n FROM live_session_attendance WHERE user_id = 102 AND left_at = last_seen_at"
            )
            #expect(late == 1)
            // Whom nobody holds is gone at once, and held like the others.
            try await back.close()
            #expect(try await segments(hub, of: 102, open: true) == 0)
        }
    }
}
