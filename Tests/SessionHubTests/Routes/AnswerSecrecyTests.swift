import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// What must never be in an answer: walks every GET with everybody and looks for the strings themselves.
@Suite("Secrets in answers", .timeLimit(.minutes(5)))
struct AnswerSecrecyTests {
    /// Every GET of the hub.
    private static func paths(_ session: Int64) -> [String] {
        let own = "/api/live-sessions/\(session)"
        return [
            "/livez", "/readyz", "/api/config", "/api/auth/me", "/api/courses/1/live-sessions", own,
            "\(own)/participants",
            "\(own)/attendance", "\(own)/attendance.csv", "\(own)/attendance/me", "\(own)/roll-call", "\(own)/presence",
            "\(own)/chat", "\(own)/events",
            "/api/student/live-sessions", "/api/student/calendar/live-sessions", "/api/instructor/live-sessions",
            "/api/calendar/events", "/api/calendar", "/api/users", "/api/users/20", "/api/courses", "/api/courses/1",
            "/api/courses/1/enrollments", "/api/courses/1/enrollments/20", "/api/identity-conflicts",
        ]
    }

    /// Expects that nothing of `secrets` is in any answer to `person`.
    private static func walk(
        _ room: Classroom, _ session: Int64, _ person: Someone, for secrets: [String], state: String
    ) async throws {
        for path in paths(session) {
            let response = try await room.get(path, as: person)
            for secret in secrets {
                #expect(!response.text.contains(secret), "\(path) as \(person), \(state)")
            }
        }
    }

    @Test func `passwords, join addresses and tokens are in no list and no detail, for nobody, in no state`()
        async throws
    {
        try await Classroom.with(JitsiRouteTests.selfHosted) { room in
            let session = try await room.schedule()
            let stored = try await room.row(session)
            let secrets = [
                stored.roomPassword, "\(stored.serverURL)/\(stored.roomName)", "jwt", "eyJ", TestHub.secret,
                JitsiRouteTests.secret,
            ]
            func walk(_ state: String) async throws {
                for person in Someone.allCases {
                    try await Self.walk(room, session, person, for: secrets, state: state)
                }
            }
            try await walk("scheduled")
            _ = try data(await room.post("/api/live-sessions/\(session)/start", as: .teacher))
            for person in [Someone.teacher, .awa, .koffi] { try await room.join(session, person) }
            try await room.leave(session, .koffi)
            try await walk("live")
            _ = try data(await room.put("/api/live-sessions/\(session)", as: .teacher, ["title": "Autre"]))
            try await room.end(session)
            try await walk("ended")
        }
    }

    @Test func `changing answers have no password and no way in either, but for join, start and jitsi-token`()
        async throws
    {
        try await Classroom.with { room in
            let session = try await room.schedule()
            let stored = try await room.row(session)
            let path = "/api/live-sessions/\(session)"
            var answers = [try await room.put(path, as: .teacher, ["title": "Autre"])]
            let started = try await room.post("\(path)/start", as: .teacher)
            #expect(!started.text.contains(stored.roomPassword) && started.text.contains(stored.roomName))
            let joined = try await room.post("\(path)/join", as: .awa)
            #expect(joined.text.contains(stored.roomPassword))
            let token = try await room.post("\(path)/jitsi-token", as: .awa)
            #expect(!token.text.contains(stored.roomPassword) && token.text.contains(stored.roomName))
            answers += [
                try await room.post("\(path)/leave", as: .awa), try await room.post("\(path)/end", as: .teacher),
                try await room.post("\(path)/join", as: .awa),
                try await room.post("\(path)/jitsi-token", as: .outsider),
                try await room.delete(path, as: .teacher),
            ]
            for answer in answers {
                #expect(!answer.text.contains(stored.roomPassword))
                #expect(!answer.text.contains("\(stored.serverURL)/\(stored.roomName)"))
            }
        }
    }

    @Test func `a room's name is for hosts, and for members while the class is live`() async throws {
        try await Classroom.with { room in
            let session = try await room.schedule()
            let name = try await room.row(session).roomName
            func seen(_ person: Someone) async throws -> Bool {
                let detail = try await room.get("/api/live-sessions/\(session)", as: person)
                let list = try await room.get("/api/courses/1/live-sessions", as: person)
                #expect(detail.text.contains(name) == list.text.contains(name))
                return detail.text.contains(name)
            }
            func expectSeen(byMembers: Bool, _ state: String) async throws {
                for person in [Someone.teacher, .assistant, .admin] { #expect(try await seen(person), "\(state)") }
                #expect(try await seen(.awa) == byMembers, "\(state)")
                for person in [Someone.outsider, .former, .otherTeacher] {
                    try await Self.walk(room, session, person, for: [name], state: state)
                }
                if !byMembers { try await Self.walk(room, session, .awa, for: [name], state: state) }
            }
            try await expectSeen(byMembers: false, "scheduled")
            _ = try data(await room.post("/api/live-sessions/\(session)/start", as: .teacher))
            try await expectSeen(byMembers: true, "live")
            try await room.end(session)
            try await expectSeen(byMembers: false, "ended")
        }
    }

    @Test func `e-mail addresses are for hosts`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            for person in [Someone.teacher, .awa, .koffi] { try await room.join(session, person) }
            for reader in [Someone.awa, .outsider, .former, .otherTeacher] {
                let others = Someone.allCases.filter { $0 != reader }.map(\.email)
                try await Self.walk(room, session, reader, for: others, state: "live")
            }
            for host in [Someone.teacher, .assistant, .admin] {
                let rows = try data(await room.get("/api/live-sessions/\(session)/participants", as: host))
                #expect(
                    rows.arrayValue?.map { $0["email"] }
                        == [.string(Someone.koffi.email), .string(Someone.awa.email), .string(Someone.teacher.email)]
                )
                let detail = try data(await room.get("/api/live-sessions/\(session)", as: host))
                #expect(detail["participants"] == rows)
            }
        }
    }

    @Test func `no address of the hub takes a token in its query`() async throws {
        try await Classroom.with { room in
            let token = try room.token(.admin)
            for path in Self.paths(try await room.live()) where !["/livez", "/readyz", "/api/config"].contains(path) {
                let response = try await room.client.send("GET", "\(path)?token=\(token)&jwt=\(token)")
                expectRefusal(response, 401, .unauthenticated)
            }
        }
    }
}
