import Database
import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// Commands race with what takes the right to them away: whatever the order on the wire, nothing of the person stands
/// in the journal behind the change, and the change reaches every open connection on every loop.
@Suite("Property: authority is live", .timeLimit(.minutes(3)))
struct AuthorityPropertyTests {
    enum Change: String, CaseIterable, Sendable {
        case enrollmentEnds, enrollmentIsDeleted, tokensAreRevoked, instructorIsDismissed, instructorIsDemoted
        case administratorIsDemoted, sessionIsDeleted

        /// How every connection of the person ends; nil when it stays.
        var closeCode: UInt16? {
            switch self {
            case .enrollmentEnds, .enrollmentIsDeleted, .instructorIsDismissed, .administratorIsDemoted: 4502
            case .tokensAreRevoked: 4500
            case .sessionIsDeleted: 4505
            case .instructorIsDemoted: nil
            }
        }
    }

    private static let rounds: Int64 = 6

    @Test(TestDatabase.ofFiles, arguments: Change.allCases)
    func `no command commits behind the change, and every connection feels it`(change: Change) async throws {
        try await TestHub.with({
            $0.loops = 3
            $0.limits.postsPerUser = 0
        }) { hub in
            let room = try await hub.testCourse(students: 0, isLive: false)
            try await Race.watchChanges(of: hub)
            var slowest = Duration.zero
            for round in 1...Self.rounds {
                let race = try await Race(change, round, room.teacher, hub)
                slowest = max(slowest, try await race.run())
            }
            print(
                "\(change): the last of 6 connections on 3 loops had heard after \(slowest) at most, the request included"
            )
        }
    }

    /// A hello is admitted with one role and welcomed with another: what was true at the admission must not stay.
    @Test func `a role that changes during a hello is the new one for every event after it`() async throws {
        try await TestHub.with({
            $0.loops = 3
            $0.limits.connectionsPerUser = 0
        }) { hub in
            let room = try await hub.testCourse(students: 1)
            let assistant = room.assistant
            try await hub.enroll(assistant.id, in: room.course)
            for _ in 1...30 {
                try await hub.course(room.course, instructor: room.teacher.id, coInstructors: [assistant.id])
                var tabs: [WebSocketTestClient] = []
                for _ in 0..<6 { tabs.append(try await hub.open(room.session)) }
                async let demotion: Void = hub.course(room.course, instructor: room.teacher.id)
                for (index, tab) in tabs.enumerated() {
                    // Spread over the request's way through the hub.
                    for _ in 0..<index { await Task.yield() }
                    try await tab.post("hello", ["token": .string(assistant.token)])
                }
                try await demotion
                for tab in tabs { _ = try await tab.reply(to: 1) }
                for tab in tabs { try await expectWithheld(from: tab, in: room.session, of: hub) }
                for tab in tabs { await tab.drop() }
            }
        }
    }

    /// Events for hosts until one is withheld: the check of an open connection takes a moment, and no more.
    private func expectWithheld(from tab: WebSocketTestClient, in session: Int64, of hub: TestHub) async throws {
        let deadline = Deadline(after: .seconds(10))
        while !deadline.hasPassed {
            let seq = try await hub.application.journal.write { transaction in
                try transaction.append(
                    .chatDeleted, to: session, payload: ["id": 0, "message_seq": 0], by: nil, audience: .hosts
                ).seq
            }
            let frame = try await tab.next { ($0["events"] != nil) && ($0["seq"]?.integerValue ?? 0) >= seq }
            let event = frame["events"]?.arrayValue?.first { $0["seq"]?.integerValue == seq }
            if event?["type"] == "withheld" { return }
        }
        throw TestFailure("a host still, after 10 s")
    }
}

/// One person with six connections whose commands race with one change.
private struct Race {
    private let change: AuthorityPropertyTests.Change
    private let hub: TestHub
    private let course: Int64
    private let session: Int64
    private let person: TestPerson
    private let neighbour: WebSocketTestClient
    private let teacher: TestPerson
    private let delay: Int

    /// Notes each session's head in the transaction that takes something away.
    static func watchChanges(of hub: TestHub) async throws {
        let note = "BEGIN INSERT INTO marks SELECT session_id, head_seq FROM live_session_heads; END"
        let statements = [
            "CREATE TABLE marks (session_id BIGINT, head BIGINT)",
            "CREATE TABLE late_hands (session_id BIGINT, user_id BIGINT)",
            """
            CREATE TRIGGER h1 AFTER UPDATE OF hand_place ON live_session_participants WHEN NEW.hand_place IS NOT NULL
            BEGIN INSERT INTO late_hands SELECT session_id, NEW.user_id FROM marks WHERE session_id = NEW.session_id; END
            """,
            "CREATE TRIGGER m1 AFTER UPDATE OF is_active ON enrollments WHEN NEW.is_active = 0 \(note)",
            "CREATE TRIGGER m2 AFTER DELETE ON enrollments \(note)",
            "CREATE TRIGGER m3 AFTER UPDATE OF tokens_after ON users \(note)",
            "CREATE TRIGGER m4 AFTER UPDATE OF role ON users WHEN NEW.role <> OLD.role \(note)",
            "CREATE TRIGGER m5 AFTER DELETE ON course_instructors \(note)",
            "CREATE TRIGGER m6 AFTER UPDATE OF deleted_at ON live_sessions \(note)",
        ]
        for statement in statements {
            _ = try await hub.application.journal.write { try $0.connection.execute(statement, []) }
        }
    }

    init(
        _ change: AuthorityPropertyTests.Change, _ round: Int64, _ teacher: TestPerson, _ hub: TestHub
    ) async throws {
        (self.change, self.teacher, self.hub) = (change, teacher, hub)
        (course, delay) = (100 + round, Int(round) - 1)
        let id = 5000 + round
        let isInstructor = change == .instructorIsDismissed || change == .instructorIsDemoted
        let role: Caller.Role = change == .administratorIsDemoted ? .admin : isInstructor ? .instructor : .student
        // The last administrator cannot be demoted.
        try await hub.user(4999, role: .admin)
        person = try await hub.user(id, role: role)
        try await hub.course(course, instructor: 2, coInstructors: isInstructor ? [id] : [])
        if change != .instructorIsDismissed, change != .administratorIsDemoted { try await hub.enroll(id, in: course) }
        session = try await hub.session(course: course)
        try await hub.expectOK("POST", "/api/live-sessions/\(session)/start", token: teacher.token)
        neighbour = try await hub.join(session, as: teacher).client
    }

    /// - Returns: from the sending of the request until the last connection had heard.
    func run() async throws -> Duration {
        var tabs: [WebSocketTestClient] = []
        for _ in 0..<6 { tabs.append(try await hub.join(session, as: person).client) }
        if change == .sessionIsDeleted { _ = try await neighbour.ok("session.end") }
        let path = "/api/live-sessions/\(session)"
        let (hub, change, delay, token) = (hub, change, delay, teacher.token)
        let slowest = try await withThrowingTaskGroup(of: ContinuousClock.Instant?.self) { group in
            for (index, tab) in tabs.enumerated() {
                group.addTask { try await command(from: tab, index) }
            }
            for _ in 0..<delay { _ = try await neighbour.ok("ping") }
            let asked = ContinuousClock.now
            switch change {
            case .enrollmentEnds: try await hub.enroll(person.id, in: course, isActive: false)
            case .enrollmentIsDeleted:
                try await hub.expectOK("DELETE", "/api/courses/\(course)/enrollments/\(person.id)")
            case .tokensAreRevoked: try await hub.expectOK("POST", "/api/users/\(person.id)/revoke")
            case .instructorIsDismissed, .instructorIsDemoted: try await hub.course(course, instructor: 2)
            case .administratorIsDemoted: try await hub.user(person.id, role: .student)
            case .sessionIsDeleted: try await hub.expectOK("DELETE", path, token: token)
            }
            var last = asked
            for try await heard in group { last = max(last, heard ?? asked) }
            return last - asked
        }
        try await checkJournal()
        if change != .sessionIsDeleted { _ = try await neighbour.ok("ping") }
        for tab in tabs { await tab.drop() }
        return slowest
    }

    /// Sends what needs the right, without waiting for answers, until the connection has heard of the change.
    private func command(from tab: WebSocketTestClient, _ index: Int) async throws -> ContinuousClock.Instant? {
        for count in 0..<40 {
            do {
                if change == .instructorIsDemoted {
                    try await tab.post("session.update", ["title": .string("\(index) \(count)")])
                } else {
                    try await tab.post("chat.post", ["client_id": .string("\(index) \(count)"), "text": "late?"])
                    try await tab.post("hand", ["up": .bool(count % 2 == 0)])
                }
            } catch {
                // The hub has closed while this was on its way.
                break
            }
        }
        if let expected = change.closeCode {
            let code = try await tab.closeCode()
            guard code == expected || code == 1006 else { throw TestFailure("\(change): closed with \(code)") }
            let bye = try await tab.next { $0["bye"] != nil }
            guard bye["bye"]?["code"]?.integerValue == Int64(expected) else { throw TestFailure("\(bye.text)") }
        } else {
            let shown = person.shown(as: "participant")
            // As a new role, or as a newcomer when the arrival was not told yet.
            _ = try await tab.next { frame in
                ["updated", "joined"].contains { frame["presence"]?[$0]?.arrayValue?.contains(shown) ?? false }
            }
            guard try await tab.refusal("session.update", ["title": "No"])["code"] == "forbidden" else {
                throw TestFailure("still a host")
            }
        }
        return ContinuousClock.now
    }

    private func checkJournal() async throws {
        let head = try await hub.number("SELECT MAX(head) AS n FROM marks WHERE session_id = $1", [.integer(session)])
        guard head >= 0 else { throw TestFailure("\(change) left no mark") }
        // By the chat's own row, too: an event does not name who asked an anonymous question.
        let behind = try await hub.number(
            """
            SELECT COUNT(*) AS n FROM live_session_events e
            LEFT JOIN live_session_chat m ON m.session_id = e.session_id AND m.seq = e.seq
            WHERE e.session_id = $1 AND e.seq > $2 AND (e.user_id = $3 OR m.user_id = $3)
                AND ($4 = 0 OR e.type = 'session.updated')
            """,
            [.integer(session), .integer(head), .integer(person.id), .bool(change == .instructorIsDemoted)]
        )
        guard behind == 0 else { throw TestFailure("\(change): \(behind) events behind the change at \(head)") }
        let hands = try await hub.number(
            "SELECT COUNT(*) AS n FROM late_hands WHERE session_id = $1 AND user_id = $2",
            [.integer(session), .integer(person.id)]
        )
        guard hands == 0 else { throw TestFailure("\(change): a hand was raised behind the change") }
    }
}
